"""Amazon's two vocabularies of reasons, and how a shop's reason gets into each.

An order that is cancelled whole takes one of the first; units of it, and money given back, one of the second.
Source: the order acknowledgement and order adjustment messages of Amazon's feeds.
"""

from __future__ import annotations

from collections.abc import Mapping

from ..model import Connection, TraceStep
from .carriers import fold, named

AS_CANCELLED_UNITS: Mapping[str, str] = {
    "NoInventory": "NoInventory",
    "ShippingAddressUndeliverable": "NoInventory",
    "CustomerExchange": "CustomerCancel",
    "BuyerCanceled": "CustomerCancel",
    "GeneralAdjustment": "NoInventory",
    "CarrierCreditDecision": "NoInventory",
    "RiskAssessmentInformationNotValid": "NoInventory",
    "CarrierCoverageFailure": "NoInventory",
    "CustomerReturn": "CustomerCancel",
    "MerchandiseNotReceived": "CustomerCancel",
    "CannotVerifyInformation": "NoInventory",
    "PricingError": "NoInventory",
    "RejectOrder": "NoInventory",
    "WeatherDelay": "NoInventory",
}
"""Reason of a whole cancellation -> of cancelled units, which knows two: the buyer's wish, and everything else.

What the seller decides is never told as the buyer's wish.
"""

AS_REFUND: Mapping[str, str] = {
    "NoInventory": "NoInventory",
    "ShippingAddressUndeliverable": "Undeliverable",
    "CustomerExchange": "Exchange",
    "BuyerCanceled": "CustomerCancel",
    "GeneralAdjustment": "GeneralAdjustment",
    "CarrierCreditDecision": "CarrierCreditDecision",
    "RiskAssessmentInformationNotValid": "RiskAssessmentInformationNotValid",
    "CarrierCoverageFailure": "CarrierCoverageFailure",
    "CustomerReturn": "CustomerReturn",
    "MerchandiseNotReceived": "Undeliverable",
    "CannotVerifyInformation": "GeneralAdjustment",
    "PricingError": "PriceError",
    "RejectOrder": "GeneralAdjustment",
    "WeatherDelay": "CouldNotShip",
}
"""Reason of a whole cancellation -> of money given back."""

REFUND_REASONS = (
    "NoInventory",
    "CustomerReturn",
    "GeneralAdjustment",
    "CouldNotShip",
    "DifferentItem",
    "Abandoned",
    "CustomerCancel",
    "PriceError",
    "ProductOutofStock",
    "CustomerAddressIncorrect",
    "Exchange",
    "Other",
    "CarrierCreditDecision",
    "RiskAssessmentInformationNotValid",
    "CarrierCoverageFailure",
    "TransactionRecord",
    "Undeliverable",
    "RefusedDelivery",
)
"""Reasons that an order adjustment accepts."""

_CANCEL_WORDS = {fold(word): word for word in AS_CANCELLED_UNITS}
_REFUND_WORDS = {fold(word): word for word in REFUND_REASONS}


def cancel_reason(told: str, connection: Connection, asked: bool) -> tuple[str | None, TraceStep]:
    """Amazon's reason for a cancellation, and how it was chosen; `None`: the one chosen is none of Amazon's.

    The buyer's own request > `cancellation_reasons` > the store's word if it is Amazon's > `cancellation_reason`.
    `asked`: the buyer asked Amazon to cancel. Any other reason would then count against the seller.
    """
    if asked:
        return "BuyerCanceled", TraceStep("reason", "BuyerCanceled", "the buyer asked Amazon to cancel")
    mapped = named(told, connection.cancellation_reasons)
    if mapped:
        chosen, why = mapped, f"{told!r} by `cancellation_reasons`"
    elif fold(told) in _CANCEL_WORDS:
        chosen, why = _CANCEL_WORDS[fold(told)], "the store's own word"
    else:
        said = f"{told!r} is not in `cancellation_reasons`" if told else "the store names none"
        chosen, why = connection.cancellation_reason, f"{said}: `cancellation_reason`"
    if chosen not in AS_CANCELLED_UNITS:
        return None, TraceStep("reason", "unknown", f"{why} gives {chosen!r}, which is none of Amazon's reasons")
    return chosen, TraceStep("reason", chosen, why)


def refund_reason(told: str, connection: Connection) -> tuple[str, TraceStep]:
    """Amazon's reason for money given back, and how it was chosen.

    `cancellation_reasons` > the store's word if it is one of Amazon's > `GeneralAdjustment`, which claims nothing.
    """
    mapped = AS_REFUND.get(named(told, connection.cancellation_reasons))
    if mapped:
        return mapped, TraceStep("reason", mapped, f"{told!r} by `cancellation_reasons`")
    folded = fold(told)
    if folded in _REFUND_WORDS:
        return _REFUND_WORDS[folded], TraceStep("reason", _REFUND_WORDS[folded], "the store's own word")
    if folded in _CANCEL_WORDS:
        word = AS_REFUND[_CANCEL_WORDS[folded]]
        return word, TraceStep("reason", word, f"the store's {told!r} in the words of refunds")
    said = f"{told!r} is none of Amazon's" if told else "the store names none"
    return "GeneralAdjustment", TraceStep("reason", "GeneralAdjustment", f"{said}, and this claims nothing")
