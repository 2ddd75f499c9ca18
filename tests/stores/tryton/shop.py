"""The shop's side of the tests, past the adapter: what its staff does, and what its records say.

It speaks proteus as Tryton's own client does, in this process or to a server.
"""

from __future__ import annotations

import base64
import functools
import inspect
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Self, TypeVar, cast
from xmlrpc.client import ServerProxy

from proteus import Model, Wizard
from proteus import config as proteus

from amazon_orders.testing import ShopOrder

T = TypeVar("T")


@contextmanager
def at_work(config: Any) -> Iterator[None]:
    """proteus wants the thread's configuration to be of the same kind even where a model has its own."""
    before = proteus.get_config()
    proteus._CONFIG.current = config
    try:
        yield
    finally:
        proteus._CONFIG.current = before


def staff(shop: type[T]) -> type[T]:
    """What the staff does, it does with its own way to Tryton, and the adapter finds its own as it left it."""

    def with_its_own(method: Any) -> Any:
        @functools.wraps(method)
        def does(self: Any, *args: Any, **kwargs: Any) -> Any:
            with at_work(self.config):
                return method(self, *args, **kwargs)

        return does

    for name, method in list(vars(shop).items()):
        if inspect.isfunction(method) and not name.startswith("_"):
            setattr(shop, name, with_its_own(method))
    return shop


@staff
class TrytonShop:
    """Tryton's records, by its models, buttons and wizards."""

    def __init__(self, config: Any) -> None:
        self.config = config

    @classmethod
    def remote(cls, url: str, user: str, password: str) -> Self:
        """The shop behind a server. A session, for a password costs the server a tenth of a second each time."""
        options: dict[str, Any] = {"allow_none": True, "use_builtin_types": True}
        with ServerProxy(url, **options) as server:
            user_id, key, *_ = cast(list[Any], server.common.db.login(user, {"password": password}))
        session = base64.b64encode(f"{user}:{user_id}:{key}".encode()).decode("ascii")
        return cls(proteus.XmlrpcConfig(url, headers=[("Authorization", f"Session {session}")]))

    def model(self, name: str) -> Any:
        """One of Tryton's models."""
        return Model.get(name, self.config)

    def one(self, name: str, *condition: Any) -> Any:
        """The only record that fulfils the condition."""
        (found,) = self.model(name).find(list(condition))
        return found

    def id_of(self, name: str, *condition: Any) -> int:
        """The id of the only record that fulfils the condition."""
        (found,) = self.proxy(name).search(list(condition), 0, None, None, self.config.context)
        return int(found)

    def proxy(self, name: str) -> Any:
        """A model's methods, called with values and without all that a form works out while it is filled in."""
        return self.config.get_proxy(name)

    def add_product(self, sku: str, stock: int | None = 50, *, asin: str = "", tax: int = 19) -> str:
        """A product, of which there are so many; `None`: nobody has ever counted it. Its reference."""
        unit = self.id_of("product.uom", ("name", "=", "Unit"))
        product: dict[str, Any] = {"suffix_code": sku}
        if asin:
            product["identifiers"] = [["create", [{"code": asin}]]]
        template = {
            "name": f"Thing {sku}",
            "type": "goods",
            "default_uom": unit,
            "salable": True,
            "sale_uom": unit,
            "list_price": Decimal(10),
            "account_category": self.id_of("product.category", ("name", "=", f"VAT {tax} %")),
            "products": [["create", [product]]],
        }
        (made,) = self.proxy("product.template").create([template], self.config.context)
        ref = str(self.id_of("product.product", ("template", "=", made)))
        if stock is not None:
            self.set_stock(ref, stock)
        return ref

    def product(self, product: str) -> Any:
        """The product as it is now."""
        return self.model("product.product")(int(product))

    def delete(self, product: str) -> None:
        """The product is sold no more. What was once moved is not deleted, and what is on the shelf is cleared."""
        self.set_stock(product, 0)
        gone = self.product(product)
        gone.active = False
        gone.save()

    def stock(self, product: str) -> int | None:
        """Units that can still be promised."""
        warehouse = self.id_of("stock.location", ("type", "=", "warehouse"))
        context = self.config.context | {"locations": [warehouse], "stock_date_end": self.today()}
        (read,) = self.proxy("product.product").read([int(product)], ["forecast_quantity"], context)
        return int(read["forecast_quantity"])

    def today(self) -> date:
        """Tryton's own day."""
        return datetime.now(UTC).date()

    def set_stock(self, product: str, units: int | None) -> None:
        """Count the shelf; units that were promised stay so. Tryton counts all goods."""
        if units is None:
            raise NotImplementedError
        line = {"product": int(product), "quantity": float(units)}
        inventory = {
            "location": self.id_of("stock.location", ("code", "=", "STO")),
            "date": self.today(),
            "lines": [["create", [line]]],
        }
        made = self.proxy("stock.inventory").create([inventory], self.config.context)
        self.proxy("stock.inventory").confirm(made, self.config.context)

    def order(self, ref: str) -> Any:
        """The sale."""
        return self.model("sale.sale")(int(ref))

    def orders(self) -> list[ShopOrder]:
        """Every order, oldest first."""
        return [_seen(sale) for sale in self.model("sale.sale").find([], order=[("id", "ASC")])]

    def twin(self, product: str) -> str:
        """Another product with the same ASIN; two codes that are the same Tryton does not allow."""
        (asin,) = self.product(product).identifiers
        return self.add_product(f"TWIN-OF-{product}", asin=asin.code)

    def sell(self, product: str) -> str:
        """An order of the shop's own."""
        sale = self.model("sale.sale")()
        sale.party = self.one("party.party", ("name", "=", "DHL"))
        line = sale.lines.new()
        line.product = self.product(product)
        line.quantity, line.unit_price = 1.0, Decimal("8.40")
        sale.click("quote")
        sale.click("confirm")
        return str(sale.id)

    def ship(
        self, ref: str, lines: Mapping[str, int] | None = None, carrier: str = "", service: str = "", tracking: str = ""
    ) -> Any:
        """Send a parcel with order item id -> units, or all that is left. Tryton keeps no service."""
        (shipment,) = (each for each in self.order(ref).shipments if each.state == "waiting")
        if carrier:
            shipment.carrier = self.carrier(carrier)
        if lines is not None:
            for move in shipment.inventory_moves:
                move.quantity = float(lines.get(order_item_id(move.origin.origin), 0))
        shipment.click("assign_try")
        if shipment.state == "waiting":  # sold, and not on the shelf
            shipment.click("assign_force")
        shipment.click("pick")
        package = self.model("stock.package")(shipment=shipment, type=self.one("stock.package.type"))
        package.shipping_reference = shipment.shipping_reference = tracking
        for move in shipment.outgoing_moves:
            if move.quantity:
                package.moves.append(self.model("stock.move")(move.id))
        shipment.save()
        package.save()
        shipment.reload()
        shipment.click("pack")
        shipment.click("do")
        return shipment

    def carrier(self, name: str) -> Any:
        """The carrier of that name, and where the shop has none it has one from now on."""
        for carrier in self.model("carrier").find([("party.name", "=", name)]):
            return carrier
        party = self.model("party.party")(name=name)
        party.save()
        carrier = self.model("carrier")(party=party)
        carrier.carrier_product = self.one("product.product", ("code", "=", "SHIPPING"))
        carrier.save()
        return carrier

    def cancel(self, ref: str, lines: Mapping[str, int] | None = None, reason: str = "") -> None:
        """Cancel the order, or order item id -> units of it."""
        sale = self.order(ref)
        if sale.state in ("draft", "quotation", "confirmed"):
            sale.click("cancel")
            return
        if lines is not None:
            self._set_apart(sale, lines)
        for shipment in sale.shipments:
            if shipment.state == "waiting" and (lines is None or self._holds(shipment, lines)):
                shipment.click("cancel")
        self.ignore_cancelled(sale)

    def _set_apart(self, sale: Any, lines: Mapping[str, int]) -> None:
        """Units that will not be sent get a shipment of their own."""
        (shipment,) = (each for each in sale.shipments if each.state == "waiting")
        if self._holds(shipment, lines):
            return
        shipment.click("draft")
        for move in shipment.outgoing_moves:
            move.quantity -= lines.get(order_item_id(move.origin), 0)
        shipment.save()
        for move in shipment.outgoing_moves:
            if not move.quantity:
                self.model("stock.move").delete([self.model("stock.move")(move.id)])
        shipment.reload()
        shipment.click("wait")
        sale.reload()
        sale.click("process")

    @staticmethod
    def _holds(shipment: Any, lines: Mapping[str, int]) -> bool:
        """Whether these units are all that is in it."""
        inside = {order_item_id(move.origin): move.quantity for move in shipment.outgoing_moves}
        return inside == {item: float(units) for item, units in lines.items()}

    def ignore_cancelled(self, sale: Any) -> None:
        """What was cancelled is not sent later."""
        sale.reload()
        wizard = Wizard("sale.handle.shipment.exception", [sale], config=self.config)
        moves = self.model("stock.move")
        wizard.form.ignore_moves.extend([moves(move.id) for move in wizard.form.domain_moves])
        wizard.execute("handle")

    def refund(self, ref: str, lines: Mapping[str, int] | None, amount: Decimal | str) -> Any:
        """A credit note says what is owed to whom, not that Amazon is to pay it out."""
        raise NotImplementedError


def order_item_id(line: Any) -> str:
    """Where the adapter keeps it on the sale's line."""
    return str(line.note or "")


def _seen(sale: Any) -> ShopOrder:
    units: dict[str, int] = {}
    for line in sale.lines:
        if line.product and line.product.type == "goods":
            product = str(line.product.id)
            units[product] = units.get(product, 0) + int(line.quantity)
    address = sale.shipment_address
    return ShopOrder(
        ref=str(sale.id),
        key=sale.web_id or "",
        total=sale.total_amount,
        lines=units,
        status=_status(sale),
        country=address.country.code if address and address.country else "",
    )


def _status(sale: Any) -> str | None:
    if sale.state == "cancelled":
        return "cancelled"
    if sale.state in ("draft", "quotation"):
        return "on_hold"
    states = {shipment.state for shipment in sale.shipments}
    if not states:
        return None
    if "draft" in states:
        return "on_hold"
    if states == {"cancelled"}:
        return "cancelled"
    return "shipped" if states <= {"done", "cancelled"} else "new"
