"""Listings as Amazon tells them: what a seller SKU is there, in which channel, with which quantity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MERCHANT_CHANNEL = "DEFAULT"
"""The code of the seller's own stock. Every other code is Amazon's, or a place of the seller's."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingIssue:
    """Something that Amazon says about a listing or about what was sent for it."""

    code: str
    severity: str
    """`ERROR`, `WARNING` or `INFO`; Amazon may add words."""
    message: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """Amazon's answer to a change of a listing. Accepted is queued, not live."""

    status: str
    """`ACCEPTED` or `INVALID`; Amazon may add words."""
    submission_id: str
    issues: tuple[ListingIssue, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether Amazon is going to carry it out."""
        return self.status == "ACCEPTED"


@dataclass(frozen=True, kw_only=True, slots=True)
class ListingFacts:
    """One seller SKU in one marketplace."""

    sku: str
    asin: str = ""
    product_type: str = ""
    title: str = ""
    statuses: tuple[str, ...] = ()
    """`BUYABLE`, `DISCOVERABLE`; empty where buyers do not see it, or it is not listed in the marketplace."""
    channels: Mapping[str, int | None] = field(default_factory=dict)
    """Channel code -> quantity; `None` where Amazon does not say. Empty: the channel is unknown."""
    issues: tuple[ListingIssue, ...] = ()


@dataclass(frozen=True, slots=True)
class MerchantListing:
    """One row of the report of all listings."""

    seller_sku: str
    asin: str
    quantity: int | None
    """`None` for what Amazon ships."""
    channel: str
    """`merchant`, `amazon`, or empty where the report does not say."""
    status: str
    """As the report has it: `Active`, `Inactive`, `Incomplete`, in the marketplace's language."""
