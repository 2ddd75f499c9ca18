"""Erasing personal data in its time: a part of every sync, and `purge` by hand, with proof."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import LedgerError
from ..model.checkup import Purged

if TYPE_CHECKING:
    from ..ledger import Ledger

log = logging.getLogger("amazon_orders")


def erase_what_is_due(ledger: Ledger, now: datetime) -> int:
    """The part of every sync. It costs one look at a small index, and what goes wrong here stops no order."""
    try:
        return ledger.personal.erase(now)
    except LedgerError as error:
        log.warning("personal data could not be erased: %s The next run tries it again.", error)
        return 0


def purge(ledger: Ledger, as_of: datetime, *, prove: bool) -> Purged:
    """Erase as if it were `as_of`, and say what is left."""
    erased = ledger.personal.erase(as_of)
    clean = ledger.personal.clean()
    kept = ledger.personal.kept(as_of)
    ages, oldest = ledger.personal.ages(as_of) if prove else (None, None)
    return Purged(
        as_of=as_of,
        erased=erased,
        kept=kept.orders,
        overdue=kept.overdue,
        next_erase=kept.next_erase,
        clean=clean,
        ages=ages,
        oldest=oldest,
    )
