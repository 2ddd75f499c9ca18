"""The shop's side of the tests, past the adapter: what its staff does, and what its records say.

It speaks proteus as Tryton's own client does, in this process or to a server.
"""

from __future__ import annotations

import base64
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Self
from xmlrpc.client import ServerProxy

from proteus import Model
from proteus import config as proteus

from amazon_orders.testing import ShopOrder

WEB_SHOP = "Amazon"


class TrytonShop:
    """Its configuration of proteus is its own; the adapter's stays as it is."""

    def __init__(self, config: Any) -> None:
        self.config = config

    @classmethod
    def in_process(cls, database: str, user: str) -> Self:
        """The shop in this process."""
        return cls(proteus.TrytondConfig(database, user))

    @classmethod
    def remote(cls, url: str, user: str, password: str) -> Self:
        """The shop behind a server. A session, for a password costs the server a tenth of a second each time."""
        options: dict[str, Any] = {"allow_none": True, "use_builtin_types": True}
        user_id, key, _ = ServerProxy(url, **options).common.db.login(user, {"password": password})
        session = base64.b64encode(f"{user}:{user_id}:{key}".encode()).decode()
        return cls(proteus.XmlrpcConfig(url, headers=[("Authorization", f"Session {session}")]))

    def model(self, name: str) -> Any:
        """One of Tryton's models."""
        return Model.get(name, self.config)

    def one(self, name: str, *condition: Any) -> Any:
        """The only record that fulfils the condition."""
        (found,) = self.model(name).find(list(condition))
        return found

    def add_product(self, sku: str, stock: int | None = 50, *, asin: str = "", tax: int = 19) -> Any:
        """A product, of which there are so many; `None`: nobody has ever counted it."""
        template = self.model("product.template")(name=f"Thing {sku}", type="goods", salable=True)
        template.default_uom = self.one("product.uom", ("name", "=", "Unit"))
        template.list_price = Decimal(10)
        template.account_category = self.one("product.category", ("name", "=", f"VAT {tax} %"))
        (product,) = template.products
        product.suffix_code = sku
        if asin:
            product.identifiers.new(code=asin)
        template.save()
        (product,) = template.products
        if stock is not None:
            self.set_stock(str(product.id), stock)
        return product

    def product(self, product: str) -> Any:
        """The product as it is now."""
        return self.model("product.product")(int(product))

    def delete(self, product: str) -> None:
        """The product is sold no more; what was once moved cannot be deleted."""
        gone = self.product(product)
        gone.active = False
        gone.save()

    def stock(self, product: str) -> int | None:
        """Units that can still be promised."""
        warehouse = self.one("stock.location", ("type", "=", "warehouse"))
        with self.config.set_context(locations=[warehouse.id], stock_date_end=self.today()):
            return int(self.product(product).forecast_quantity)

    def today(self) -> date:
        """Tryton's own day."""
        return datetime.now(UTC).date()

    def set_stock(self, product: str, units: int | None) -> None:
        """Count the shelf; units that were promised stay so. Tryton counts all goods."""
        if units is None:
            raise NotImplementedError
        inventory = self.model("stock.inventory")()
        inventory.location = self.one("stock.location", ("code", "=", "STO"))
        line = inventory.lines.new(product=self.product(product))
        line.quantity = float(units)
        inventory.save()
        inventory.click("confirm")

    def order(self, ref: str) -> Any:
        """The sale."""
        return self.model("sale.sale")(int(ref))

    def orders(self) -> list[ShopOrder]:
        """Every order, oldest first."""
        return [_seen(sale) for sale in self.model("sale.sale").find([], order=[("id", "ASC")])]


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
    return "shipped" if sale.shipment_state == "sent" else "new"
