"""Feeds, step by step, so that each step can be recorded before the next. Source: Amazon's model `feeds_2021-06-30`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .calls import Calls, aware, moment, segment
from .refusals import content, empty
from .storage import Storage
from .transport import Answer

_FEEDS = "/feeds/2021-06-30/feeds"
_DOCUMENTS = "/feeds/2021-06-30/documents"
_OVER = frozenset({"DONE", "FATAL", "CANCELLED"})


@dataclass(frozen=True, slots=True)
class FeedDocument:
    """Where a feed's content is to be put, within five minutes."""

    id: str
    url: str = field(repr=False)
    """A secret: whoever has it may write there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """A feed and how far it is."""

    id: str
    type: str
    status: str
    """`IN_QUEUE`, `IN_PROGRESS`, `DONE`, `FATAL`, `CANCELLED`; Amazon may add words."""
    created_at: datetime
    result_document_id: str = ""
    """Of the report about it. `DONE` is no success: the report tells of each message. `FATAL` may have none."""
    marketplace_ids: tuple[str, ...] = ()

    @property
    def over(self) -> bool:
        """Whether nothing more happens to it."""
        return self.status in _OVER


class Feeds:
    """The feed operations of one connection."""

    def __init__(self, calls: Calls, storage: Storage) -> None:
        self._calls = calls
        self._storage = storage

    def create_document(self, content_type: str) -> FeedDocument:
        """First step: a place for the content. Harmless to repeat."""
        operation = "createFeedDocument"
        answer = self._calls.write(operation, "POST", _DOCUMENTS, {"contentType": content_type}, repeatable=True)
        said = content(answer)
        return FeedDocument(_text(said, "feedDocumentId", operation, answer), _text(said, "url", operation, answer))

    def upload(self, document: FeedDocument, body: bytes, content_type: str) -> None:
        """Second step: the content, with the content type that the document was made for. Harmless to repeat.

        `AmazonUnavailable` where the address has expired, `PayloadError` where it leads away from Amazon: begin again
        with another document.
        """
        self._storage.put(document.url, body, content_type, record=document.id)

    def create(
        self,
        feed_type: str,
        marketplace_ids: Sequence[str],
        document_id: str,
        options: Mapping[str, str] | None = None,
    ) -> str:
        """Third step, the one that counts: the feed's id. Sent once.

        `AmazonUnavailable` with `outcome_unknown` where Amazon may have taken it: `search` tells.
        """
        operation = "createFeed"
        if not 1 <= len(marketplace_ids) <= 25:
            raise ValueError("a feed is for 1 to 25 marketplaces")
        body: dict[str, Any] = {
            "feedType": feed_type,
            "marketplaceIds": list(marketplace_ids),
            "inputFeedDocumentId": document_id,
        }
        if options:
            body["feedOptions"] = dict(options)
        answer = self._calls.write(operation, "POST", _FEEDS, body)
        return _text(content(answer), "feedId", operation, answer, outcome_unknown=True)

    def get(self, feed_id: str) -> Feed:
        """How far a feed is."""
        answer = self._calls.read("getFeed", f"{_FEEDS}/{segment(feed_id)}")
        return _feed(content(answer), "getFeed", answer)

    def search(self, feed_types: Sequence[str], created_since: datetime) -> tuple[Feed, ...]:
        """All feeds of these types since then, on as many pages as Amazon makes of them: each takes a token."""
        operation = "getFeeds"
        if not 1 <= len(feed_types) <= 10:
            raise ValueError("a search is for 1 to 10 feed types")
        parameters = {
            "feedTypes": ",".join(feed_types),
            "createdSince": moment(created_since),
            "pageSize": "100",
        }
        found: list[Feed] = []
        tokens: set[str] = set()
        while True:
            answer = self._calls.read(operation, _FEEDS, parameters)
            said = content(answer)
            rows, token = said.get("feeds"), said.get("nextToken")
            if not isinstance(rows, list):
                raise empty(operation, answer)
            found += [_feed(row, operation, answer) for row in rows]
            if not token:
                return tuple(found)
            if not isinstance(token, str) or token in tokens:
                raise empty(operation, answer)
            tokens.add(token)
            parameters = {"nextToken": token}  # with anything beside it the call fails

    def result(self, document_id: str) -> bytes:
        """The report about a feed, unpacked; `feed_documents` reads it.

        `PayloadError` where the document is damaged, far too large, or not in Amazon's storage.
        """
        operation = "getFeedDocument"
        answer = self._calls.read(operation, f"{_DOCUMENTS}/{segment(document_id)}")
        said = content(answer)
        url = _text(said, "url", operation, answer)
        return self._storage.get(url, str(said.get("compressionAlgorithm") or ""), record=document_id)[0]


def _feed(row: Any, operation: str, answer: Answer) -> Feed:
    if not isinstance(row, dict):
        raise empty(operation, answer)
    marketplaces = row.get("marketplaceIds")
    result = row.get("resultFeedDocumentId")
    return Feed(
        id=_text(row, "feedId", operation, answer),
        type=_text(row, "feedType", operation, answer),
        status=_text(row, "processingStatus", operation, answer),
        created_at=aware(row.get("createdTime"), operation),
        result_document_id=result if isinstance(result, str) else "",
        marketplace_ids=tuple(map(str, marketplaces)) if isinstance(marketplaces, list) else (),
    )


def _text(said: Mapping[str, Any], key: str, operation: str, answer: Answer, *, outcome_unknown: bool = False) -> str:
    value = said.get(key)
    if not isinstance(value, str) or not value:
        raise empty(operation, answer, outcome_unknown=outcome_unknown)
    return value
