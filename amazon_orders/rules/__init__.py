"""The rules: pure functions from facts to decisions. No clock, no I/O, no exception for a business outcome."""

from __future__ import annotations

from .amounts import read_amounts
from .arrival import intake
from .cancellation import cancel
from .collisions import collisions, emptied, sku_keys, suspects
from .confirming import confirm
from .deadline import DAY, Deadline, deadline
from .facts import Facts, PatternEngine
from .fingerprint import fingerprint
from .life import Known, follow
from .placing import place, revise
from .reasons import REASON_TEXT, advice
from .refund import refund
from .reserve import concerns_stock, counted_already, held_units
from .shipping import shipping_method
from .sku import Attempt, Cut, attempts, crop, cuts, resolve, values_to_ask
from .stock import is_restock, mass_fall, quantity, stock_decision
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
    "cancel",
    "collisions",
    "concerns_stock",
    "confirm",
    "counted_already",
    "crop",
    "cuts",
    "deadline",
    "emptied",
    "fingerprint",
    "follow",
    "held_units",
    "intake",
    "is_restock",
    "mass_fall",
    "place",
    "quantity",
    "read_amounts",
    "refund",
    "resolve",
    "revise",
    "shipping_method",
    "sku_keys",
    "stock_decision",
    "suspects",
    "values_to_ask",
]
