"""The lists of what the store did, and what each of their records may become."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..ledger import Command as Row
from ..model import CommandKind, Sold
from .intending import Outcome
from .kept import Fact
from .work import Work

REFUND = "refund "
"""Before the id of a refund: until anything has left, it is a cancellation, which has ids of its own."""


def _as_kept(_work: Work, _ids: Collection[str]) -> bool:
    return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """One list that the store gives, and the rule that turns its records into commands."""

    flow: str
    kinds: tuple[CommandKind, ...]
    """What a record may become; the first is that of one for which there is no command yet."""
    ask: Callable[[Work, datetime], Iterator[Any]]
    decide: Callable[[Work, Any, Sold], Outcome]
    prefix: str = ""
    """Before the store's id, where ids of two lists would meet under one kind."""
    refresh: Callable[[Work, Collection[str]], bool] = _as_kept
    """Reads orders anew whose record is old, before something is told of them first; whether any was read."""

    def cause(self, fact: Fact) -> str:
        """What tells the record from every other of its order."""
        return self.prefix + fact.id

    def owns(self, row: Row) -> bool:
        """Whether the row is of one of this list's records."""
        return row.kind in self.kinds and row.cause.startswith(REFUND) == (self.prefix == REFUND)
