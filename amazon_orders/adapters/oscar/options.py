"""What the configuration may say about an Oscar shop, checked against the shop's own settings."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from django.conf import settings
from django.db import router
from oscar.core.loading import get_model

from ...errors import ConfigError
from .parcels import Parcel, from_notes

_TEXTS = {
    "partner": "",
    "number_prefix": "",
    "status_new": "",
    "status_on_hold": "On hold",
    "status_shipped": "Shipped",
    "status_cancelled": "Cancelled",
    "shipped_event": "Shipped",
    "cancelled_event": "Cancelled",
    "refund_event": "Refunded",
}
_OTHERS = ("settings", "vat_rates", "parcel_reader")


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """The store's options. Statuses are empty where the shop's pipeline does not have them."""

    partner: str
    """Code of the partner whose stock records are sold at Amazon; empty: those of every partner."""
    number_prefix: str
    """Comes before the Amazon order id in the order's number."""
    status_new: str
    status_on_hold: str
    status_shipped: str
    status_cancelled: str
    shipped_event: str
    """Name of the shipping event type that means that a parcel left."""
    cancelled_event: str
    """Name of the shipping event type that means that units were cancelled."""
    refund_event: str
    """Name of the payment event type that means that money was given back."""
    vat_rates: Mapping[str, Decimal]
    """Country of the marketplace -> rate in percent, for tax that Amazon does not tell."""
    parcel_reader: Callable[[Any], Parcel]
    """Shipping event -> parcel. Oscar has no fields for carrier and tracking; each shop keeps them in its own way."""

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> Options:
        """The options of a configuration; `ConfigError` names every wrong one."""
        problems = {
            key: f"is no option of the oscar store; it has {', '.join((*_TEXTS, *_OTHERS))}"
            for key in config
            if key not in (*_TEXTS, *_OTHERS)
        }
        texts = {}
        for key, default in _TEXTS.items():
            value = config.get(key, default)
            if isinstance(value, str):
                texts[key] = value.strip()
            else:
                problems[key] = "has to be text"
        if not problems:
            _check_statuses(texts, config, problems)
        rates = _rates(config.get("vat_rates", {}), problems)
        reader = _reader(config.get("parcel_reader", ""), problems)
        if problems:
            raise ConfigError("The oscar store's options are wrong.", problems=problems)
        return cls(vat_rates=rates, parcel_reader=reader, **texts)

    @property
    def database(self) -> str:
        """Alias of the database that holds the orders, as the project's routers say."""
        return str(router.db_for_write(get_model("order", "Order")))


def _check_statuses(texts: dict[str, str], config: Mapping[str, Any], problems: dict[str, str]) -> None:
    """A status that nobody named and the pipeline lacks is no mistake: the shop cannot do that."""
    pipeline: Mapping[str, Any] = getattr(settings, "OSCAR_ORDER_STATUS_PIPELINE", {})
    texts["status_new"] = texts["status_new"] or getattr(settings, "OSCAR_INITIAL_ORDER_STATUS", "")
    known = ", ".join(pipeline) or "no status"
    for key in ("status_new", "status_on_hold", "status_shipped", "status_cancelled"):
        if texts[key] in pipeline:
            continue
        if key in config or key in ("status_new", "status_cancelled"):
            problems[key] = (
                f"{texts[key] or 'nothing'} is not in OSCAR_ORDER_STATUS_PIPELINE, which has {known}: "
                "name one of these, or add it there"
            )
        texts[key] = ""


def _rates(given: Any, problems: dict[str, str]) -> dict[str, Decimal]:
    rates = {}
    if not isinstance(given, Mapping):
        problems["vat_rates"] = 'is a table of countries, such as { DE = "19" }'
        return {}
    for country, rate in given.items():
        try:
            rates[str(country).upper()] = Decimal(str(rate))
        except InvalidOperation:
            problems[f"vat_rates.{country}"] = 'has to be a number of percent, such as "19"'
            continue
        if not Decimal(0) <= rates[str(country).upper()] < Decimal(100):
            problems[f"vat_rates.{country}"] = "has to be at least 0 and below 100 percent"
    return rates


def _reader(path: Any, problems: dict[str, str]) -> Callable[[Any], Parcel]:
    if not path:
        return from_notes
    module, _, name = str(path).rpartition(".")
    try:
        found: object = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, ValueError):
        problems["parcel_reader"] = f"{path} cannot be imported; name a function, such as shop.parcels.read"
        return from_notes
    if not callable(found):
        problems["parcel_reader"] = f"{path} is no function"
        return from_notes
    return cast("Callable[[Any], Parcel]", found)  # what it returns is checked where it is called
