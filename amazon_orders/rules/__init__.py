"""The rules: pure functions from facts to decisions. No clock, no I/O, no exception for a business outcome."""

from __future__ import annotations

from .amounts import read_amounts
from .arrival import intake
from .collisions import collisions, emptied, sku_keys, suspects
from .deadline import DAY, Deadline, deadline
from .facts import Facts, PatternEngine
from .life import Known, follow
from .placing import place, revise
from .reasons import REASON_TEXT, advice
from .reserve import concerns_stock, counted_already, held_units
from .shipping import shipping_method
from .sku import Attempt, Cut, attempts, crop, cuts, resolve, values_to_ask
from .vat_rates import VAT_RATES

__all__ = [
    "DAY",
    "REASON_TEXT",
    "VAT_RATES",
    "Attempt",
    "Cut",
    "Deadline",
    "Facts",
    "Known",
    "PatternEngine",
    "advice",
    "attempts",
    "collisions",
    "concerns_stock",
    "counted_already",
    "crop",
    "cuts",
    "deadline",
    "emptied",
    "follow",
    "held_units",
    "intake",
    "place",
    "read_amounts",
    "resolve",
    "revise",
    "shipping_method",
    "sku_keys",
    "suspects",
    "values_to_ask",
]
