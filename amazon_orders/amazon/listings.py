"""Listings: one quantity written, and what Amazon has. Source: Amazon's model `listingsItems_2021-08-01`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from ..errors import AmazonRejected
from ..model.listing import MERCHANT_CHANNEL, ListingFacts, ListingIssue, Submission
from .calls import Calls, segment
from .refusals import content, empty, short
from .transport import Answer

SEARCH_LIMIT = 20
"""Seller SKUs in one call of `search`."""
_ITEMS = "/listings/2021-08-01/items"
_INCLUDED = "summaries,fulfillmentAvailability,issues"
_LARGEST_QUANTITY = 2**31 - 1


def quantity_patch(quantity: int) -> list[dict[str, Any]]:
    """The patch that sets the seller's own quantity and leaves its handling time and restock date alone."""
    if not 0 <= quantity <= _LARGEST_QUANTITY:
        raise ValueError("a quantity is a whole number from 0")
    value = [{"fulfillment_channel_code": MERCHANT_CHANNEL, "quantity": quantity}]
    return [{"op": "merge", "path": "/attributes/fulfillment_availability", "value": value}]


def _fits_a_list(sku: str) -> bool:
    """Whether it comes through whole: a list is divided by commas, and blanks around them are none of a SKU's."""
    return "," not in sku and sku == sku.strip()


class Listings:
    """The listings operations of one connection."""

    def __init__(self, calls: Calls, seller_id: str) -> None:
        self._calls = calls
        self._seller = f"{_ITEMS}/{segment(seller_id)}"

    def patch_quantity(self, sku: str, *, marketplace_id: str, quantity: int) -> Submission:
        """Set the seller's own quantity of one SKU. The answer `ACCEPTED` means queued.

        `AmazonUnavailable` with `outcome_unknown` where Amazon may have taken it; the quantity is absolute, so the
        same again is harmless as long as it is still the right one.
        """
        operation = "patchListingsItem"
        answer = self._calls.write(
            operation,
            "PATCH",
            self._path(sku),
            {"productType": "PRODUCT", "patches": quantity_patch(quantity)},
            parameters={"marketplaceIds": marketplace_id, "includedData": "issues"},
        )
        said = content(answer)
        status, submission = said.get("status"), said.get("submissionId")
        if not isinstance(status, str) or not status or not isinstance(submission, str):
            raise empty(operation, answer, outcome_unknown=True)
        return Submission(status=status, submission_id=submission, issues=_issues(said.get("issues")))

    def get(self, sku: str, marketplace_id: str) -> ListingFacts | None:
        """One listing; `None` where Amazon does not know the SKU."""
        operation = "getListingsItem"
        parameters = {"marketplaceIds": marketplace_id, "includedData": _INCLUDED}
        try:
            answer = self._calls.read(operation, self._path(sku), parameters)
        except AmazonRejected as error:
            if error.status == 404:
                return None
            raise
        return _facts(content(answer), marketplace_id, operation, answer)

    def search(self, skus: Iterable[str], marketplace_id: str) -> Mapping[str, ListingFacts]:
        """Listings by seller SKU; what Amazon does not know is left out.

        Takes a token for every `SEARCH_LIMIT` of them: who asks for more at once loses all where the quota ends.
        """
        found: dict[str, ListingFacts] = {}
        wanted = list(dict.fromkeys(skus))
        if "" in wanted:
            raise ValueError("a listing is named by its seller SKU")
        listed = [sku for sku in wanted if _fits_a_list(sku)]
        for start in range(0, len(listed), SEARCH_LIMIT):
            part = listed[start : start + SEARCH_LIMIT]
            try:
                found |= {facts.sku: facts for facts in self._found(part, marketplace_id)}
            except AmazonRejected as error:
                if error.status != 400:
                    raise
                found |= self._alone(part, marketplace_id, error)
        for sku in wanted:
            if not _fits_a_list(sku):
                found |= self._alone([sku], marketplace_id)
        return found

    def _alone(
        self, skus: list[str], marketplace_id: str, error: AmazonRejected | None = None
    ) -> dict[str, ListingFacts]:
        """Each by a call of its own, so that one that Amazon cannot read keeps no other one back.

        `error`: of the list, to be raised where it was none of its SKUs: then Amazon refuses all of them.
        """
        found: dict[str, ListingFacts] = {}
        refused = 0
        for sku in skus:
            try:
                facts = self.get(sku, marketplace_id)
            except AmazonRejected as alone:
                if alone.status != 400:
                    raise
                refused += 1
            else:
                found |= {} if facts is None else {sku: facts}
        if error is not None and refused == len(skus) > 1:
            raise error
        return found

    def _found(self, skus: list[str], marketplace_id: str) -> Iterator[ListingFacts]:
        operation = "searchListingsItems"
        parameters = {
            "marketplaceIds": marketplace_id,
            "identifiers": ",".join(skus),
            "identifiersType": "SKU",
            "includedData": _INCLUDED,
            "pageSize": str(SEARCH_LIMIT),
        }
        tokens: set[str] = set()
        while True:
            answer = self._calls.read(operation, self._seller, parameters)
            said = content(answer)
            items, pagination = said.get("items"), said.get("pagination")
            if not isinstance(items, list):
                raise empty(operation, answer)
            for item in items:
                yield _facts(item, marketplace_id, operation, answer)
            token = pagination.get("nextToken") if isinstance(pagination, dict) else None
            if not token:
                return
            if not isinstance(token, str) or token in tokens:
                raise empty(operation, answer)
            tokens.add(token)
            parameters["pageToken"] = token

    def _path(self, sku: str) -> str:
        if sku in (".", ".."):
            raise AmazonRejected("A SKU that is a step in a path can be named in no address.", status=400, record=sku)
        return f"{self._seller}/{segment(sku)}"


def _facts(item: Any, marketplace_id: str, operation: str, answer: Answer) -> ListingFacts:
    if not isinstance(item, dict) or not isinstance(item.get("sku"), str) or not item["sku"]:
        raise empty(operation, answer)
    summary = next((row for row in _rows(item.get("summaries")) if row.get("marketplaceId") == marketplace_id), {})
    channels = {}
    for row in _rows(item.get("fulfillmentAvailability")):
        code, quantity = row.get("fulfillmentChannelCode"), row.get("quantity")
        if isinstance(code, str) and code:
            channels[code] = quantity if type(quantity) is int and quantity >= 0 else None
    statuses = summary.get("status")
    return ListingFacts(
        sku=item["sku"],
        asin=_word(summary.get("asin")),
        product_type=_word(summary.get("productType")),
        title=_word(summary.get("itemName")),
        statuses=tuple(word for word in statuses if isinstance(word, str)) if isinstance(statuses, list) else (),
        channels=channels,
        issues=_issues(item.get("issues")),
    )


def _issues(rows: Any) -> tuple[ListingIssue, ...]:
    return tuple(
        ListingIssue(
            code=short(row.get("code"), 60),
            severity=short(row.get("severity"), 60),
            message=short(row.get("message"), 300),
        )
        for row in _rows(rows)
    )


def _rows(value: Any) -> list[dict[str, Any]]:
    return [row for row in value if isinstance(row, dict)] if isinstance(value, list) else []


def _word(value: Any) -> str:
    return value if isinstance(value, str) else ""
