"""The built-in rules that a plugin may refine; `None` always leaves the built-in rule in charge."""

from __future__ import annotations

from collections.abc import Mapping

from ...model import (
    Carrier,
    Connection,
    Hold,
    Order,
    OrderLine,
    Shipment,
    Skip,
    StockLevel,
    StoreOrder,
    TaxTreatment,
)
from ..markers import hookspec


@hookspec(firstresult=True)
def rule_accept_order(order: Order, connection: Connection) -> Skip | Hold | None:
    """Decide whether the store takes an order at all.

    Answered by: any plugin, optional; the first answer that is not `None` counts.

    Arguments:
        order: Amazon's facts; amounts are `Decimal` in `order.currency`, times are aware UTC.
        connection: the connection's settings, without its secret.

    Returns:
        `Skip`: never an order of this store. `Hold`: a person has to decide. `None`: the built-in rule decides. Use
        `Reason.PLUGIN` and say why in `detail`, without personal data.

    Raises:
        Exception: any becomes an `AdapterBug` that names the plugin; the order is tried again later.

    Example:
        @hookimpl
        def rule_accept_order(self, order, connection):
            if order.recipient and order.recipient.country == "CH":
                return Hold(reason=Reason.PLUGIN, detail="customs papers are needed for Switzerland")
            return None

    Since: 0.1
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def rule_resolve_sku(line: OrderLine, connection: Connection) -> str | None:
    """Name the value of the product attribute that a seller SKU stands for.

    Answered by: any plugin, optional; the first answer that is not `None` counts. An alias set by hand goes first.

    Arguments:
        line: the order's line with `seller_sku`, `asin` and `title`.
        connection: the connection's settings, without its secret.

    Returns:
        The value to look for in the store's catalogue, under the connection's `product_attribute`. `None`: the
        built-in rule resolves the SKU.

    Raises:
        Exception: any becomes an `AdapterBug` that names the plugin; the order is tried again later.

    Example:
        @hookimpl
        def rule_resolve_sku(self, line, connection):
            return line.seller_sku.split("_")[0] if "_" in line.seller_sku else None

    Since: 0.1
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def rule_tax(order: Order, connection: Connection) -> Mapping[str, TaxTreatment] | None:
    """Say who owes the tax of an order's lines, and how it stands in Amazon's amounts.

    Answered by: any plugin, optional; the first answer that is not `None` counts.

    Arguments:
        order: Amazon's facts; amounts are `Decimal` in `order.currency`.
        connection: the connection's settings, without its secret.

    Returns:
        Order item id -> `TaxTreatment`; lines left out are read by the built-in rule. The reading still has to solve
        Amazon's total. `None`: the built-in rule reads every line.

    Raises:
        Exception: any becomes an `AdapterBug` that names the plugin; the order is tried again later.

    Example:
        @hookimpl
        def rule_tax(self, order, connection):
            if order.currency != "GBP":
                return None
            return {line.order_item_id: TaxTreatment(owner="seller") for line in order.lines}

    Since: 0.1
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def rule_shipping_method(order: Order, connection: Connection) -> str | None:
    """Choose the store's shipping method for an order.

    Answered by: any plugin, optional; the first answer that is not `None` counts.

    Arguments:
        order: Amazon's facts, with `service_level` and `programs`.
        connection: the connection's settings, without its secret.

    Returns:
        The store's own name of the method. `None`: the connection's settings choose.

    Raises:
        Exception: any becomes an `AdapterBug` that names the plugin; the order is tried again later.

    Example:
        @hookimpl
        def rule_shipping_method(self, order, connection):
            return "express" if "PRIME" in order.programs else None

    Since: 0.1
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def rule_store_order(order: Order, draft: StoreOrder, connection: Connection) -> StoreOrder | None:
    """Have the last word on the order that the store gets.

    Answered by: any plugin, optional; the first answer that is not `None` counts.

    Arguments:
        order: Amazon's facts.
        draft: what the store would get; amounts are `Decimal` in `draft.currency`.
        connection: the connection's settings, without its secret.

    Returns:
        The order to place instead. Everything may differ but the total: lines, shipping and fees are added up again,
        and an order that ends elsewhere is held. `None`: the draft is placed.

    Raises:
        Exception: any becomes an `AdapterBug` that names the plugin; the order is tried again later.

    Example:
        @hookimpl
        def rule_store_order(self, order, draft, connection):
            return replace(draft, shipping_method="pallet") if len(draft.lines) > 20 else None

    Since: 0.1
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def rule_carrier(shipment: Shipment, connection: Connection) -> Carrier | None:
    """Name the carrier of a package in Amazon's words.

    Answered by: any plugin, optional; the first answer that is not `None` counts.

    Arguments:
        shipment: the package as the store told it.
        connection: the connection's settings, without its secret.

    Returns:
        `Carrier` with a code of Amazon's list, or `Other` and a name. `None`: the connection's settings and the
        built-in list decide.

    Raises:
        Exception: any becomes an `AdapterBug` that names the plugin; the shipment is tried again later.

    Example:
        @hookimpl
        def rule_carrier(self, shipment, connection):
            return Carrier(code="DHL") if shipment.tracking.startswith("00340") else None

    Since: 0.1
    """
    raise NotImplementedError


@hookspec(firstresult=True)
def rule_stock_quantity(level: StockLevel, connection: Connection) -> int | None:
    """Choose the quantity that is published for a product.

    Answered by: any plugin, optional; the first answer that is not `None` counts.

    Arguments:
        level: what the store can still promise, in units of its product.
        connection: the connection's settings, without its secret.

    Returns:
        Whole units to start from; units that Amazon sold and the store has not taken still come off. `None`: the
        level itself, with the connection's buffer and cap.

    Raises:
        Exception: any becomes an `AdapterBug` that names the plugin; the product's stock is not published.

    Example:
        @hookimpl
        def rule_stock_quantity(self, level, connection):
            return 0 if level.value.startswith("SHOWROOM-") else None

    Since: 0.1
    """
    raise NotImplementedError
