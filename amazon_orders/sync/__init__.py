"""The only conductor: carries facts to rules, decisions to the store, results to the ledger."""

from __future__ import annotations

from .run import FLOWS, run, run_again
from .work import Asked, Work

__all__ = ["FLOWS", "Asked", "Work", "run", "run_again"]
