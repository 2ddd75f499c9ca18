"""The only conductor: carries facts to rules, decisions to the store, results to the ledger."""

from __future__ import annotations

from .run import FLOWS, run, run_again
from .work import Work

__all__ = ["FLOWS", "Work", "run", "run_again"]
