"""Every setting of a connection: its type, its check, its help, and what a form calls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from marshmallow import ValidationError, fields, validate

from ..model import MARKETPLACES, CropStep, plain
from . import patterns

LOOPBACK = ("localhost", "127.0.0.1", "::1")
CANCELLATION_REASONS = (
    "NoInventory",
    "ShippingAddressUndeliverable",
    "CustomerExchange",
    "BuyerCanceled",
    "GeneralAdjustment",
    "CarrierCreditDecision",
    "RiskAssessmentInformationNotValid",
    "CarrierCoverageFailure",
    "CustomerReturn",
    "MerchandiseNotReceived",
    "CannotVerifyInformation",
    "PricingError",
    "RejectOrder",
    "WeatherDelay",
)
"""Reasons that Amazon's order acknowledgement accepts."""


def _one_of(*values: str) -> validate.OneOf:
    return validate.OneOf(values, error=f"must be one of {', '.join(values)}")


def _loopback(value: str) -> None:
    """Amazon's own addresses need no setting; anything else must be on this machine, so that no token goes astray."""
    parts = urlsplit(value)
    if value and (parts.scheme not in ("http", "https") or parts.hostname not in LOOPBACK or parts.username):
        raise ValidationError(
            "may only be an http(s) address on this machine (a simulated Amazon); leave it empty for Amazon"
        )


class _Moment(fields.AwareDateTime):
    """ISO text or an aware datetime."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        if isinstance(value, datetime):
            if value.tzinfo is None:
                raise ValidationError("a time needs its zone, for example 2026-11-01T00:00:00Z")
            return value.astimezone(UTC)
        try:
            moment = datetime.fromisoformat(str(value))
        except ValueError:
            raise ValidationError("not a time; write 2026-11-01T00:00:00Z") from None
        if moment.tzinfo is None:
            raise ValidationError("a time needs its zone, for example 2026-11-01T00:00:00Z")
        return moment.astimezone(UTC)


class _Step(fields.Field[CropStep]):
    """One step of `sku_crop`."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> CropStep:
        if isinstance(value, CropStep):
            value = plain(value)
        if not isinstance(value, Mapping):
            raise ValidationError('a step is {"prefix": …}, {"suffix": …} or {"pattern": …, "replacement": …}')
        if unknown := set(value) - {"prefix", "suffix", "pattern", "replacement"}:
            raise ValidationError(
                f"unknown key {sorted(unknown)[0]}; a step has prefix, suffix, or pattern and replacement"
            )
        if any(not isinstance(text, str) for text in value.values()):
            raise ValidationError("every value of a step is text")
        if sum(bool(value.get(kind)) for kind in ("prefix", "suffix", "pattern")) != 1:
            raise ValidationError("a step has exactly one of prefix, suffix, pattern, and it is not empty")
        if value.get("replacement") and not value.get("pattern"):
            raise ValidationError("replacement goes with pattern")
        step = CropStep(**value)
        if step.pattern and (wrong := patterns.problem(step.pattern, step.replacement)):
            raise ValidationError(wrong)
        return step


def _text(**options: Any) -> fields.String:
    return fields.String(**options)


def _map() -> fields.Dict:
    return fields.Dict(keys=fields.String(), values=fields.String())


_SLUG = validate.Regexp(r"\A[a-z0-9][a-z0-9_-]{0,39}\Z", error="lower-case letters, digits, - and _, at most 40")
_COUNTRY = validate.OneOf(
    tuple(MARKETPLACES), error=f"unknown marketplace; known country codes: {', '.join(sorted(MARKETPLACES))}"
)
FIELDS: dict[str, tuple[fields.Field[Any], str, str]] = {
    "name": (_text(required=True, validate=_SLUG), "Short name of the connection.", ""),
    "active": (fields.Boolean(), "Whether `sync` without a name includes it.", "Activate order synchronization"),
    "seller_id": (
        _text(validate=validate.Regexp(r"\A[A-Z0-9]{5,20}\Z", error="Amazon's seller id: 5 to 20 capitals and digits")),
        "Amazon's id of the seller (Seller Central, Account info, Merchant token).",
        "Seller id",
    ),
    "region": (_text(validate=_one_of("na", "eu", "fe")), "Which of Amazon's endpoints serves the account.", "Region"),
    "marketplaces": (
        fields.List(_text(validate=_COUNTRY), validate=validate.Length(min=1, error="name at least one marketplace")),
        "Country codes of the marketplaces to take orders from.",
        "Marketplace",
    ),
    "refresh_token": (
        _text(allow_none=True, validate=validate.Length(min=1, max=2048, error="must have 1 to 2048 characters")),
        "The seller's authorisation. Secret: written, never shown.",
        "Authorisation",
    ),
    "store": (_text(), "Name of the store, a `[stores.NAME]` table of the config file.", "Store"),
    "level": (
        _text(validate=_one_of("orders_and_stock", "stock_only")),
        "Whether orders are created in the store, or only its stock follows.",
        "Order synchronization level",
    ),
    "fulfillment": (
        _text(validate=_one_of("merchant", "amazon", "all")),
        "Which orders to take, by who ships them.",
        "Order types",
    ),
    "product_attribute": (
        _text(validate=validate.Length(min=1, max=100, error="must have 1 to 100 characters")),
        "The product attribute of the store that holds Amazon's seller SKU.",
        "Product identification attribute",
    ),
    "sku_crop": (
        fields.List(_Step(), validate=validate.Length(max=20, error="may have 20 steps at most")),
        "Steps that cut a seller SKU down to the store's, applied in order.",
        "Crop Amazon seller SKU",
    ),
    "sku_case_sensitive": (fields.Boolean(), "Whether `ab-1` and `AB-1` are different SKUs.", ""),
    "unknown_sku": (
        _text(validate=_one_of("hold", "placeholder")),
        "What happens to an order with a SKU that no product has.",
        "",
    ),
    "placeholder_product": (_text(), "The product to use with `unknown_sku = placeholder`.", ""),
    "default_shipping_method": (
        _text(),
        "The store's shipping method where `shipping_methods` has none; "
        "also the carrier's name on upload where the store gives none.",
        "Default order shipping method",
    ),
    "shipping_methods": (_map(), "Amazon's service level -> the store's shipping method.", ""),
    "default_shipping_service": (
        _text(),
        "`Service` or `Carrier / Service`, sent where Amazon does not allow the shipment's own service.",
        "Default shipping service",
    ),
    "allowed_shipping_services": (fields.List(_text()), "Services that are allowed besides the built-in ones.", ""),
    "carriers": (_map(), "The store's carrier -> Amazon's carrier code.", ""),
    "untracked": (_text(validate=_one_of("hold", "feed")), "What happens to a shipment without tracking.", ""),
    "confirm_prime": (fields.Boolean(), "Whether shipments of Prime orders are confirmed by the store.", ""),
    "cancellation_reason": (
        _text(validate=_one_of(*CANCELLATION_REASONS)),
        "What Amazon is told when the store cancels without a reason.",
        "Order cancellation reason",
    ),
    "cancellation_reasons": (
        fields.Dict(keys=fields.String(), values=fields.String(validate=_one_of(*CANCELLATION_REASONS))),
        "The store's reason -> Amazon's reason.",
        "",
    ),
    "ignore_amazon_tax": (
        fields.Boolean(),
        "Leave Amazon's tax rows out; the store computes its own tax inside the price.",
        "Ignore Amazon tax",
    ),
    "prices_include_tax": (
        _text(validate=_one_of("auto", "yes", "no")),
        "Says whether prices are handed over with tax inside, where the sum of the order cannot tell.",
        "Tax is included in prices",
    ),
    "marketplace_tax": (
        _text(validate=_one_of("exclude", "line")),
        "Tax that Amazon collects: left out, or shown as a tax-free line.",
        "",
    ),
    "unbalanced": (
        _text(validate=_one_of("hold", "adjust")),
        "What happens to an order whose amounts do not add up.",
        "",
    ),
    "sync_from": (
        _Moment(allow_none=True),
        "Orders that were created before are not taken. Default: the moment the connection was added.",
        "",
    ),
    "added_at": (_Moment(allow_none=True), "Set by the library when the connection is saved first.", ""),
    "reserve_pending": (fields.Boolean(), "Whether units of pending orders are taken off the store's stock.", ""),
    "publish_stock": (fields.Boolean(), "Whether the store's stock is sent to Amazon.", ""),
    "stock_buffer": (
        fields.Integer(validate=validate.Range(min=0, max=1_000_000, error="must be from 0 to 1000000 units")),
        "Units that Amazon is never told of.",
        "",
    ),
    "stock_cap": (
        fields.Integer(
            allow_none=True, validate=validate.Range(min=0, max=10_000_000, error="must be from 0 to 10000000 units")
        ),
        "The most that Amazon is told of; empty: no cap.",
        "",
    ),
    "stock_marketplaces": (
        fields.List(_text(validate=_COUNTRY)),
        "Marketplaces through which stock may be sent; empty: all of the connection's.",
        "",
    ),
    "endpoint": (_text(validate=_loopback), "Address of a simulated Amazon on this machine; empty: Amazon's.", ""),
    "token_endpoint": (_text(validate=_loopback), "The same for its token address.", ""),
}

NOT_FROM_USERS = ("added_at",)


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting of a connection, as forms, help texts and the documentation show it."""

    name: str
    help: str
    label: str = ""
    """What a form calls it."""
    choices: tuple[str, ...] = ()


SETTINGS: tuple[Setting, ...] = tuple(
    Setting(name, text, label, tuple(field.validate.choices) if isinstance(field.validate, validate.OneOf) else ())
    for name, (field, text, label) in FIELDS.items()
    if name not in NOT_FROM_USERS
)
"""Every setting that a person may give, in the order of the documentation."""
