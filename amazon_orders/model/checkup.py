"""How well everything is: what `purge`, `health` and `doctor` say, in the shapes that the command line prints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .report import iso

OK, WARNING, RED, UNKNOWN = "ok", "warning", "red", "unknown"
"""How a thing is: well; to be looked at some day; to be mended now; could not be found out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Purged:
    """What `purge` erased and what is left. The counts are of orders."""

    as_of: datetime
    erased: int
    kept: int
    overdue: int
    """Orders whose personal data is kept although its time is over. Not zero is a fault."""
    next_erase: datetime | None
    clean: bool
    """Whether the bytes are gone from the ledger's files, too; false while another program still reads old ones."""
    ages: Mapping[str, int] | None = None
    """Days since the order was created -> orders. With `prove` only."""
    oldest: datetime | None = None
    """When the oldest order with personal data was created. With `prove` only."""

    @property
    def ok(self) -> bool:
        """Whether nothing is kept past its time."""
        return not self.overdue

    def as_dict(self) -> dict[str, Any]:
        """JSON shape; `ages` and `oldest` appear with `prove` only."""
        shape: dict[str, Any] = {
            "as_of": iso(self.as_of),
            "erased": self.erased,
            "kept": self.kept,
            "overdue": self.overdue,
            "next_erase": iso(self.next_erase),
            "clean": self.clean,
        }
        if self.ages is not None:
            shape |= {"ages": dict(self.ages), "oldest": iso(self.oldest)}
        return shape


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """One thing that was looked at: what, how it is, and what to do."""

    what: str
    result: str
    """`ok`, `warning`, `red` or `unknown`."""
    detail: str = ""
    fix: str = ""
    """What to do; empty where there is nothing to do."""
    connection: str = ""
    """Empty for what concerns all of them."""

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "what": self.what,
            "connection": self.connection,
            "result": self.result,
            "detail": self.detail,
            "fix": self.fix,
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Diagnosis:
    """What `doctor` found."""

    at: datetime
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing is red."""
        return all(finding.result != RED for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {"ok": self.ok, "at": iso(self.at), "checks": [finding.as_dict() for finding in self.findings]}


@dataclass(frozen=True, kw_only=True, slots=True)
class CarrierShare:
    """Parcels that were confirmed lately, and those of them whose carrier Amazon was told as `Other`."""

    days: int = 30
    """How far back."""
    confirmed: int = 0
    other: int = 0

    @property
    def share(self) -> float | None:
        """0 to 1; `None` where no parcel was confirmed."""
        return self.other / self.confirmed if self.confirmed else None

    def as_dict(self) -> dict[str, Any]:
        """JSON shape; the share to four places."""
        share = None if self.share is None else round(self.share, 4)
        return {"days": self.days, "confirmed": self.confirmed, "other": self.other, "other_share": share}


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectionHealth:
    """How one connection is, told from the ledger alone."""

    name: str
    active: bool
    authorised: bool
    """False from the moment Amazon says that the authorisation is gone until there is a new one."""
    last_success: datetime | None
    age_seconds: float | None
    """Since the last success; `None`: there was none yet."""
    next_due: datetime | None
    """When it may go on, where it ran out of quota; `None`: at once."""
    pending: int = 0
    held: int = 0
    failed: int = 0
    unreadable: int = 0
    """Records that have no order id."""
    inbox: int = 0
    doubles: Mapping[str, str] = field(default_factory=dict)
    """Order -> what the store has twice."""
    late: int = 0
    """Open orders past the time by which they have to be shipped."""
    oldest_late: str | None = None
    oldest_ship_by: datetime | None = None
    quota: Mapping[str, float] = field(default_factory=dict)
    """Amazon operation -> calls that are free now."""
    carriers: CarrierShare = CarrierShare()
    problems: tuple[Finding, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether nothing is red."""
        return all(problem.result != RED for problem in self.problems)

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "name": self.name,
            "ok": self.ok,
            "active": self.active,
            "authorised": self.authorised,
            "last_success": iso(self.last_success),
            "age_seconds": None if self.age_seconds is None else round(self.age_seconds, 3),
            "next_due": iso(self.next_due),
            "pending": self.pending,
            "held": self.held,
            "failed": self.failed,
            "unreadable": self.unreadable,
            "inbox": self.inbox,
            "doubles": dict(self.doubles),
            "late": self.late,
            "oldest_late": self.oldest_late,
            "oldest_ship_by": iso(self.oldest_ship_by),
            "quota": {operation: round(left, 2) for operation, left in self.quota.items()},
            "carriers": self.carriers.as_dict(),
            "problems": [problem.as_dict() for problem in self.problems],
        }


@dataclass(frozen=True, kw_only=True, slots=True)
class Health:
    """How everything is, told from the ledger alone: neither Amazon nor a store is asked."""

    at: datetime
    connections: tuple[ConnectionHealth, ...]
    personal_data: Mapping[str, Any]
    """`{"kept", "overdue", "next_erase"}`."""
    problems: tuple[Finding, ...] = ()
    """What concerns all connections."""

    @property
    def ok(self) -> bool:
        """Whether nothing is red."""
        return all(one.ok for one in self.connections) and all(one.result != RED for one in self.problems)

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "ok": self.ok,
            "at": iso(self.at),
            "connections": [one.as_dict() for one in self.connections],
            "personal_data": dict(self.personal_data),
            "problems": [one.as_dict() for one in self.problems],
        }
