"""What each reason means, in plain English, and what a person can do about it."""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Reason

REASON_TEXT: Mapping[Reason, tuple[str, str]] = {
    Reason.UNKNOWN_SKU: (
        "No product of the store has this seller SKU.",
        "Create the product, or pair the SKU by hand: `amazon-orders sku alias NAME SKU PRODUCT`. "
        "If the SKUs differ by a prefix or suffix, set `sku_crop`. The order goes in on the next sync.",
    ),
    Reason.AMBIGUOUS_SKU: (
        "More than one product of the store has this SKU.",
        "Make it unique in the store, or say which one: `amazon-orders sku alias NAME SKU PRODUCT`.",
    ),
    Reason.AMOUNTS_MISSING: (
        "Amazon sent no price for an order that is to be shipped.",
        "Usually Amazon adds it within minutes and the order goes in by itself. If not, compare with Seller Central.",
    ),
    Reason.UNBALANCED: (
        "Amazon's amounts do not add up to Amazon's total.",
        "Compare with Seller Central. To take Amazon's total as it is, with a visible adjustment line, "
        "set `unbalanced = adjust`.",
    ),
    Reason.TAX_READING: (
        "Amazon collects tax, and it cannot be told whether it is inside the price.",
        "The tax is not at a rate of the country the order goes to. "
        "Compare with Seller Central; a `rule_tax` plugin can say how to read it.",
    ),
    Reason.CURRENCY: (
        "The order is not in the currency of its marketplace.",
        "Amounts are never converted. Compare with Seller Central and enter the order by hand.",
    ),
    Reason.NO_ADDRESS: (
        "Amazon sent no address, and the store needs one.",
        "Check that the application has the role for shipping addresses. The order goes in when the address is there.",
    ),
    Reason.NO_LINES: (
        "No unit of the order is still wanted.",
        "Probably all lines were cancelled and Amazon has not closed the order yet. Nothing to ship.",
    ),
    Reason.STORE_REJECTED: (
        "The store refused the order.",
        "The detail says why. Mend it in the store, then `amazon-orders orders retry ID`.",
    ),
    Reason.UNREADABLE: (
        "Amazon's record of the order cannot be read.",
        "The detail names the field. The other orders are not affected. Report it with the order id.",
    ),
    Reason.FAILING: (
        "The order failed several times.",
        "The detail has the last error. Mend its cause, then `amazon-orders orders retry ID`.",
    ),
    Reason.NOT_YET_SUPPORTED: (
        "Amazon sent something this version does not know.",
        "Handle the order by hand in Seller Central, and look for a newer version.",
    ),
    Reason.PLUGIN: (
        "A plugin stopped the order.",
        "The detail names the plugin and what it said. Its author or your settings can change that.",
    ),
    Reason.BUYER_REQUESTS_CANCEL: (
        "The buyer asked Amazon to cancel.",
        "Do not ship before you have decided: cancel it in the store or in Seller Central, or ship it after all.",
    ),
    Reason.TOTAL_DIFFERS: (
        "The store recorded another total than it was told.",
        "Compare it with `amazon-orders orders show ID`: mostly a tax or shipping rule of its own.",
    ),
    Reason.DOUBLE: (
        "The store has this Amazon order twice.",
        "Both references are named. Cancel one of them in the store.",
    ),
    Reason.CANCELLED_AFTER_SHIPPING: (
        "Amazon cancelled the order, and the store says that it has left.",
        "Amazon does not pay for it. Try to stop the parcel, then write to Seller Support.",
    ),
    Reason.CANCELLED_AT_AMAZON: (
        "Amazon cancelled an order that is in the store.",
        "Cancel it in the store and do not ship it.",
    ),
    Reason.UNITS_CANCELLED: (
        "Amazon cancelled units of an order, and the store still has them.",
        "Take the units out of the order in the store and do not ship them.",
    ),
    Reason.ADDRESS_CHANGED: (
        "The buyer changed the address, and the store still has the old one.",
        "Change the address in the store, or call the parcel back if it has left.",
    ),
    Reason.AT_RISK: (
        "The order has to be shipped soon, or had to be, and cannot leave as it is.",
        "The detail says why and until when. Settle that first: Amazon cancels days after that time, and does not pay.",
    ),
    Reason.CANCELLED_EXPECTED: (
        "The time to ship is so long past that Amazon cancels the order.",
        "Do not ship it: Amazon does not pay for it any more. It is read again until Amazon shows it as cancelled.",
    ),
    Reason.NO_TRACKING: (
        "The package has no tracking number, and Amazon's call needs one.",
        "Add the number in the store; it is sent with the next sync. For parcels that are never tracked set "
        "`untracked = feed`.",
    ),
    Reason.TOO_MANY_UNITS: (
        "The package holds more units than the order still has open.",
        "Compare the package in the store with the order: part of it may have been cancelled or sent before. "
        "Nothing of this package was sent.",
    ),
    Reason.UNKNOWN_LINE: (
        "The store names a line that the order does not have.",
        "Check which product or order item the store's record names. It is decided again with every sync.",
    ),
    Reason.UNKNOWN_REASON: (
        "The reason is none that Amazon knows.",
        "Map the store's word in `cancellation_reasons`, or set `cancellation_reason`.",
    ),
    Reason.UNALLOCATED: (
        "The refund names no line, and the order has several.",
        "Refund the lines one by one in the store, or refund in Seller Central.",
    ),
    Reason.REFUND_TOO_HIGH: (
        "The refund is higher than what is left of the charge.",
        "Compare with Seller Central: part of it may have been refunded there. Nothing was sent.",
    ),
    Reason.ALREADY_SHIPPED: (
        "Part of the order has left, so it cannot be cancelled as a whole.",
        "Amazon would refund what was shipped. Cancel the open units in the store, or refund the buyer.",
    ),
    Reason.NOT_VERIFIED: (
        "Amazon took the command and does not show its effect.",
        "Look at the order in Seller Central. It is never sent again by itself.",
    ),
    Reason.AMAZON_REFUSED: (
        "Amazon refused the command.",
        "The detail has Amazon's words. Mend the cause in the store; what changes there is sent as a new command.",
    ),
    Reason.PRIME_LABEL: (
        "A Prime order needs a label bought at Amazon, and Amazon shows no package yet.",
        "Buy the label at Amazon, or set `confirm_prime = true` if you may ship Prime orders with your own labels.",
    ),
    Reason.AWAITS_SHIPMENT: (
        "The rest of the order has to be shipped and confirmed first.",
        "Nothing to do: it goes to Amazon when the packages of the rest are confirmed.",
    ),
    Reason.STOCK_DROP: (
        "The stock of many products fell or vanished at once, so no quantity was sent.",
        "Check the store's stock. If it is right: `amazon-orders stock push NAME --confirm`.",
    ),
    Reason.LISTING_UNKNOWN: (
        "Amazon has not said yet what this listing is, so no quantity is sent to it.",
        "Usually it is known with the next sync. If the SKU is not in Seller Central, create the listing there.",
    ),
    Reason.AMAZON_CHANNEL: (
        "Amazon ships this listing, so its quantity is Amazon's own.",
        "Nothing to do. A quantity would turn it into a listing that you ship.",
    ),
    Reason.STALE_ORDERS: (
        "Orders were not read for a while, so quantities may only fall.",
        "See `amazon-orders health`. Quantities rise again after the next complete sync of orders.",
    ),
    Reason.UNTRACKED_STOCK: (
        "The store does not count this product.",
        "Set `stock_cap` to publish that quantity, or count the product in the store.",
    ),
    Reason.AMAZON_LABEL: (
        "Amazon confirms packages of this kind by itself.",
        "Nothing to do.",
    ),
    Reason.AT_AMAZON: (
        "Amazon has this already.",
        "Nothing to do.",
    ),
    Reason.PENDING: (
        "The buyer's payment is not through yet.",
        "Nothing to do: prices are not known before, and the order goes in when Amazon releases it.",
    ),
    Reason.BEFORE_START: (
        "The order is older than the connection's start.",
        "To take it all the same, set `sync_from` to an earlier time.",
    ),
    Reason.CANCELLED: ("Amazon cancelled the order before it reached the store.", "Nothing to do."),
    Reason.UNFULFILLABLE: ("Amazon says that the order cannot be fulfilled.", "Nothing to do; Amazon handles it."),
    Reason.OTHER_FULFILMENT: (
        "The connection does not take orders that are fulfilled this way.",
        "To take them, set `fulfillment` to `merchant`, `amazon` or `all`.",
    ),
    Reason.NOT_SHIPPED_YET: (
        "Amazon fulfils the order and has not shipped all of it.",
        "Nothing to do: it goes in when Amazon has shipped it, and never touches the store's stock.",
    ),
    Reason.OTHER_CONNECTION: (
        "Another connection has claimed this order for the same store.",
        "Nothing to do if it is there. If it stays held, look at the other connection.",
    ),
    Reason.OTHER_MARKETPLACE: (
        "The order is from a marketplace that the connection does not take.",
        "To take it, add the country to `marketplaces`.",
    ),
    Reason.NOT_AMAZON: (
        "The order was sold elsewhere; Amazon only ships it.",
        "Nothing to do: the channel where it was sold has it already.",
    ),
    Reason.STOCK_ONLY: (
        "The connection keeps stock alone.",
        "To put orders into the store too, set `level` to `orders_and_stock`.",
    ),
    Reason.ECHO: ("The library wrote this into the store itself.", "Nothing to do: it is not sent back to Amazon."),
    Reason.IGNORED: (
        "Somebody told the library to ignore the order.",
        "Nothing to do. `amazon-orders orders show ID` says who and why.",
    ),
    Reason.ROUNDED: (
        "A visible rounding amount makes the order end at Amazon's total.",
        "Nothing to do: it is at most a minor unit for each amount.",
    ),
    Reason.ADJUSTED: (
        "An adjustment line makes the order end at Amazon's total.",
        "Compare with Seller Central when you book it: no row of Amazon's explains the amount.",
    ),
    Reason.TAX_OWNER_ASSUMED: (
        "Amazon did not say clearly who owes the tax; the usual one was assumed.",
        "Check it before you book the tax. A `rule_tax` plugin can say it.",
    ),
    Reason.TAX_UNKNOWN: (
        "How much tax is in the order is not known.",
        "Check it before you book the tax. A `rule_tax` plugin can say it.",
    ),
    Reason.UNITS_DIFFER: (
        "Units were cancelled, and Amazon still shows the price of all of them.",
        "The price was lowered to the units still wanted. Compare with the settlement.",
    ),
    Reason.LINE_LEFT_OUT: ("A line without units was left out.", "Nothing to do: none of it is to be shipped."),
    Reason.TAX_DROPPED: (
        "`ignore_amazon_tax` took tax on top of the prices out of the total.",
        "The store's order is smaller than what the buyer paid. Switch the setting off to have the tax in it.",
    ),
}
"""Every reason -> what it means (one sentence), what to do."""

_BY_STATUS = {
    "placed": ("The order is in the store.", ""),
    "pending": REASON_TEXT[Reason.PENDING],
    "cancelled": ("The order was cancelled.", ""),
    "failed": (
        "The order could not be placed this time.",
        "Nothing to do yet: it is tried again by itself. If an adapter or a plugin is named, its author mends it; "
        "then `amazon-orders orders retry ORDER`.",
    ),
}


def advice(status: str, reason: str | None) -> tuple[str, str]:
    """What an order's status and reason mean, and what to do; the latter is empty where there is nothing to do."""
    if status in ("failed", "pending") or reason is None or reason not in Reason.__members__:
        return _BY_STATUS.get(status, ("", ""))
    title, what_to_do = REASON_TEXT[Reason[reason]]
    return title, what_to_do
