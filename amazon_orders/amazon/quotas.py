"""What the client needs of whoever keeps its quotas and tokens, and the published rates."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .auth import LwaCredentials


class Buckets(Protocol):
    """Token buckets, exact and shared by every worker. A scope is an application, a seller and a region."""

    def take(self, scope: str, operation: str, rate: float, burst: int) -> float:
        """Take a token: 0.0. Where none is free nothing is taken: the seconds until one is."""

    def learn(self, scope: str, operation: str, rate: float) -> None:
        """Amazon says that the rate is now `rate` tokens a second. It says so each time: write what is new."""

    def drain(self, scope: str, operation: str, rate: float, burst: int) -> float:
        """Amazon says the bucket is empty; the seconds until one token is there."""

    def left(self, scope: str, operation: str, rate: float, burst: int) -> float:
        """Tokens in the bucket now."""


class Tokens(Protocol):
    """Access tokens that outlive the process, and one refresh at a time across processes."""

    def get(self, key: str) -> tuple[str, datetime] | None:
        """The token and when it expires, or `None`."""

    def put(self, key: str, token: str, expires_at: datetime) -> None:
        """Keep a token."""

    def forget(self, key: str) -> None:
        """Drop a token that Amazon refused."""

    def refreshing(self, key: str) -> AbstractContextManager[None]:
        """Hold the right to refresh, alone."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A published usage plan."""

    rate: float
    """Tokens a second."""
    burst: int


PLANS: dict[str, Plan] = {
    "searchOrders": Plan(0.0056, 20),
    "getOrder": Plan(0.5, 30),
    "getMarketplaceParticipations": Plan(0.016, 15),
    "confirmShipment": Plan(2, 10),
    "createFeedDocument": Plan(0.5, 15),
    "createFeed": Plan(0.0083, 15),
    "getFeed": Plan(2, 15),
    "getFeeds": Plan(0.0222, 10),
    "getFeedDocument": Plan(0.0222, 10),
    "patchListingsItem": Plan(5, 5),
    "getListingsItem": Plan(5, 10),
    "searchListingsItems": Plan(5, 5),
    "createReport": Plan(0.0167, 15),
    "getReport": Plan(2, 15),
    "getReportDocument": Plan(0.0167, 15),
}
"""Source: the operations' descriptions in Amazon's models. Real limits follow `x-amzn-RateLimit-Limit`."""


def scope_of(credentials: LwaCredentials, seller_id: str, region: str) -> str:
    """Whose bucket: Amazon counts the calls of an application for a seller in a region."""
    return f"{credentials.application_id or credentials.client_id}:{seller_id}:{region}"
