"""From a record of Amazon's to `model.Order`: checked, in its proper types, or refused with the fields named."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError

from ..errors import PayloadError
from ..model import (
    Address,
    Breakdown,
    Buyer,
    CancelRequest,
    Order,
    OrderLine,
    Package,
    TaxCollection,
    TaxId,
    Window,
)
from .compiled import Loader, Surprise, compile_schema
from .schemas import OrderRecord

_NOTHING: Mapping[str, Any] = {}
_EXTENDED = ("streetName", "streetNumber", "complement", "neighborhood")


@cache
def _schema() -> Schema:
    return OrderRecord()


@cache
def _fast() -> Loader:
    return compile_schema(_schema())


def load_order(data: Any, included: frozenset[str]) -> Order:
    """The order, or `PayloadError` naming each field that is wrong, never a value."""
    try:
        record = _fast()(data)
    except (Surprise, ValueError, RecursionError):
        record = checked(data)
    return order_of(record, included)


def checked(data: Any) -> dict[str, Any]:
    """The record as the schema has it. Slow; every error comes from here."""
    order_id = data.get("orderId") if isinstance(data, dict) else None
    known_as = order_id if isinstance(order_id, str) and len(order_id) <= 200 and order_id.isprintable() else ""
    if not isinstance(data, dict):
        raise PayloadError(known_as, {"(record)": "must be an object"})
    try:
        loaded: dict[str, Any] = _schema().load(data)
    except ValidationError as error:
        raise PayloadError(known_as, dict(_paths(error.messages))) from None
    except RecursionError:
        raise PayloadError(known_as, {"(record)": "is nested too deeply"}) from None
    return loaded


def _paths(messages: Any, path: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _paths(inner, path if key == "_schema" else f"{path}.{key}" if path else str(key))
    elif isinstance(messages, list):
        yield path or "(record)", ", ".join(str(message) for message in messages)
    else:
        yield path or "(record)", str(messages)


class _Currency:
    """The one currency of a record."""

    def __init__(self) -> None:
        self.code = ""
        self.mixed = False

    def of(self, money: tuple[Decimal, str] | None) -> Decimal | None:
        if money is None:
            return None
        amount, code = money
        if code != self.code:
            if self.code:
                self.mixed = True
            self.code = code
        return amount


def order_of(record: Mapping[str, Any], included: frozenset[str]) -> Order:
    """A checked record as the model has it. `PayloadError` where it mixes currencies."""
    get = record.get
    currency = _Currency()
    proceeds = get("proceeds") or _NOTHING
    fulfillment = get("fulfillment") or _NOTHING
    channel = get("salesChannel") or _NOTHING
    grand_total = currency.of(proceeds.get("grandTotal"))
    lines = tuple([_line(item, currency) for item in record["orderItems"]])
    breakdowns = _breakdowns(proceeds.get("breakdowns"), currency)
    if currency.mixed:
        raise PayloadError(record["orderId"], {"proceeds": "has amounts in more than one currency"})
    if len({line.order_item_id for line in lines}) != len(lines):
        raise PayloadError(record["orderId"], {"orderItems": "names an orderItemId twice"})
    recipient = get("recipient")
    address = recipient.get("deliveryAddress") if recipient else None
    buyer = get("buyer")
    registrations = (get("tax") or _NOTHING).get("taxRegistrations")
    return Order(
        amazon_order_id=record["orderId"],
        created_at=record["createdTime"],
        updated_at=record["lastUpdatedTime"],
        marketplace_id=channel.get("marketplaceId") or "",
        channel=channel.get("channelName") or "AMAZON",
        status=fulfillment.get("fulfillmentStatus") or "",
        fulfilled_by=fulfillment.get("fulfilledBy") or "",
        service_level=fulfillment.get("fulfillmentServiceLevel") or "",
        ship_by=_window(fulfillment.get("shipByWindow")),
        deliver_by=_window(fulfillment.get("deliverByWindow")),
        programs=frozenset(get("programs") or ()),
        currency=currency.code,
        grand_total=grand_total,
        breakdowns=breakdowns,
        lines=lines,
        recipient=_address(address) if address else None,
        buyer=_buyer(buyer or _NOTHING, registrations) if buyer or registrations else None,
        packages=tuple([_package(row) for row in get("packages") or ()]),
        associations=tuple(
            [(row.get("orderId") or "", row.get("associationType") or "") for row in get("associatedOrders") or ()]
        ),
        seller_order_id=_seller_order_id(get("orderAliases")),
        payment_methods=tuple(
            [row.get("paymentMethod") or "" for row in (get("payment") or _NOTHING).get("paymentExecutions") or ()]
        ),
        included=included,
    )


def _line(item: Mapping[str, Any], currency: _Currency) -> OrderLine:
    get = item.get
    product = get("product") or _NOTHING
    price = product.get("price") or _NOTHING
    proceeds = get("proceeds") or _NOTHING
    fulfillment = get("fulfillment") or _NOTHING
    gift = (fulfillment.get("packing") or _NOTHING).get("giftOption") or _NOTHING
    shipping = (fulfillment.get("shipping") or _NOTHING).get("internationalShipping") or _NOTHING
    cancellation = get("cancellation") or _NOTHING
    request = cancellation.get("cancellationRequest")
    execution = cancellation.get("cancellationExecution") or _NOTHING
    tax = get("tax") or _NOTHING
    points = ((get("expense") or _NOTHING).get("pointsCost") or _NOTHING).get("pointsGranted") or _NOTHING
    return OrderLine(
        order_item_id=item["orderItemId"],
        seller_sku=product.get("sellerSku") or "",
        asin=product.get("asin") or "",
        title=product.get("title") or "",
        quantity_ordered=item["quantityOrdered"],
        quantity_fulfilled=fulfillment.get("quantityFulfilled"),
        quantity_unfulfilled=fulfillment.get("quantityUnfulfilled"),
        unit_price=currency.of(price.get("unitPrice")),
        total=currency.of(proceeds.get("proceedsTotal")),
        breakdowns=_breakdowns(proceeds.get("breakdowns"), currency),
        tax_collections=tuple(
            [
                TaxCollection(model=row.get("model") or "", responsible_party=row.get("responsibleParty") or "")
                for row in tax.get("taxCollections") or ()
            ]
        ),
        reporting_schemes=tuple(
            [row.get("reportingScheme") or "" for row in tax.get("taxCalculationBreakdowns") or ()]
        ),
        ioss=shipping.get("iossNumber") or "",
        cancel_request=(
            CancelRequest(requester=request.get("requester") or "", reason=request.get("cancelReason") or "")
            if request is not None
            else None
        ),
        cancelled_by=execution.get("cancelledBy") or "",
        cancel_reason=execution.get("cancelReason") or "",
        programs=frozenset(get("programs") or ()),
        price_designation=price.get("priceDesignation") or "",
        points=currency.of(points.get("pointsMonetaryValue")),
        gift_wrap_level=gift.get("giftWrapLevel") or "",
        gift_message=gift.get("giftMessage") or "",
        customization_url=(product.get("customization") or _NOTHING).get("customizedUrl") or "",
    )


def _breakdowns(rows: Any, currency: _Currency) -> tuple[Breakdown, ...]:
    found = []
    for row in rows or ():
        details = []
        for detail in row.get("detailedBreakdowns") or ():
            value = currency.of(detail.get("value"))
            if value is not None:
                details.append((detail.get("subtype") or "", value))
        amount = currency.of(row["subtotal"])
        assert amount is not None  # noqa: S101 - required by the schema
        found.append(
            Breakdown(type=row["type"], subtotal=amount, details=tuple(details), status=row.get("status") or "")
        )
    return tuple(found)


def _window(row: Any) -> Window | None:
    if not row:
        return None
    earliest, latest = row.get("earliestDateTime"), row.get("latestDateTime")
    return Window(earliest=earliest, latest=latest) if earliest or latest else None


def _address(row: Mapping[str, Any]) -> Address:
    get = row.get
    extended = get("extendedFields") or _NOTHING
    return Address(
        name=get("name") or "",
        company=get("companyName") or "",
        line1=get("addressLine1") or "",
        line2=get("addressLine2") or "",
        line3=get("addressLine3") or "",
        city=get("city") or "",
        district=get("districtOrCounty") or "",
        state=get("stateOrRegion") or "",
        municipality=get("municipality") or "",
        postal_code=get("postalCode") or "",
        country=get("countryCode") or "",
        phone=get("phone") or "",
        kind=get("addressType") or "",
        extra=tuple([(key, extended[key]) for key in _EXTENDED if extended.get(key)]) if extended else (),
    )


def _buyer(row: Mapping[str, Any], registrations: Any) -> Buyer:
    return Buyer(
        name=row.get("buyerName") or "",
        email=row.get("buyerEmail") or "",
        company=row.get("buyerCompanyName") or "",
        purchase_order=row.get("buyerPurchaseOrderNumber") or "",
        tax_ids=tuple(
            [
                TaxId(
                    holder=entry.get("entityType") or "",
                    kind=entry.get("taxRegistrationType") or "",
                    number=entry.get("taxRegistrationNumber") or "",
                    name=entry.get("legalName") or "",
                )
                for entry in registrations or ()
            ]
        ),
    )


def _package(row: Mapping[str, Any]) -> Package:
    status = row.get("packageStatus") or _NOTHING
    return Package(
        package_reference_id=row.get("packageReferenceId") or "",
        status=status.get("status") or "",
        detailed_status=status.get("detailedStatus") or "",
        carrier=row.get("carrier") or "",
        service=row.get("shippingService") or "",
        tracking=row.get("trackingNumber") or "",
        shipped_at=row.get("shipTime"),
        created_at=row.get("createdTime"),
        items=tuple([(item["orderItemId"], item["quantity"]) for item in row.get("packageItems") or ()]),
    )


def _seller_order_id(aliases: Any) -> str:
    for row in aliases or ():
        if row.get("aliasType") == "SELLER_ORDER_ID":
            return str(row.get("aliasId") or "")
    return ""
