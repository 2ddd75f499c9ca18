"""Keeps what unpaid orders reserve out of the warehouse: done internal shipments to a location of their own.

Each move is one internal shipment, its `reference` the key. It is made as a draft and brought to its end step by step;
where the process ends in between, the same key goes on with the same shipment. Tryton does not keep references unique:
of several under one key all but the one that is furthest are cancelled before anything moves.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...errors import StoreRejected
from ...model import StockAdjustment
from .house import House
from .wire import Refused, Wire

MODEL = "stock.shipment.internal"
NEXT = {"request": "draft", "draft": "wait", "waiting": "assign_force", "assigned": "do"}
FURTHEST = ("done", "shipped", "packed", "assigned", "waiting", "draft", "request")


def adjust(wire: Wire, house: House, adjustments: Mapping[str, StockAdjustment]) -> None:
    """Make the moves whose keys are new; all of them or, where a product is unknown, none."""
    there = _under(wire, adjustments)
    new = {key: move for key, move in adjustments.items() if key not in there and move.delta}
    units = _units(wire, new)
    values = [_shipment(house, key, move, units[move.product]) for key, move in new.items()]
    try:
        if values:
            wire.call(MODEL, "create", values)
            there = _under(wire, adjustments)
        _bring_to_end(wire, _single(wire, there))
    except Refused as refused:
        if values:
            _forget(wire, new)
        raise StoreRejected(f"Tryton refuses {refused.model}.{refused.method}; look at its settings of stock") from None


def _units(wire: Wire, moves: Mapping[str, StockAdjustment]) -> dict[str, int]:
    """Product -> its unit; `StoreRejected` where there is no such product."""
    refs = {move.product for move in moves.values()}
    numbers = [int(ref) for ref in refs if ref.isascii() and ref.isdecimal() and len(ref) < 10]
    domain = [("id", "in", numbers), ("type", "!=", "service")]
    rows = wire.find("product.product", domain, ["default_uom"]) if numbers else []
    units = {str(row["id"]): int(row["default_uom"]) for row in rows}
    for move in moves.values():
        if move.product not in units:
            raise StoreRejected(
                f"there is no product {move.product!r} for seller SKU {move.seller_sku!r}; correct the pairing",
                record=move.amazon_order_id,
            )
    return units


def _shipment(house: House, key: str, move: StockAdjustment, unit: int) -> dict[str, Any]:
    there, back = house.storage, house.reservations
    source, target = (there, back) if move.delta < 0 else (back, there)
    return {
        "reference": key,
        "company": house.company,
        "from_location": source,
        "to_location": target,
        "moves": [
            (
                "create",
                [
                    {
                        "product": int(move.product),
                        "quantity": float(abs(move.delta)),
                        "unit": unit,
                        "from_location": source,
                        "to_location": target,
                        "company": house.company,
                    }
                ],
            )
        ],
    }


def _under(wire: Wire, keys: Mapping[str, Any]) -> dict[str, list[tuple[int, str]]]:
    """Key -> shipments with their states, oldest first."""
    domain = [("reference", "in", list(keys)), ("state", "!=", "cancelled")]
    found: dict[str, list[tuple[int, str]]] = {}
    for row in wire.find(MODEL, domain, ["reference", "state"]):
        found.setdefault(row["reference"], []).append((row["id"], row["state"]))
    return found


def _single(wire: Wire, there: Mapping[str, list[tuple[int, str]]]) -> dict[int, str]:
    """The shipment of each key with its state. Others go: a creation that was given up may be written later."""
    kept: dict[int, str] = {}
    surplus: list[int] = []
    for shipments in there.values():
        (number, state), *others = sorted(shipments, key=lambda each: (FURTHEST.index(each[1]), each[0]))
        kept[number] = state
        surplus += [other for other, reached in others if reached != "done"]
    if surplus:
        wire.call(MODEL, "cancel", surplus)
    return kept


def _bring_to_end(wire: Wire, now: Mapping[int, str]) -> None:
    for _ in NEXT:
        todo = {number: state for number, state in now.items() if state in NEXT}
        if not todo:
            return
        for button in dict.fromkeys(NEXT.values()):
            if group := [number for number, state in todo.items() if NEXT[state] == button]:
                wire.call(MODEL, button, group)
        now = {row["id"]: row["state"] for row in wire.call(MODEL, "read", list(todo), ["state"])}


def _forget(wire: Wire, keys: Mapping[str, Any]) -> None:
    """Nothing of a refused call may stay."""
    for number, state in (each for shipments in _under(wire, keys).values() for each in shipments):
        if state != "done":
            wire.call(MODEL, "cancel", [number])
