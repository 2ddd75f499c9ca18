"""Opening the ledger with the configured key; without it, where it is lost, so that orders are still listed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from ..errors import ConfigError

if TYPE_CHECKING:
    from ..ledger import Ledger
    from ..settings import Config

log = logging.getLogger("amazon_orders.app")


def open_ledger(config: Config, now: Callable[[], datetime]) -> Ledger:
    """The ledger. Where its key is lost or wrong, what is not encrypted can be read, and a warning says so.

    `ConfigError` for a key file that is missing and a ledger that has no key yet: going on would drop what it should
    protect.
    """
    from ..ledger import Ledger

    missing: ConfigError | None = None
    key = None
    try:
        key = config.key()
    except ConfigError as error:
        missing = error
    if missing is not None and not Ledger.is_there(config.database_url()):
        raise missing
    ledger = Ledger.open(config.database_url(), key=key, now=now, lease_seconds=config.lease_seconds)
    if missing is not None:
        if not ledger.key_problem:
            ledger.close()
            raise missing
        text = " ".join(str(missing).split())
        ledger.lock(f"{text}. Until then orders are listed, and no run begins. If it is lost for good: `keys restart`.")
    if ledger.key_problem:
        log.warning("%s", ledger.key_problem)
    return ledger
