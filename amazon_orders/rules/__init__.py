"""The rules: pure functions from facts to decisions. No clock, no I/O, no exception for a business outcome."""

from __future__ import annotations

from .amounts import read_amounts
from .arrival import intake
from .facts import Facts, PatternEngine
from .life import Known, follow
from .placing import place, revise
from .reasons import REASON_TEXT, advice
from .shipping import shipping_method
from .sku import crop, resolve, values_to_ask
from .vat_rates import VAT_RATES

__all__ = [
    "REASON_TEXT",
    "VAT_RATES",
    "Facts",
    "Known",
    "PatternEngine",
    "advice",
    "crop",
    "follow",
    "intake",
    "place",
    "read_amounts",
    "resolve",
    "revise",
    "shipping_method",
    "values_to_ask",
]
