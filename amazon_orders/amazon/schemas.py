"""Amazon's order records, as the contract that is checked: Orders API v2026-01-01, the fields that the rules need.

Whatever else Amazon sends is left aside, and so is nothing that it leaves out: only ids, times and items are required.
The schemas are the source of every error; `compiled` makes a fast loader of the very same ones.
"""

from __future__ import annotations

from marshmallow import EXCLUDE, Schema

from .fields import Moment, Money, Name, Part, Parts, Text, Units


class Record(Schema):
    """What every part has in common: unknown fields are no error, since Amazon adds some every month."""

    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE

    error_messages = {"type": "must be an object"}  # noqa: RUF012 - marshmallow's own way


class WindowRecord(Record):
    """A span of time."""

    earliestDateTime = Moment()
    latestDateTime = Moment()


class AliasRecord(Record):
    """Another id of the order."""

    aliasId = Text()
    aliasType = Text()


class AssociationRecord(Record):
    """Another order that belongs to this one."""

    orderId = Text()
    associationType = Text()


class ChannelRecord(Record):
    """Where it was sold."""

    channelName = Text()
    marketplaceId = Text()


class BuyerRecord(Record):
    """Who bought."""

    buyerName = Text()
    buyerEmail = Text()
    buyerCompanyName = Text()
    buyerPurchaseOrderNumber = Text()


class ExtendedRecord(Record):
    """Address fields of Brazil."""

    streetName = Text()
    streetNumber = Text()
    complement = Text()
    neighborhood = Text()


class AddressRecord(Record):
    """Where it goes."""

    name = Text()
    companyName = Text()
    addressLine1 = Text()
    addressLine2 = Text()
    addressLine3 = Text()
    city = Text()
    districtOrCounty = Text()
    stateOrRegion = Text()
    municipality = Text()
    postalCode = Text()
    countryCode = Text()
    phone = Text()
    addressType = Text()
    extendedFields = Part(ExtendedRecord)


class RecipientRecord(Record):
    """Who gets it."""

    deliveryAddress = Part(AddressRecord)


class DetailRecord(Record):
    """A part of a breakdown."""

    subtype = Text()
    value = Money()


class BreakdownRecord(Record):
    """One row of proceeds. Without its type or amount it says nothing that could be added up."""

    type = Name(required=True)
    subtotal = Money(required=True)
    status = Text()
    detailedBreakdowns = Parts(DetailRecord)


class OrderProceedsRecord(Record):
    """What the order comes to."""

    grandTotal = Money()
    breakdowns = Parts(BreakdownRecord)


class PaymentExecutionRecord(Record):
    """One way of payment."""

    paymentMethod = Text()


class PaymentRecord(Record):
    """How it is paid."""

    paymentExecutions = Parts(PaymentExecutionRecord)


class TaxRegistrationRecord(Record):
    """A tax number."""

    entityType = Text()
    legalName = Text()
    taxRegistrationType = Text()
    taxRegistrationNumber = Text()


class OrderTaxRecord(Record):
    """Tax facts of the order."""

    taxRegistrations = Parts(TaxRegistrationRecord)


class OrderFulfillmentRecord(Record):
    """How far it is, who ships it, and until when."""

    fulfillmentStatus = Text()
    fulfilledBy = Text()
    fulfillmentServiceLevel = Text()
    shipByWindow = Part(WindowRecord)
    deliverByWindow = Part(WindowRecord)


class UnitPriceRecord(Record):
    """The price of one unit."""

    unitPrice = Money()
    priceDesignation = Text()


class CustomizationRecord(Record):
    """Where a buyer's own design lies."""

    customizedUrl = Text()


class ProductRecord(Record):
    """What was sold."""

    asin = Text()
    title = Text()
    sellerSku = Text()
    price = Part(UnitPriceRecord)
    customization = Part(CustomizationRecord)


class ItemProceedsRecord(Record):
    """What the line comes to."""

    proceedsTotal = Money()
    breakdowns = Parts(BreakdownRecord)


class PointsRecord(Record):
    """Points granted to the buyer."""

    pointsMonetaryValue = Money()


class PointsCostRecord(Record):
    """What points cost."""

    pointsGranted = Part(PointsRecord)


class ExpenseRecord(Record):
    """Expenses of the seller."""

    pointsCost = Part(PointsCostRecord)


class CancellationRequestRecord(Record):
    """Somebody asked to cancel."""

    requester = Text()
    cancelReason = Text()


class CancellationExecutionRecord(Record):
    """Somebody cancelled."""

    cancelledBy = Text()
    cancelReason = Text()


class CancellationRecord(Record):
    """Cancellation of the line."""

    cancellationRequest = Part(CancellationRequestRecord)
    cancellationExecution = Part(CancellationExecutionRecord)


class GiftRecord(Record):
    """Gift options."""

    giftMessage = Text()
    giftWrapLevel = Text()


class PackingRecord(Record):
    """How to pack it."""

    giftOption = Part(GiftRecord)


class InternationalRecord(Record):
    """What customs need."""

    iossNumber = Text()


class ShippingRecord(Record):
    """How to ship it."""

    internationalShipping = Part(InternationalRecord)


class ItemFulfillmentRecord(Record):
    """How far the line is."""

    quantityFulfilled = Units()
    quantityUnfulfilled = Units()
    packing = Part(PackingRecord)
    shipping = Part(ShippingRecord)


class SchemeRecord(Record):
    """A scheme under which tax is reported."""

    reportingScheme = Text()


class CollectionRecord(Record):
    """Who collects the tax in the seller's place."""

    model = Text()
    responsibleParty = Text()


class ItemTaxRecord(Record):
    """Tax facts of the line."""

    taxCalculationBreakdowns = Parts(SchemeRecord)
    taxCollections = Parts(CollectionRecord)


class ItemRecord(Record):
    """One order item."""

    orderItemId = Name(required=True)
    quantityOrdered = Units(required=True)
    product = Part(ProductRecord)
    programs = Parts(Text(required=True))
    proceeds = Part(ItemProceedsRecord)
    expense = Part(ExpenseRecord)
    cancellation = Part(CancellationRecord)
    fulfillment = Part(ItemFulfillmentRecord)
    tax = Part(ItemTaxRecord)


class PackageStatusRecord(Record):
    """How far a parcel is."""

    status = Text()
    detailedStatus = Text()


class PackageItemRecord(Record):
    """What is in a parcel."""

    orderItemId = Name(required=True)
    quantity = Units(required=True)


class PackageRecord(Record):
    """A parcel."""

    packageReferenceId = Text()
    createdTime = Moment()
    packageStatus = Part(PackageStatusRecord)
    carrier = Text()
    shipTime = Moment()
    shippingService = Text()
    trackingNumber = Text()
    packageItems = Parts(PackageItemRecord)


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
    proceeds = Part(OrderProceedsRecord)
    payment = Part(PaymentRecord)
    tax = Part(OrderTaxRecord)
    fulfillment = Part(OrderFulfillmentRecord)
    packages = Parts(PackageRecord)
