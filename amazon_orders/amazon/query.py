"""What searchOrders is asked for, under its parameter rules."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from ..errors import ConfigError

DATA_SETS = ("BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION", "FULFILLMENT", "PACKAGES", "TAX")
"""The data sets that the rules need; what the application's roles do not cover is silently absent."""
INCLUDED = frozenset(DATA_SETS)

_LAG = timedelta(seconds=120)
"""Amazon refuses an upper bound within the last two minutes."""
_MARGIN = timedelta(seconds=5)


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderQuery:
    """A search. Exactly one of `last_updated_after` and `created_after`; bounds are inclusive."""

    last_updated_after: datetime | None = None
    created_after: datetime | None = None
    last_updated_before: datetime | None = None
    """Empty: as far as Amazon goes, which is two minutes ago."""
    created_before: datetime | None = None
    marketplace_ids: tuple[str, ...] = ()
    fulfilled_by: str = ""
    statuses: tuple[str, ...] = ()
    page_size: int = 100
    data_sets: tuple[str, ...] = DATA_SETS

    def __post_init__(self) -> None:
        if (self.last_updated_after is None) == (self.created_after is None):
            raise ConfigError("A search for orders needs exactly one of last_updated_after and created_after.")
        if self.last_updated_before is not None and self.last_updated_after is None:
            raise ConfigError("last_updated_before goes with last_updated_after.")
        if self.created_before is not None and self.created_after is None:
            raise ConfigError("created_before goes with created_after.")
        if not 1 <= self.page_size <= 100:
            raise ConfigError("A page holds 1 to 100 orders.")

    def bounded(self, amazon_now: datetime) -> OrderQuery:
        """The same search with its upper bound no later than Amazon allows, by Amazon's clock."""
        latest = amazon_now - _LAG - _MARGIN
        if self.last_updated_before is not None and self.last_updated_before > latest:
            return replace(self, last_updated_before=latest)
        if self.created_before is not None and self.created_before > latest:
            return replace(self, created_before=latest)
        return self

    @property
    def empty(self) -> bool:
        """Whether the span of time holds nothing, since it ends before it begins."""
        after = self.last_updated_after or self.created_after
        before = self.last_updated_before or self.created_before
        return after is not None and before is not None and before < after

    def parameters(self, page_token: str | None) -> dict[str, str]:
        """The query string."""
        bounds = {
            "lastUpdatedAfter": self.last_updated_after,
            "createdAfter": self.created_after,
            "lastUpdatedBefore": self.last_updated_before,
            "createdBefore": self.created_before,
        }
        parameters = {name: _text(moment) for name, moment in bounds.items() if moment is not None}
        if self.marketplace_ids:
            parameters["marketplaceIds"] = ",".join(self.marketplace_ids)
        if self.fulfilled_by:
            parameters["fulfilledBy"] = self.fulfilled_by
        if self.statuses:
            parameters["fulfillmentStatuses"] = ",".join(self.statuses)
        parameters["maxResultsPerPage"] = str(self.page_size)
        parameters["includedData"] = ",".join(self.data_sets)
        if page_token:
            parameters["paginationToken"] = page_token
        return parameters


def latest_bound(amazon_now: datetime) -> datetime:
    """The latest moment that a bound of a search may name now."""
    return amazon_now - _LAG - _MARGIN


def _text(moment: datetime) -> str:
    """Milliseconds, which is as fine as Amazon's own times; the same moment always gives the same text."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
