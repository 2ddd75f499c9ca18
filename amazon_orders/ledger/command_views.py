"""Commands as people ask for them: where each stands, and every step it took."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from . import schema
from .transaction import Work

_t = schema.commands
_s = schema.command_steps
_OF = (_t.c.connection == bindparam("name"), _t.c.amazon_order_id == bindparam("which"))
_STANDING = select(_t.c.kind, _t.c.state, _t.c.changed_at, _t.c.detail, _t.c.reason, _t.c.number, _t.c.cause).where(
    *_OF
)
_STEPS = (
    select(_t.c.kind, _t.c.cause, _t.c.number, _s.c.state, _s.c.at, _s.c.detail)
    .join(_s, _s.c.command == _t.c.id)
    .where(*_OF)
    .order_by(_s.c.id)
)


def standing(work: Work, connection: str, amazon_order_id: str) -> list[dict[str, str]]:
    """Where every command of an order stands, oldest first: `{"kind", "state", "at", "detail", "reason"}`."""
    rows: Any = work.all(_STANDING.order_by(_t.c.id), {"name": connection, "which": amazon_order_id})
    return [
        {
            "kind": row.kind,
            "state": row.state,
            "at": row.changed_at,
            "detail": _about(row),
            "reason": row.reason or "",
        }
        for row in rows
    ]


def steps(work: Work, connection: str, amazon_order_id: str) -> list[dict[str, str]]:
    """Every step of every command of an order in the shape of a trace, oldest first."""
    rows: Any = work.all(_STEPS, {"name": connection, "which": amazon_order_id})
    return [{"at": row.at, "rule": row.kind, "outcome": row.state, "detail": _about(row), "plugin": ""} for row in rows]


def _about(row: Any) -> str:
    what = f"package {row.number}" if row.number else row.cause
    return f"{what}: {row.detail}" if row.detail else what
