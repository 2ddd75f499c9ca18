"""Sends shipments out as staff would, for what has left already: one step at a time, each only where it is next."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from .wire import Wire

MODEL = "stock.shipment.out"
NEXT = {
    "draft": "wait",
    "waiting": "assign_force",
    "assigned": "pick",
    "picked": "pack",
    "packed": "do",
    "shipped": "do",
}
"""State -> button that leads on."""
GONE = ("shipped", "done")


def states(wire: Wire, ids: Sequence[int]) -> dict[int, str]:
    """Shipment -> state."""
    rows = wire.call(MODEL, "read", list(ids), ["state"]) if ids else []
    return {row["id"]: row["state"] for row in rows}


def send(wire: Wire, ids: Sequence[int]) -> None:
    """Bring shipments to their end. Repeating it after a crash goes on where it stopped."""
    for _ in range(len(NEXT) + 1):
        now = states(wire, ids)
        todo = {number: state for number, state in now.items() if state in NEXT}
        if not todo:
            return
        for button in dict.fromkeys(NEXT.values()):
            group = [number for number, state in todo.items() if NEXT[state] == button]
            if group:
                click(wire, button, group)


def click(wire: Wire, button: str, ids: Sequence[int]) -> None:
    """Press a button of shipments; that they have no carrier is known."""
    wire.call(MODEL, button, list(ids), warnings=[_warning("no_carrier", number) for number in ids])


def details(tracking: str, key: str, modules: frozenset[str]) -> dict[str, Any]:
    """What is written on a shipment that somebody else has sent."""
    values: dict[str, Any] = {"reference": key}
    if tracking and "stock_package_shipping" in modules:
        values["shipping_reference"] = tracking
    return values


def _warning(name: str, shipment: int) -> str:
    """Tryton's name of a warning about one shipment."""
    digest = hashlib.md5(f"{MODEL},{shipment}".encode(), usedforsecurity=False).hexdigest()
    return f"{digest}.{name}"


def items(wire: Wire, origins: Sequence[str | None]) -> dict[str, str]:
    """Origin of a move, `sale.line,7` -> order item id, which is the note of the line."""
    lines = {int(origin.partition(",")[2]) for origin in origins if origin and origin.startswith("sale.line,")}
    rows = wire.call("sale.line", "read", sorted(lines), ["note"]) if lines else []
    return {f"sale.line,{row['id']}": (row["note"] or "").strip() for row in rows}
