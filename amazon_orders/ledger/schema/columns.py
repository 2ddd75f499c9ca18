"""Columns in the types that SQLite and PostgreSQL read alike: text, whole numbers, bytes.

Times are text of fixed width, see `ledger.text`.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Integer, MetaData, Text

metadata = MetaData()

# SQLite counts rows in an INTEGER key only; PostgreSQL should not run out after two billion.
RowId = BigInteger().with_variant(Integer(), "sqlite")
# Text sorts by its code points, as SQLite and Python sort it, whatever language a PostgreSQL server speaks.
_Text = Text().with_variant(Text(collation="C"), "postgresql")


def text_column(name: str, *, key: bool = False, null: bool = False) -> Column[str]:
    """A column of text."""
    return Column(name, _Text, primary_key=key, nullable=null)


def whole_column(name: str, *, null: bool = False) -> Column[int]:
    """A column of whole numbers."""
    return Column(name, BigInteger, nullable=null)
