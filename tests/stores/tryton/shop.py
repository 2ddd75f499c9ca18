"""The shop's side of the tests, past the adapter: what its staff does, and what its records say.

It calls Tryton's models, buttons and wizards by proteus' proxies, with whole records at once: each call costs time.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Self, cast
from xmlrpc.client import ServerProxy

from amazon_orders.testing import ShopOrder

from .template import SHIPPING

SALE, SHIPMENT, MOVE = "sale.sale", "stock.shipment.out", "stock.move"
SEEN = (
    "web_id",
    "total_amount",
    "tax_amount",
    "currency.code",
    "state",
    "lines.quantity",
    "lines.product.type",
    "shipments.state",
    "shipment_address.country.code",
)
Row = dict[str, Any]


class TrytonShop:
    """Tryton as its user `admin` sees it, in this process or behind a server."""

    def __init__(self, config: Any) -> None:
        self.config = config

    @classmethod
    def remote(cls, url: str, user: str, password: str) -> Self:
        """The shop behind a server. A session, for a password costs the server a tenth of a second each time."""
        from proteus.config import XmlrpcConfig

        options: dict[str, Any] = {"allow_none": True, "use_builtin_types": True}
        with ServerProxy(url, **options) as server:
            user_id, key, *_ = cast(list[Any], server.common.db.login(user, {"password": password}))
        session = base64.b64encode(f"{user}:{user_id}:{key}".encode()).decode("ascii")
        return cls(XmlrpcConfig(url, headers=[("Authorization", f"Session {session}")]))

    def call(self, name: str, method: str, *arguments: Any, kind: str = "model", **context: Any) -> Any:
        """Call a method of a model or of a wizard."""
        proxy = self.config.get_proxy(name, type=kind)
        return getattr(proxy, method)(*arguments, self.config.context | context)

    def find(self, name: str, condition: Iterable[Any], *fields: str) -> list[Row]:
        """Records that fulfil a condition, oldest first."""
        found: list[Row] = self.call(
            name, "search_read", list(condition), 0, None, [("id", "ASC")], [*fields] or ["id"]
        )
        return found

    def one(self, name: str, *condition: Any) -> int:
        """The id of the only record that fulfils the condition."""
        (found,) = self.find(name, condition)
        return int(found["id"])

    def read(self, name: str, number: int, *fields: str) -> Row:
        """A record as it is now."""
        (row,) = self.call(name, "read", [number], list(fields))
        return cast(Row, row)

    def today(self) -> date:
        """Tryton's own day."""
        return datetime.now(UTC).date()

    # Products and stock.

    def add_product(self, sku: str, stock: int | None = 50, *, asin: str = "", tax: int = 19) -> str:
        """A product, of which there are so many; `None`: nobody has ever counted it. Its reference."""
        unit = self.one("product.uom", ("name", "=", "Unit"))
        product: Row = {"suffix_code": sku}
        if asin:
            product["identifiers"] = [("create", [{"code": asin}])]
        template = {
            "name": f"Thing {sku}",
            "type": "goods",
            "default_uom": unit,
            "salable": True,
            "sale_uom": unit,
            "list_price": Decimal(10),
            "account_category": self.one("product.category", ("name", "=", f"VAT {tax} %")),
            "products": [("create", [product])],
        }
        (made,) = self.call("product.template", "create", [template])
        ref = str(self.one("product.product", ("template", "=", made)))
        if stock is not None:
            self.set_stock(ref, stock)
        return ref

    def delete(self, product: str) -> None:
        """The product is sold no more. What was once moved is not deleted, and what is on the shelf is cleared."""
        self.set_stock(product, 0)
        self.call("product.product", "write", [int(product)], {"active": False})

    def twin(self, product: str) -> str:
        """Another product with the same ASIN; two codes that are the same Tryton does not allow."""
        (asin,) = self.read("product.product", int(product), "identifiers.code")["identifiers."]
        return self.add_product(f"TWIN-OF-{product}", asin=asin["code"])

    def stock(self, product: str) -> int | None:
        """Units that can still be promised."""
        place: Row = {
            "locations": [self.one("stock.location", ("type", "=", "warehouse"))],
            "stock_date_end": self.today(),
        }
        fields = ["consumable", "forecast_quantity"]
        (read,) = self.call("product.product", "read", [int(product)], fields, **place)
        return None if read["consumable"] else int(read["forecast_quantity"])

    def set_stock(self, product: str, units: int | None) -> None:
        """Count the shelf; units that were promised stay so. `None`: consumables need not be there to be sent."""
        if units is None:
            template = self.read("product.product", int(product), "template")["template"]
            self.call("product.template", "write", [template], {"consumable": True})
            return
        inventory = {
            "location": self.one("stock.location", ("code", "=", "STO")),
            "date": self.today(),
            "lines": [("create", [{"product": int(product), "quantity": float(units)}])],
        }
        self.call("stock.inventory", "confirm", self.call("stock.inventory", "create", [inventory]))

    # Orders.

    def orders(self) -> list[ShopOrder]:
        """Every order, oldest first."""
        return [_seen(row) for row in self.find(SALE, [], *SEEN)]

    def place(self, lines: Mapping[str, tuple[str, int]], **values: Any) -> str:
        """A sale: note of a line -> product and units, each for 8.40 and its tax. Its reference."""
        (party,) = self.call("party.party", "create", [{"addresses": [("create", [self._address()])]}])
        (address,) = self.read("party.party", party, "addresses")["addresses"]
        sale = {
            "company": self.config.context["company"],
            "currency": self.one("currency.currency", ("code", "=", "EUR")),
            "party": party,
            "invoice_address": address,
            "shipment_address": address,
            "warehouse": self.one("stock.location", ("type", "=", "warehouse")),
            "shipment_cost_method": None,
            "carrier": self.carrier("DHL"),
            "lines": [("create", [self._line(note, *line) for note, line in lines.items()])],
            **values,
        }
        made = self.call(SALE, "create", [sale])
        for button in ("quote", "confirm", "process"):
            self.call(SALE, button, made)
        return str(made[0])

    def _address(self) -> Row:
        return {"country": self.one("country.country", ("code", "=", "DE"))}

    def _line(self, note: str, product: str, units: int) -> Row:
        needed = ("default_uom", "account_category.customer_taxes")
        row = self.read("product.product", int(product), *needed)
        return {
            "type": "line",
            "product": int(product),
            "quantity": float(units),
            "unit": row["default_uom"],
            "unit_price": Decimal("8.40"),
            "taxes": [("add", row["account_category."]["customer_taxes"])],
            "note": note,
        }

    def sell(self, product: str) -> str:
        """An order of the shop's own."""
        return self.place({"": (product, 1)})

    def ship(
        self, ref: str, lines: Mapping[str, int] | None = None, carrier: str = "", service: str = "", tracking: str = ""
    ) -> int:
        """Send a parcel with order item id -> units, or all that is left. Tryton keeps no service."""
        (shipment,) = self._waiting(ref)
        items = self._items(shipment)
        if lines is not None:
            for move in self.read(SHIPMENT, shipment, "inventory_moves.origin")["inventory_moves."]:
                item, _ = items[int(move["origin"].partition(",")[2])]
                self.call(MOVE, "write", [move["id"]], {"quantity": float(lines.get(item, 0))})
        label: Row = {"carrier": self.carrier(carrier)} if carrier else {}
        self.call(SHIPMENT, "write", [shipment], {**label, "shipping_reference": tracking})
        self.call(SHIPMENT, "assign_try", [shipment])
        if self.read(SHIPMENT, shipment, "state")["state"] == "waiting":  # sold, and not on the shelf
            self.call(SHIPMENT, "assign_force", [shipment])
        self.call(SHIPMENT, "pick", [shipment])
        package = {
            "shipment": f"{SHIPMENT},{shipment}",
            "type": self.one("stock.package.type"),
            "shipping_reference": tracking,
            "moves": [("add", [move for move, (_, units) in self._items(shipment).items() if units])],
        }
        self.call("stock.package", "create", [package])
        for button in ("pack", "do"):
            self.call(SHIPMENT, button, [shipment])
        return shipment

    def cancel(self, ref: str, lines: Mapping[str, int] | None = None, reason: str = "") -> None:
        """Cancel the order, or order item id -> units of it, never to be sent. The reason is a note on the sale."""
        sale = int(ref)
        if reason:
            self.call("ir.note", "create", [{"resource": f"{SALE},{sale}", "message": reason}])
        if self.read(SALE, sale, "state")["state"] in ("draft", "quotation", "confirmed"):
            self.call(SALE, "cancel", [sale])
            return
        gone = self._waiting(ref) if lines is None else [self._set_apart(ref, lines)]
        self.call(SHIPMENT, "cancel", gone)
        wizard, about = (
            "sale.handle.shipment.exception",
            {"active_id": sale, "active_ids": [sale], "active_model": SALE},
        )
        session, start, _ = self.call(wizard, "create", kind="wizard")
        view = self.call(wizard, "execute", session, {}, start, kind="wizard", **about)["view"]
        moves = view["defaults"]["domain_moves"]
        form = {"domain_moves": moves, "ignore_moves": moves, "recreate_moves": []}
        self.call(wizard, "execute", session, {view["state"]: form}, "handle", kind="wizard", **about)
        self.call(wizard, "delete", session, kind="wizard")

    def refund(self, ref: str, lines: Mapping[str, int] | None, amount: Decimal | str) -> Any:
        """A credit note says what is owed to whom, not that Amazon is to pay it out."""
        raise NotImplementedError

    def carrier(self, name: str) -> int:
        """The carrier of that name, and where the shop has none it has one from now on."""
        for carrier in self.find("carrier", [("party.name", "=", name)]):
            return int(carrier["id"])
        (party,) = self.call("party.party", "create", [{"name": name}])
        product = self.one("product.product", ("code", "=", SHIPPING))
        (made,) = self.call("carrier", "create", [{"party": party, "carrier_product": product}])
        return int(made)

    def _waiting(self, ref: str) -> list[int]:
        """Shipments that nobody has picked."""
        rows = self.read(SALE, int(ref), "shipments.state")["shipments."]
        return [row["id"] for row in rows if row["state"] == "waiting"]

    def _items(self, shipment: int) -> dict[int, tuple[str, float]]:
        """Move to the customer -> order item id, which the adapter keeps in the line's note, and units."""
        moves = self.read(SHIPMENT, shipment, "outgoing_moves.origin", "outgoing_moves.quantity")["outgoing_moves."]
        lines = [int(move["origin"].partition(",")[2]) for move in moves]
        notes = {row["id"]: row["note"] for row in self.find("sale.line", [("id", "in", lines)], "note")}
        return {move["id"]: (notes[line], move["quantity"]) for move, line in zip(moves, lines, strict=True)}

    def _set_apart(self, ref: str, lines: Mapping[str, int]) -> int:
        """The shipment of nothing but these units. Tryton makes one for what a changed shipment leaves out."""
        (shipment,) = self._waiting(ref)
        items = self._items(shipment)
        left = {move: units - lines.get(item, 0) for move, (item, units) in items.items()}
        if not any(left.values()):
            return shipment
        self.call(SHIPMENT, "draft", [shipment])
        for move, units in left.items():
            if units:
                self.call(MOVE, "write", [move], {"quantity": units})
            else:
                self.call(MOVE, "delete", [move])
        self.call(SHIPMENT, "wait", [shipment])
        self.call(SALE, "process", [int(ref)])
        (apart,) = set(self._waiting(ref)) - {shipment}
        return apart


def _seen(row: Row) -> ShopOrder:
    units: dict[str, int] = {}
    for line in row["lines."]:
        product = line["product."]
        if product and product["type"] == "goods":
            ref = str(product["id"])
            units[ref] = units.get(ref, 0) + int(line["quantity"])
    country = (row["shipment_address."] or {}).get("country.")
    return ShopOrder(
        ref=str(row["id"]),
        key=row["web_id"] or "",
        total=row["total_amount"],
        lines=units,
        status=_status(row["state"], {shipment["state"] for shipment in row["shipments."]}),
        country=country["code"] if country else "",
        currency=row["currency."]["code"],
        tax=row["tax_amount"],
    )


def _status(state: str, shipments: set[str]) -> str | None:
    if state == "cancelled" or shipments == {"cancelled"}:
        return "cancelled"
    if state in ("draft", "quotation") or "draft" in shipments:
        return "on_hold"
    if not shipments:
        return None
    return "shipped" if shipments <= {"done", "cancelled"} else "new"
