"""One order item: what was sold, how far it is, who owes the tax."""

from __future__ import annotations

from decimal import Decimal

from ...model import Breakdown, CancelRequest, OrderLine, TaxCollection
from .amounts import ExpenseRecord, ProceedsOfItemRecord, UnitPriceRecord
from .building import builder
from .fields import Name, Text, Units
from .record import Part, Parts, Record

_line = builder(OrderLine)
_tax_collection = builder(TaxCollection)


class CustomizationRecord(Record):
    """Where a buyer's own design lies."""

    customizedUrl = Text()

    absent = ""

    @staticmethod
    def make(url: str) -> str:
        """The address."""
        return url


Price = tuple[Decimal | None, str]
Product = tuple[str, str, str, Price, str]


class ProductRecord(Record):
    """What was sold."""

    asin = Text()
    title = Text()
    sellerSku = Text()
    price = Part(UnitPriceRecord)
    customization = Part(CustomizationRecord)

    absent = ("", "", "", UnitPriceRecord.absent, "")

    @staticmethod
    def make(asin: str, title: str, seller_sku: str, price: Price, customization: str) -> Product:
        """ASIN, title, SKU, price, customization."""
        return asin, title, seller_sku, price, customization


class CancellationRequestRecord(Record):
    """Somebody asked to cancel; that the object is there says so, whatever is in it."""

    requester = Text()
    cancelReason = Text()

    @staticmethod
    def make(requester: str, reason: str) -> CancelRequest:
        """As the model has it."""
        return CancelRequest(requester=requester, reason=reason)


class CancellationExecutionRecord(Record):
    """Somebody cancelled."""

    cancelledBy = Text()
    cancelReason = Text()

    absent = ("", "")

    @staticmethod
    def make(who: str, reason: str) -> tuple[str, str]:
        """By whom, why."""
        return who, reason


Cancellation = tuple[CancelRequest | None, tuple[str, str]]


class CancellationRecord(Record):
    """Cancellation of the line."""

    cancellationRequest = Part(CancellationRequestRecord)
    cancellationExecution = Part(CancellationExecutionRecord)

    absent = (None, CancellationExecutionRecord.absent)

    @staticmethod
    def make(request: CancelRequest | None, execution: tuple[str, str]) -> Cancellation:
        """Request, execution."""
        return request, execution


class GiftRecord(Record):
    """Gift options."""

    giftMessage = Text()
    giftWrapLevel = Text()

    absent = ("", "")

    @staticmethod
    def make(message: str, level: str) -> tuple[str, str]:
        """Message, level of wrapping."""
        return message, level


class PackingRecord(Record):
    """How to pack it: the gift options, as far as a shop goes."""

    giftOption = Part(GiftRecord)

    absent = GiftRecord.absent

    @staticmethod
    def make(gift: tuple[str, str]) -> tuple[str, str]:
        """Message, level of wrapping."""
        return gift


class InternationalRecord(Record):
    """What customs need."""

    iossNumber = Text()

    absent = ""

    @staticmethod
    def make(ioss: str) -> str:
        """The IOSS number."""
        return ioss


class ShippingRecord(Record):
    """How to ship it: across which border."""

    internationalShipping = Part(InternationalRecord)

    absent = ""
    make = staticmethod(InternationalRecord.make)


Progress = tuple[int | None, int | None, tuple[str, str], str]


class ProgressRecord(Record):
    """How far the line is."""

    quantityFulfilled = Units()
    quantityUnfulfilled = Units()
    packing = Part(PackingRecord)
    shipping = Part(ShippingRecord)

    absent = (None, None, PackingRecord.absent, "")

    @staticmethod
    def make(fulfilled: int | None, unfulfilled: int | None, gift: tuple[str, str], ioss: str) -> Progress:
        """Fulfilled, unfulfilled, gift options, IOSS number."""
        return fulfilled, unfulfilled, gift, ioss


class SchemeRecord(Record):
    """A scheme under which tax is reported."""

    reportingScheme = Text()

    @staticmethod
    def make(scheme: str) -> str:
        """Its name."""
        return scheme


class CollectionRecord(Record):
    """Who collects the tax in the seller's place."""

    model = Text()
    responsibleParty = Text()

    @staticmethod
    def make(model: str, party: str) -> TaxCollection:
        """As the model has it."""
        return _tax_collection(model=model, responsible_party=party)


Tax = tuple[tuple[str, ...], tuple[TaxCollection, ...]]


class ItemTaxRecord(Record):
    """Tax facts of the line."""

    taxCalculationBreakdowns = Parts(SchemeRecord)
    taxCollections = Parts(CollectionRecord)

    absent = ((), ())

    @staticmethod
    def make(schemes: tuple[str, ...], collections: tuple[TaxCollection, ...]) -> Tax:
        """Schemes, collectors."""
        return schemes, collections


NO_PROGRAMS: frozenset[str] = frozenset()


class ItemRecord(Record):
    """One order item."""

    orderItemId = Name(required=True)
    quantityOrdered = Units(required=True)
    product = Part(ProductRecord)
    programs = Parts(Text(required=True))
    proceeds = Part(ProceedsOfItemRecord)
    expense = Part(ExpenseRecord)
    cancellation = Part(CancellationRecord)
    fulfillment = Part(ProgressRecord)
    tax = Part(ItemTaxRecord)

    @staticmethod
    def make(
        order_item_id: str,
        ordered: int,
        product: Product,
        programs: tuple[str, ...],
        proceeds: tuple[Decimal | None, tuple[Breakdown, ...]],
        points: Decimal | None,
        cancellation: Cancellation,
        progress: Progress,
        tax: Tax,
    ) -> OrderLine:
        """As the model has it."""
        asin, title, seller_sku, (unit_price, price_designation), customization_url = product
        total, breakdowns = proceeds
        cancel_request, (cancelled_by, cancel_reason) = cancellation
        fulfilled, unfulfilled, (gift_message, gift_wrap_level), ioss = progress
        schemes, collections = tax
        return _line(
            order_item_id=order_item_id,
            seller_sku=seller_sku,
            asin=asin,
            title=title,
            quantity_ordered=ordered,
            quantity_fulfilled=fulfilled,
            quantity_unfulfilled=unfulfilled,
            unit_price=unit_price,
            total=total,
            breakdowns=breakdowns,
            tax_collections=collections,
            reporting_schemes=schemes,
            ioss=ioss,
            cancel_request=cancel_request,
            cancelled_by=cancelled_by,
            cancel_reason=cancel_reason,
            programs=frozenset(programs) if programs else NO_PROGRAMS,
            price_designation=price_designation,
            points=points,
            gift_wrap_level=gift_wrap_level,
            gift_message=gift_message,
            customization_url=customization_url,
        )
