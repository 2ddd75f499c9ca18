"""Orders in Amazon's JSON, as a test needs them: a full one, a bare one, and Amazon's own examples."""

from __future__ import annotations

import copy
from typing import Any

Json = dict[str, Any]


def money(amount: Any, currency: str = "EUR") -> Json:
    return {"amount": amount, "currencyCode": currency}


def bare(order_id: str = "303-1111111-0000001") -> Json:
    """No more than Amazon promises."""
    return {
        "orderId": order_id,
        "createdTime": "2026-11-18T04:58:35Z",
        "lastUpdatedTime": "2026-11-18T05:02:19.925Z",
        "salesChannel": {"channelName": "AMAZON"},
        "orderItems": [{"orderItemId": "11111110000001", "quantityOrdered": 1, "product": {}}],
    }


def full(order_id: str = "303-2222222-0000002") -> Json:
    """Every field that the library reads, and some that it does not."""
    return copy.deepcopy(_FULL | {"orderId": order_id})


def with_value(document: Json, path: str, value: Any) -> Json:
    """A copy with one field set: `orderItems.0.quantityOrdered`."""
    changed = copy.deepcopy(document)
    *way, last = path.split(".")
    at: Any = changed
    for step in way:
        at = at[int(step)] if step.isdigit() else at[step]
    at[int(last) if last.isdigit() else last] = value
    return changed


def without(document: Json, path: str) -> Json:
    """A copy with one field dropped."""
    changed = copy.deepcopy(document)
    *way, last = path.split(".")
    at: Any = changed
    for step in way:
        at = at[int(step)] if step.isdigit() else at[step]
    del at[int(last) if last.isdigit() else last]
    return changed


_WINDOW = {"earliestDateTime": "2026-11-19T00:00:00+01:00", "latestDateTime": "2026-11-20T23:59:59Z"}
_FULL: Json = {
    "orderId": "",
    "orderAliases": [{"aliasId": "SHOP-77", "aliasType": "SELLER_ORDER_ID"}],
    "createdTime": "2026-11-18T04:58:35Z",
    "lastUpdatedTime": "2026-11-18T05:02:19.925Z",
    "programs": ["AMAZON_BUSINESS", "PRIME"],
    "associatedOrders": [{"orderId": "303-1111111-0000001", "associationType": "REPLACEMENT_ORIGINAL_ID"}],
    "salesChannel": {"channelName": "AMAZON", "marketplaceId": "A1PA6795UKMFR9", "marketplaceName": "Amazon.de"},
    "buyer": {
        "buyerName": "Zoë Muster",
        "buyerEmail": "zoe@marketplace.example.com",
        "buyerCompanyName": "Muster GmbH",
        "buyerPurchaseOrderNumber": "PO-1",
    },
    "recipient": {
        "deliveryAddress": {
            "name": "Zoë Muster",
            "companyName": "Muster GmbH",
            "addressLine1": "Beispielweg 1",
            "addressLine2": "Hinterhaus",
            "addressLine3": "3. Stock",
            "city": "Köln",
            "districtOrCounty": "Ehrenfeld",
            "stateOrRegion": "NRW",
            "municipality": "Köln",
            "postalCode": "50825",
            "countryCode": "DE",
            "phone": "+49 221 000000",
            "addressType": "RESIDENTIAL",
            "extendedFields": {"streetName": "Beispielweg", "streetNumber": "1", "complement": "", "neighborhood": "E"},
        },
        "deliveryPreference": {"dropOffLocation": "porch"},
    },
    "proceeds": {
        "grandTotal": money("47.18"),
        "breakdowns": [{"type": "DELIVERY_TIP", "status": "PENDING", "subtotal": money("2.00")}],
    },
    "payment": {"paymentExecutions": [{"paymentMethod": "CREDIT_CARD"}, {"paymentMethod": "GIFT_CARD"}]},
    "tax": {
        "taxRegistrations": [
            {
                "entityType": "BUYER",
                "legalName": "Muster GmbH",
                "taxRegistrationType": "VAT",
                "taxRegistrationNumber": "DE000000000",
            }
        ]
    },
    "fulfillment": {
        "fulfillmentStatus": "PARTIALLY_SHIPPED",
        "fulfilledBy": "MERCHANT",
        "fulfillmentServiceLevel": "STANDARD",
        "shipByWindow": _WINDOW,
        "deliverByWindow": {"latestDateTime": "2026-11-23T23:59:59Z"},
    },
    "orderItems": [
        {
            "orderItemId": "22222220000001",
            "quantityOrdered": 3,
            "measurement": {"unit": "Count", "value": 1.5},
            "programs": ["TRANSPARENCY"],
            "product": {
                "asin": "B0SBX00024",
                "title": "Cutting board, oiled oak “groß”",
                "sellerSku": "BOARD-OAK",
                "condition": {"conditionType": "NEW"},
                "price": {"unitPrice": money("13.06"), "priceDesignation": "BUSINESS_PRICE"},
                "customization": {"customizedUrl": "https://example.com/custom.zip"},
            },
            "proceeds": {
                "proceedsTotal": money("45.18"),
                "breakdowns": [
                    {"type": "ITEM", "subtotal": money("39.18")},
                    {
                        "type": "TAX",
                        "subtotal": money("7.00"),
                        "detailedBreakdowns": [
                            {"subtype": "ITEM", "value": money("6.50")},
                            {"subtype": "SHIPPING", "value": money("0.50")},
                        ],
                    },
                    {"type": "DISCOUNT", "subtotal": money("-1.00"), "detailedBreakdowns": []},
                ],
            },
            "expense": {"pointsCost": {"pointsGranted": {"pointsNumber": 14, "pointsMonetaryValue": money("0.14")}}},
            "cancellation": {
                "cancellationRequest": {"requester": "BUYER", "cancelReason": "Bought twice"},
                "cancellationExecution": {"cancelledBy": "MERCHANT", "cancelReason": "NoInventory"},
            },
            "fulfillment": {
                "quantityFulfilled": 1,
                "quantityUnfulfilled": 1,
                "packing": {"giftOption": {"giftMessage": "Für Dich", "giftWrapLevel": "Classic"}},
                "shipping": {"internationalShipping": {"iossNumber": "IM0000000000"}},
            },
            "tax": {
                "taxCalculationBreakdowns": [{"reportingScheme": "IOSS"}],
                "taxCollections": [{"model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon"}],
            },
        },
        {"orderItemId": "22222220000002", "quantityOrdered": 0, "product": {"sellerSku": "BOARD-ASH"}},
    ],
    "packages": [
        {
            "packageReferenceId": "1",
            "createdTime": "2026-11-19T08:00:00Z",
            "packageStatus": {"status": "SHIPPED", "detailedStatus": "PICKED_UP"},
            "carrier": "DHL",
            "shipTime": "2026-11-19T09:00:00Z",
            "shippingService": "Paket",
            "trackingNumber": "00340000000000000001",
            "packageItems": [{"orderItemId": "22222220000001", "quantity": 1, "transparencyCodes": ["X"]}],
        }
    ],
}
