"""Reads products by code, identifier or attribute, and what the warehouse can still promise of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from ...errors import StoreRejected
from ...model import Product, StockLevel
from .house import House
from .wire import Wire

MANY = 300
"""Values in one question, each in three spellings."""
PAGE = 500
NAMES = ("sku", "code", "id", "asin", "identifier")
"""Attributes that every shop has: `sku` is the product's code, `asin` an identifier without a type."""


class Attribute:
    """How one attribute is searched and read."""

    def __init__(self, wire: Wire, house: House, name: str) -> None:
        self.name = name
        self._kind = self._find(wire, house)
        self.fields: tuple[str, ...] = {
            "code": ("code",),
            "id": ("id",),
            "attribute": ("attributes",),
        }.get(self._kind, ("identifiers.type", "identifiers.code"))

    def among(self, values: Sequence[str]) -> list[Any]:
        """The condition that a product has one of the values, as written, in capitals or in small letters."""
        ways = list(dict.fromkeys(way for value in values if value for way in (value, value.upper(), value.lower())))
        match self._kind:
            case "id":
                return [("id", "in", [int(way) for way in ways if way.isascii() and way.isdecimal() and len(way) < 10])]
            case "code":
                return [("code", "in", ways)]
            case "attribute":
                return [("attributes." + self.name, "in", ways)]
            case _:
                return [("identifiers", "where", [("code", "in", ways), *self._types()])]

    def any(self) -> list[Any]:
        """The condition that a product may have a value."""
        match self._kind:
            case "id":
                return []
            case "code":
                return [("code", "!=", None)]
            case "attribute":
                return [("attributes." + self.name, "!=", None)]
            case _:
                return [("identifiers", "where", [("code", "!=", None), *self._types()])]

    def values(self, row: Mapping[str, Any]) -> list[str]:
        """The values of a product that was read."""
        match self._kind:
            case "id":
                return [str(row["id"])]
            case "code":
                return [row["code"]] if row["code"] else []
            case "attribute":
                value = (row["attributes"] or {}).get(self.name)
                return [str(value)] if value not in (None, "") else []
            case _:
                known = row["identifiers."]
                return [each["code"] for each in known if self._kind == "any" or (each["type"] or "") == self._type]

    @property
    def _type(self) -> str:
        return "" if self._kind == "plain" else self.name

    def _types(self) -> list[Any]:
        return [] if self._kind == "any" else [("type", "=", self._type or None)]

    def _find(self, wire: Wire, house: House) -> str:
        if self.name in ("sku", "code"):
            return "code"
        if self.name == "id":
            return "id"
        own: list[str] = []
        if "product_attribute" in house.modules:
            rows = wire.find("product.attribute", [("type_", "=", "char")], ["name"])
            own = [row["name"] for row in rows]
        if self.name in own:
            return "attribute"
        if self.name in house.identifier_types:
            return "type"
        if self.name in ("asin", "identifier"):
            return "plain" if self.name == "asin" else "any"
        names = dict.fromkeys([*NAMES, *house.identifier_types, *own])
        raise StoreRejected(
            f"Tryton's products have no attribute {self.name!r}; they have {', '.join(names)}: change the connection's "
            "product_attribute"
        )


def products(wire: Wire, house: House, attribute: str, values: Sequence[str]) -> list[Product]:
    """Products by value, also where it is written all in capitals or all in small letters."""
    searched = Attribute(wire, house, attribute)
    asked = {value.casefold() for value in values}
    found = []
    for start in range(0, len(values), MANY):
        condition = searched.among(values[start : start + MANY])
        for row in wire.find("product.product", condition, ["name", *searched.fields]):
            for value in searched.values(row):
                if value.casefold() in asked:
                    found.append(Product(ref=str(row["id"]), value=value, title=row["name"] or ""))
    return found


def stock(wire: Wire, house: House, attribute: str) -> Iterator[StockLevel]:
    """Every product each time: on hand in the warehouse, less what is to leave it.

    Tryton's own forecast is not used: it counts goods that are still to come.
    """
    searched = Attribute(wire, house, attribute)
    promised = _promised(wire, house)
    fields = ["consumable", "quantity", *searched.fields]
    condition = [*searched.any(), ("salable", "=", True), ("type", "!=", "service")]
    # The company's own day, which moves are dated by: it may begin before that of UTC.
    context = {"locations": [house.warehouse], "stock_date_end": wire.call("ir.date", "today")}
    for page in wire.pages("product.product", condition, fields, PAGE, **context):
        now = datetime.now(UTC)
        for row in page:
            free = Decimal(str(row["quantity"] or 0)) - promised.get(row["id"], Decimal(0))
            for value in searched.values(row):
                yield StockLevel(
                    product=str(row["id"]), value=value, available=None if row["consumable"] else free, updated_at=now
                )


def _promised(wire: Wire, house: House) -> dict[int, Decimal]:
    """Product -> units that are to leave the warehouse and have not."""
    promised: dict[int, Decimal] = {}
    # In this order: an order that gets its moves meanwhile is counted twice for once, and not left out.
    for product, units in (*_waiting(wire, house), *_moving(wire, house)):
        promised[product] = promised.get(product, Decimal(0)) + units
    return promised


def _moving(wire: Wire, house: House) -> Iterator[tuple[int, Decimal]]:
    """Product and units of each move that is to leave the warehouse."""
    inside = [house.warehouse], "parent"
    condition = [
        ("state", "in", ["draft", "assigned"]),
        ("from_location", "child_of", *inside),
        ("to_location", "not child_of", *inside),
    ]
    for page in wire.pages("stock.move", condition, ["product", "internal_quantity"], 1000):
        for row in page:
            yield row["product"], Decimal(str(row["internal_quantity"] or 0))


def _waiting(wire: Wire, house: House) -> Iterator[tuple[int, Decimal]]:
    """Product and units of each line of a placed order that has no moves yet: it is on hold, or just confirmed."""
    condition = [
        ("sale.web_shop", "=", house.web_shop),
        ("sale.web_id", "!=", None),
        ("sale.state", "in", ["draft", "quotation", "confirmed"]),
        ("sale.warehouse", "=", house.warehouse),
        ("sale.shipment_method", "!=", "manual"),
        ("type", "=", "line"),
        ("product.type", "!=", "service"),
    ]
    fields = ["product", "quantity", "unit.factor", "product.default_uom.factor", "sale.web_id", "sale.reference"]
    for page in wire.pages("sale.line", condition, fields, 1000):
        for row in page:
            if row["sale."]["reference"] == row["sale."]["web_id"]:  # all was right with it
                units = row["quantity"] * row["unit."]["factor"] / row["product."]["default_uom."]["factor"]
                yield row["product"], Decimal(str(units))
