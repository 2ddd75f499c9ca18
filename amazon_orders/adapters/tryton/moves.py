"""Keeps what unpaid orders reserve out of the warehouse: done internal shipments to a location of their own.

Each move is one internal shipment, its `reference` the key. It is made as a draft and brought to its end step by step;
where the process ends in between, the same key goes on with the same shipment. Tryton does not keep references unique:
of two drafts under one key the younger is deleted before anything moves.
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


def adjust(wire: Wire, house: House, adjustments: Mapping[str, StockAdjustment]) -> None:
    """Make the moves whose keys are new; all of them or, where a product is unknown, none."""
    there = _under(wire, adjustments)
    new = {key: move for key, move in adjustments.items() if key not in there and move.delta}
    units = _units(wire, new)
    values = [_shipment(house, key, move, units[move.product]) for key, move in new.items()]
    try:
        if values:
            wire.call(MODEL, "create", values)
            there = _single(wire, adjustments)
        _bring_to_end(wire, there)
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


def _single(wire: Wire, keys: Mapping[str, Any]) -> dict[str, list[tuple[int, str]]]:
    """One shipment for each key; younger drafts go."""
    found = _under(wire, keys)
    surplus = []
    for key, shipments in found.items():
        furthest = max(shipments, key=lambda each: (each[1] != "draft", -each[0]))
        surplus += [number for number, state in shipments if state == "draft" and number != furthest[0]]
        found[key] = [each for each in shipments if each[0] not in surplus]
    if surplus:
        wire.call(MODEL, "cancel", surplus)
    return found


def _bring_to_end(wire: Wire, there: Mapping[str, list[tuple[int, str]]]) -> None:
    now = {number: state for shipments in there.values() for number, state in shipments}
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
