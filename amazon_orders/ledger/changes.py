"""Changes of orders in the store: each gets its number, and so its key, before the store is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update

from . import schema
from .database import Database
from .text import written

_t = schema.changes
_OF = (
    select(_t.c.number, _t.c.kind, _t.c.content, _t.c.state)
    .where(_t.c.store == bindparam("shop"), _t.c.amazon_order_id == bindparam("which"))
    .order_by(_t.c.number)
)
_CLOSE = (
    update(_t)
    .where(
        _t.c.store == bindparam("shop"), _t.c.amazon_order_id == bindparam("which"), _t.c.number == bindparam("number_")
    )
    .values(state=bindparam("state_"), closed_at=bindparam("at_"))
)
OPEN, DONE, REFUSED = "open", "done", "refused"


class Changes:
    """Numbered changes by store and order. The same change gets the same number until it is settled."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def intend(self, store: str, amazon_order_id: str, kind: str, content: str) -> int:
        """The number of a change that the store is about to be asked for; `content` is a hash of all that it says.

        A change that was begun and not settled, because the process died or the store gave no answer, keeps its number
        if it says the same; one that says something else takes the next, and never the key of another.
        """
        with self._database.writing() as work:
            rows = work.all(_OF, {"shop": store, "which": amazon_order_id})
            for row in rows:
                if (row.kind, row.content, row.state) == (kind, content, OPEN):
                    return int(row.number)
            number = rows[-1].number + 1 if rows else 1
            work.run(
                insert(_t).values(
                    store=store, amazon_order_id=amazon_order_id, number=number, kind=kind, content=content,
                    state=OPEN, opened_at=written(self._now()),
                )
            )  # fmt: skip
            return int(number)

    def settle(self, store: str, amazon_order_id: str, states: Iterable[tuple[int, bool]]) -> None:
        """What the store said to numbered changes: whether it did each."""
        at = written(self._now())
        with self._database.writing() as work:
            for number, done in states:
                values = {"number_": number, "state_": DONE if done else REFUSED, "at_": at}
                work.run(_CLOSE, {"shop": store, "which": amazon_order_id, **values})
