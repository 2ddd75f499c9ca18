"""Reads what the shop did: parcels that left, and sales that its staff cancelled; page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time
from typing import Any

from ...model import Cancellation, LineQuantity, Shipment
from . import parcels
from .house import House
from .sales import CANCELLED, LEFT
from .wire import Wire

PAGE = 200
FIELDS = {
    "stock_shipment_cost": ("carrier.party.name",),
    "stock_package": ("packages.moves",),
    "stock_package_shipping": ("shipping_reference", "packages.shipping_reference"),
}
"""What modules of Tryton's add to a shipment."""


def shipments(wire: Wire, house: House, since: datetime) -> Iterator[Shipment]:
    """Shipments that left and changed since then: one of them, or each of its packages where it has several."""
    condition = [
        ("state", "in", list(parcels.GONE)),
        ("last_modified_at", ">=", _to_tryton(since)),
        ("moves.origin.sale.web_shop", "=", house.web_shop, "sale.line"),
    ]
    fields = ["reference", "effective_date", "last_modified_at", "outgoing_moves"]
    for module, known in FIELDS.items():
        fields += known if module in house.modules else ()
    for page in wire.pages(parcels.MODEL, condition, fields, PAGE):
        numbers = [number for row in page for number in row["outgoing_moves"]]
        moves = {row["id"]: row for row in _moves(wire, numbers)}
        sales = _sales(wire, [move["origin"] for move in moves.values()])
        for row in page:
            yield from _parcels(row, moves, sales)


def cancellations(wire: Wire, house: House, since: datetime) -> Iterator[Cancellation]:
    """Sales that were cancelled, and units whose cancelled moves somebody chose to ignore.

    Whole where nothing else of the order is to be sent. The reason is the newest note on the sale.
    """
    condition: list[object] = [
        ("web_shop", "=", house.web_shop),
        ("last_modified_at", ">=", _to_tryton(since)),
        ["OR", ("state", "=", "cancelled"), ("lines.moves_ignored", "!=", None)],
    ]
    fields = [
        "web_id",
        "reference",
        "state",
        "comment",
        "last_modified_at",
        "lines.note",
        "lines.product",
        "lines.moves",
        "lines.moves_ignored",
    ]
    for page in wire.pages("sale.sale", condition, fields, PAGE):
        reasons = _reasons(wire, {row["id"]: row["web_id"] or "" for row in page})
        ignored = [number for row in page for line in row["lines."] for number in line["moves_ignored"]]
        units = {row["id"]: round(row["internal_quantity"]) for row in _moves(wire, ignored)}
        for row in page:
            yield from _cancelled(row, units, reasons.get(row["id"], ""))


def _cancelled(row: dict[str, Any], units: dict[int, int], reason: str) -> Iterator[Cancellation]:
    ref, at = str(row["id"]), _from_tryton(row["last_modified_at"])
    comment = (row["comment"] or "").splitlines()
    told = next((line[len(CANCELLED) :] for line in comment if line.startswith(CANCELLED.rstrip())), None)
    lines = [line for line in row["lines."] if line["moves"]]
    whole = bool(lines) and all(set(line["moves"]) == set(line["moves_ignored"]) for line in lines)
    if told is not None:
        yield Cancellation(id=f"{row['web_id']}/cancel", ref=ref, reason=told, updated_at=at)
    elif whole or (row["state"] == "cancelled" and row["reference"] == row["web_id"]):
        yield Cancellation(id=f"sale-{ref}", ref=ref, reason=reason, updated_at=at)
    else:
        for line in lines:
            for number in line["moves_ignored"]:
                item = (line["note"] or "").strip()
                quantity = LineQuantity(order_item_id=item, product=str(line["product"]), quantity=units[number])
                yield Cancellation(id=f"move-{number}", ref=ref, reason=reason, lines=(quantity,), updated_at=at)


def _parcels(
    row: dict[str, Any], moves: dict[int, dict[str, Any]], sales: dict[str, tuple[dict[str, Any], str]]
) -> Iterator[Shipment]:
    inside = [moves[number] for number in row["outgoing_moves"] if moves[number]["internal_quantity"]]
    sale = next((sales[move["origin"]][0] for move in inside if move["origin"] in sales), None)
    if sale is None or LEFT in (sale["comment"] or "").splitlines():
        return
    boxes = [box for box in row.get("packages.") or () if box["moves"]]
    told = row["reference"] or ""
    carrier = ((row.get("carrier.") or {}).get("party.") or {}).get("name") or ""
    changed = _from_tryton(row["last_modified_at"])
    left = min(datetime.combine(row["effective_date"] or changed.date(), time(23, 59, 59), UTC), changed)
    single = f"shipment-{row['id']}" if not told.startswith(f"{sale['web_id']}/") else told
    groups = [(single, row.get("shipping_reference") or "", inside)]
    if len(boxes) > 1 and single != told:  # what Amazon has told is one parcel, whatever it was packed into
        groups = [
            (
                f"package-{box['id']}",
                box.get("shipping_reference") or row.get("shipping_reference") or "",
                [move for move in inside if move["id"] in box["moves"]],
            )
            for box in boxes
        ]
        boxed = {move for box in boxes for move in box["moves"]}
        if loose := [move for move in inside if move["id"] not in boxed]:
            groups.append((single, row.get("shipping_reference") or "", loose))
    elif boxes and not groups[0][1]:
        groups = [(single, boxes[0].get("shipping_reference") or "", inside)]
    for number, tracking, content in groups:
        yield Shipment(
            id=number,
            ref=str(sale["id"]),
            carrier=carrier,
            tracking=tracking,
            lines=tuple(_line(move, sales) for move in content),
            shipped_at=left,
            updated_at=changed,
        )


def _line(move: dict[str, Any], sales: dict[str, tuple[dict[str, Any], str]]) -> LineQuantity:
    _, item = sales.get(move["origin"] or "", ({}, ""))
    return LineQuantity(order_item_id=item, product=str(move["product"]), quantity=round(move["internal_quantity"]))


def _moves(wire: Wire, numbers: list[int]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = (
        wire.call("stock.move", "read", numbers, ["origin", "product", "internal_quantity"]) if numbers else []
    )
    return rows


def _sales(wire: Wire, origins: list[str | None]) -> dict[str, tuple[dict[str, Any], str]]:
    """Origin of a move -> its sale and order item id."""
    lines = {int(origin.partition(",")[2]) for origin in origins if origin and origin.startswith("sale.line,")}
    fields = ["note", "sale.comment", "sale.web_id"]
    rows = wire.call("sale.line", "read", sorted(lines), fields) if lines else []
    return {f"sale.line,{row['id']}": (row["sale."], (row["note"] or "").strip()) for row in rows}


def _reasons(wire: Wire, keys: dict[int, str]) -> dict[int, str]:
    """Sale -> its newest note that is not of a change of Amazon's; `keys` are sale -> key."""
    resources = [f"sale.sale,{number}" for number in keys]
    notes = wire.find("ir.note", [("resource", "in", resources)], ["resource", "message"]) if keys else []
    reasons = {}
    for note in notes:
        sale, message = int(note["resource"].partition(",")[2]), (note["message"] or "").strip()
        if not message.startswith(f"{keys[sale]}/"):
            reasons[sale] = message
    return reasons


def _to_tryton(moment: datetime) -> datetime:
    """Tryton keeps times in UTC and writes no zone. Whole seconds: XML-RPC has no others."""
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0)


def _from_tryton(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC, microsecond=0)
