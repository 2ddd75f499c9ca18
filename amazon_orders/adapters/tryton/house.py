"""What the shop has that orders need: found once when the store is opened, named in the options by code or name."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from ...errors import ConfigError, StoreRejected
from .options import Options
from .wire import Wire

MODULES = ("sale", "stock", "web_shop")
"""Modules of Tryton's that have to be activated."""


@dataclass(frozen=True, kw_only=True, slots=True)
class House:
    """Ids of records, and which modules there are."""

    web_shop: int
    company: int
    warehouse: int
    storage: int
    """The location of the warehouse that goods are put on the shelf in."""
    carrier: int | None
    shipping_product: int | None
    fee_product: int | None
    reservations: int | None
    price_digits: int
    modules: frozenset[str]
    """Those that are activated."""
    identifier_types: tuple[str, ...]
    countries: Lookup = field(repr=False)
    currencies: Lookup = field(repr=False)


class Lookup:
    """Code -> id of records that the shop was seen to have."""

    def __init__(self, wire: Wire, model: str, what: str) -> None:
        self._wire = wire
        self._model = model
        self._what = what
        self._seen: dict[str, int] = {}
        self._lock = threading.Lock()

    def find(self, code: str) -> int:
        """The record's id; `StoreRejected` where the shop does not have it."""
        if code not in self._seen:
            rows = self._wire.find(self._model, [("code", "=", code)], ["id"]) if code else []
            if not rows:
                raise StoreRejected(f"Tryton has no {self._what} {code or 'without a code'!r}; add it there")
            with self._lock:
                self._seen[code] = int(rows[0]["id"])
        return self._seen[code]


def survey(wire: Wire, options: Options) -> House:
    """Find what the options name; `ConfigError` names everything that is not there. Sets the company of later calls."""
    modules = frozenset(row["name"] for row in wire.find("ir.module", [("state", "=", "activated")], ["name"]))
    if missing := [name for name in MODULES if name not in modules]:
        raise _wrong({"adapter": f"Tryton's modules {', '.join(missing)} are not activated; activate them"})
    problems: dict[str, str] = {}
    shop = _one(
        problems, "web_shop", options.web_shop, wire.find("web.shop", [], ["name", "company", "warehouses"]), "name"
    )
    if problems:
        raise _wrong(problems)
    wire.context["company"] = shop["company"]
    warehouses = wire.find("stock.location", [("type", "=", "warehouse")], ["name", "code", "storage_location"])
    if not options.warehouse and shop["warehouses"]:
        warehouses = [row for row in warehouses if row["id"] == shop["warehouses"][0]]
    warehouse = _one(problems, "warehouse", options.warehouse, warehouses, "code", "name")
    carrier = None
    if options.carrier and "sale_shipment_cost" not in modules:
        problems["carrier"] = "needs Tryton's module sale_shipment_cost; activate it, or leave carrier out"
    elif options.carrier:
        rows = [{"id": row["id"], "name": row["party."]["name"]} for row in wire.find("carrier", [], ["party.name"])]
        carrier = _one(problems, "carrier", options.carrier, rows, "name")["id"]
    products: dict[str, int | None] = {}
    for key in ("shipping_product", "fee_product"):
        products[key] = None
        if code := getattr(options, key):
            rows = wire.find("product.product", [("code", "=", code), ("type", "=", "service")], ["code"])
            products[key] = _one(problems, key, code, rows, "code", none="no service has this code")["id"]
    reservations = None
    if options.reservation_location:
        rows = wire.find("stock.location", [("type", "=", "storage"), ("parent", "=", None)], ["name", "code"])
        reservations = _one(problems, "reservation_location", options.reservation_location, rows, "code", "name")["id"]
    if problems:
        raise _wrong(problems)
    unit_price = wire.call("sale.line", "fields_get", ["unit_price"])["unit_price"]
    types = wire.call("product.identifier", "fields_get", ["type"])["type"]["selection"]
    return House(
        web_shop=shop["id"],
        company=shop["company"],
        warehouse=warehouse["id"],
        storage=warehouse["storage_location"],
        carrier=carrier,
        shipping_product=products["shipping_product"],
        fee_product=products["fee_product"] or products["shipping_product"],
        reservations=reservations,
        price_digits=json.loads(unit_price["digits"])[1],
        modules=modules,
        identifier_types=tuple(key for key, _ in types if key),
        countries=Lookup(wire, "country.country", "country"),
        currencies=Lookup(wire, "currency.currency", "currency"),
    )


def smallest_price(house: House) -> Decimal:
    """The smallest difference between two unit prices."""
    return Decimal(1).scaleb(-house.price_digits)


def _one(
    problems: dict[str, str],
    key: str,
    wanted: str,
    rows: list[dict[str, Any]],
    *names: str,
    none: str = "there is none",
) -> Mapping[str, Any]:
    """The record that the option names by any of `names`, or the only one there is."""
    found = [row for row in rows if not wanted or wanted in [row[name] for name in names]]
    if len(found) == 1:
        return found[0]
    known = ", ".join(sorted(repr(row[names[-1]]) for row in rows)) or none
    if wanted:
        problems[key] = f"{wanted!r} means {len(found) or 'none'} of those that Tryton has: {known}"
    else:
        problems[key] = f"has to name one of those that Tryton has: {known}"
    return {"id": 0, "storage_location": 0, "company": 0}


def _wrong(problems: dict[str, str]) -> ConfigError:
    return ConfigError("The tryton store cannot be opened.", problems=problems)
