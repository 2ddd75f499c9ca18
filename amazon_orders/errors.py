"""Every exception of the library, grouped by what the caller does next.

``retryable`` answers the only question a caller has to ask: may the same call succeed later, unchanged?
A message says what failed, on which record, whose fault it is and what to do. It never holds personal data or a secret.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

__all__ = [
    "AdapterBug",
    "AmazonAuthError",
    "AmazonError",
    "AmazonOrdersError",
    "AmazonRejected",
    "AmazonThrottled",
    "AmazonUnavailable",
    "Busy",
    "ConfigError",
    "LeaseLost",
    "LedgerError",
    "LibraryBug",
    "NotFound",
    "PayloadError",
    "StoreError",
    "StoreRejected",
    "StoreUnavailable",
]


class AmazonOrdersError(Exception):
    """Root of every error that the library raises on purpose."""

    retryable = False
    """Whether the same call may succeed later without anybody changing anything."""

    code = "error"
    """Stable word for scripts; the CLI's JSON carries it."""

    def __init__(self, message: str, *, record: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.record = record
        """What the error is about: an Amazon order id, a connection's name, a path in a file; or empty."""

    def as_dict(self) -> dict[str, Any]:
        """The shape that every JSON output uses: ``{"code", "message", "record"}``."""
        return {"code": self.code, "message": str(self), "record": self.record}


class ConfigError(AmazonOrdersError):
    """The configuration is wrong; nothing was called. ``problems`` maps each bad key's path to what is wrong."""

    code = "config"

    def __init__(self, message: str, *, problems: Mapping[str, str] | None = None, record: str = "") -> None:
        super().__init__(message, record=record)
        self.problems: dict[str, str] = dict(problems or {})

    def __str__(self) -> str:
        return "\n".join([self.message, *(f"  {path}: {what}" for path, what in self.problems.items())])


class AmazonError(AmazonOrdersError):
    """Amazon answered, or did not answer, in a way that is no success. The text begins with Amazon's request id."""

    code = "amazon"

    def __init__(
        self, message: str, *, status: int | None = None, code: str = "", request_id: str = "", record: str = ""
    ) -> None:
        super().__init__(message, record=record)
        self.status = status
        """HTTP status, ``None`` when there was no answer."""
        self.amazon_code = code
        """Amazon's own error code, such as ``InvalidInput``; empty when it gave none."""
        self.request_id = request_id
        """``x-amzn-RequestId``; Amazon's support asks for it."""

    def __str__(self) -> str:
        return f"[{self.request_id or 'no request id'}] {self.message}"


class AmazonAuthError(AmazonError):
    """Amazon refuses the credentials. Authorise the connection again; a retry changes nothing."""

    code = "amazon_auth"


class AmazonThrottled(AmazonError):
    """The quota is used up. ``retry_after`` is the number of seconds until one call is free again."""

    code = "amazon_throttled"
    retryable = True

    def __init__(
        self,
        message: str,
        *,
        retry_after: float,
        status: int | None = 429,
        code: str = "QuotaExceeded",
        request_id: str = "",
        record: str = "",
    ) -> None:
        super().__init__(message, status=status, code=code, request_id=request_id, record=record)
        self.retry_after = retry_after


class AmazonUnavailable(AmazonError):
    """No answer, a 5xx, or something that only looks like a success. Amazon's or the network's fault: try later.

    ``outcome_unknown`` is true for a call that writes and that may have been carried out all the same: look what Amazon
    has before it is sent again.
    """

    code = "amazon_unavailable"
    retryable = True

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str = "",
        request_id: str = "",
        record: str = "",
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(message, status=status, code=code, request_id=request_id, record=record)
        self.outcome_unknown = outcome_unknown


class AmazonRejected(AmazonError):
    """Amazon understood the call and says no (4xx). The same call will be refused again."""

    code = "amazon_rejected"


class PayloadError(AmazonOrdersError):
    """One record of Amazon's answer breaks the contract. ``problems`` names fields, never their values."""

    code = "payload"

    def __init__(self, record_id: str, problems: Mapping[str, str], *, retryable: bool = True) -> None:
        self.record_id = record_id
        self.problems = dict(problems)
        self.retryable = retryable  # Amazon may send the record whole the next time
        listed = "; ".join(f"{path}: {what}" for path, what in self.problems.items())
        super().__init__(
            f"Amazon's record {record_id or '(without an id)'} cannot be read: {listed}. The others are not affected.",
            record=record_id,
        )


class StoreError(AmazonOrdersError):
    """The store did not do what it was asked. ``hook`` and ``plugin`` are filled in by ``Hooks``."""

    code = "store"

    def __init__(self, message: str = "", *, hook: str = "", plugin: str = "", record: str = "") -> None:
        super().__init__(message, record=record)
        self.hook = hook
        self.plugin = plugin

    def __str__(self) -> str:
        where = f"{self.plugin or 'store'}.{self.hook}: " if self.hook else ""
        return f"{where}{self.message}"


class StoreRejected(StoreError):
    """The store says no, and nothing was written. A person has to change something first."""

    code = "store_rejected"


class StoreUnavailable(StoreError):
    """The store did not answer. Whether it wrote is unknown; the library looks before it writes again."""

    code = "store_unavailable"
    retryable = True


class AdapterBug(StoreError):
    """The adapter broke its contract or raised something it should not. Its author has to mend it."""

    code = "adapter_bug"


class LedgerError(AmazonOrdersError):
    """The ledger cannot be used: locked, of a newer version, key missing, disk full. Nothing is left half done."""

    code = "ledger"


class LeaseLost(LedgerError):
    """Another process took the connection over, so this one may not write any more. Nothing is lost."""

    code = "lease_lost"
    retryable = True


class LibraryBug(AmazonOrdersError):
    """A fault of the library's own. It ends one connection's run and no other; please report where it says it is."""

    code = "library_bug"


class Busy(AmazonOrdersError):
    """Another sync of the same connection is running."""

    code = "busy"
    retryable = True


class NotFound(AmazonOrdersError):
    """There is no connection, order or run of that name."""

    code = "not_found"
