"""The ledger's own fixtures serve here too."""

from __future__ import annotations

from tests.unit.ledger.conftest import clock, ledger, made_once, open_ledger, url

__all__ = ["clock", "ledger", "made_once", "open_ledger", "url"]
