"""From a record of Amazon's to `model.Order`: checked, in its proper types, or refused with the fields named."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Any

from marshmallow import Schema, ValidationError

from ...errors import PayloadError
from ...model import Address, Breakdown, Buyer, Order, OrderLine, Package, TaxId
from .amounts import PaymentRecord, ProceedsOfOrderRecord
from .building import builder
from .compiled import Loader, Surprise, compile_schema
from .fields import Moment, Name, Text, currencies
from .items import NO_PROGRAMS, ItemRecord
from .packages import Fulfillment, FulfillmentRecord, PackageRecord
from .people import BuyerRecord, OrderTaxRecord, RecipientRecord
from .record import Part, Parts, Record

_build = builder(Order)
_buyer = builder(Buyer)


class AliasRecord(Record):
    """Another id of the order."""

    aliasId = Text()
    aliasType = Text()

    @staticmethod
    def make(alias: str, kind: str) -> tuple[str, str]:
        """Id, kind."""
        return alias, kind


class AssociationRecord(Record):
    """Another order that belongs to this one."""

    orderId = Text()
    associationType = Text()

    make = staticmethod(AliasRecord.make)


class ChannelRecord(Record):
    """Where it was sold."""

    channelName = Text()
    marketplaceId = Text()

    absent = ("", "")
    make = staticmethod(AliasRecord.make)


class OrderRecord(Record):
    """One order."""

    orderId = Name(required=True)
    createdTime = Moment(required=True)
    lastUpdatedTime = Moment(required=True)
    orderItems = Parts(ItemRecord, required=True)
    programs = Parts(Text(required=True))
    orderAliases = Parts(AliasRecord)
    associatedOrders = Parts(AssociationRecord)
    salesChannel = Part(ChannelRecord)
    buyer = Part(BuyerRecord)
    recipient = Part(RecipientRecord)
    proceeds = Part(ProceedsOfOrderRecord)
    payment = Part(PaymentRecord)
    tax = Part(OrderTaxRecord)
    fulfillment = Part(FulfillmentRecord)
    packages = Parts(PackageRecord)

    @staticmethod
    def make(*values: Any) -> tuple[Any, ...]:
        """What `_order_of` takes, besides what only its caller knows."""
        return values


@cache
def _schema() -> Schema:
    return OrderRecord()


@cache
def _fast() -> Loader:
    return compile_schema(_schema())


def load_order(data: Any, included: frozenset[str]) -> Order:
    """The order, or `PayloadError` naming each field that is wrong, never a value.

    `data` is the record as JSON gives it; `included` the data sets that were asked for.
    """
    seen: set[str] = set()
    try:
        values = _fast()(data, seen)
    except (Surprise, ValueError):
        return load_by_schema(data, included)
    return _order_of(included, seen, *values)


def load_by_schema(data: Any, included: frozenset[str]) -> Order:
    """The same, slowly. Every error comes from here."""
    if not isinstance(data, dict):
        raise PayloadError("", {"(record)": "must be an object"})
    seen: set[str] = set()
    token = currencies.set(seen)
    try:
        values = _schema().load(data)
    except ValidationError as error:
        raise PayloadError(known_as(data), dict(_paths(error.messages))) from None
    finally:
        currencies.reset(token)
    return _order_of(included, seen, *values)


def known_as(data: dict[str, Any]) -> str:
    """The id of an order that cannot be read, empty where not even that can: too long, or not printable."""
    try:
        return str(Name.check(data.get("orderId")))
    except ValueError:
        return ""


def _paths(messages: Any, path: str = "") -> Iterable[tuple[str, str]]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            yield from _paths(inner, path if key == "_schema" else f"{path}.{key}" if path else str(key))
    else:
        yield path, ", ".join(str(message) for message in messages)


def _order_of(
    included: frozenset[str],
    seen: set[str],
    order_id: str,
    created_at: datetime,
    updated_at: datetime,
    lines: tuple[OrderLine, ...],
    programs: tuple[str, ...],
    aliases: tuple[tuple[str, str], ...],
    associations: tuple[tuple[str, str], ...],
    channel: tuple[str, str],
    buyer: tuple[str, str, str, str],
    recipient: Address | None,
    proceeds: tuple[Decimal | None, tuple[Breakdown, ...]],
    payment_methods: tuple[str, ...],
    tax_ids: tuple[TaxId, ...],
    fulfillment: Fulfillment,
    packages: tuple[Package, ...],
) -> Order:
    if len(seen) > 1:
        raise PayloadError(order_id, {"proceeds": "has amounts in more than one currency"})
    if len(lines) > 1 and len({line.order_item_id for line in lines}) != len(lines):
        raise PayloadError(order_id, {"orderItems": "names an orderItemId twice"})
    status, fulfilled_by, service_level, ship_by, deliver_by = fulfillment
    name, email, company, purchase_order = buyer
    known = name or email or company or purchase_order or tax_ids
    return _build(
        amazon_order_id=order_id,
        created_at=created_at,
        updated_at=updated_at,
        marketplace_id=channel[1],
        channel=channel[0] or "AMAZON",
        status=status,
        fulfilled_by=fulfilled_by,
        service_level=service_level,
        ship_by=ship_by,
        deliver_by=deliver_by,
        programs=frozenset(programs) if programs else NO_PROGRAMS,
        currency=next(iter(seen), ""),
        grand_total=proceeds[0],
        breakdowns=proceeds[1],
        lines=lines,
        recipient=recipient,
        buyer=_buyer(name=name, email=email, company=company, purchase_order=purchase_order, tax_ids=tax_ids)
        if known
        else None,
        packages=packages,
        associations=associations,
        seller_order_id=next((alias for alias, kind in aliases if kind == "SELLER_ORDER_ID"), ""),
        payment_methods=payment_methods,
        included=included,
    )
