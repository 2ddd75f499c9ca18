"""What Amazon says about the messages of a feed: its XML and its JSON report, read with suspicion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ..errors import PayloadError
from .parsing import parse
from .refusals import short

_NO_ERRORS = frozenset({"warning", "info", "information"})


@dataclass(frozen=True, kw_only=True, slots=True)
class FeedResult:
    """What Amazon says about one message."""

    message_id: int
    """0: about the whole feed."""
    error: bool
    code: str = ""
    text: str = ""
    """Amazon's words, cut."""
    sku: str = ""
    amazon_order_id: str = ""
    order_item_id: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ProcessingReport:
    """The report about one feed."""

    processed: int
    successful: int
    with_error: int
    with_warning: int
    results: tuple[FeedResult, ...] = field(default=(), repr=False)
    finished: bool = True
    """Whether Amazon says that it is complete."""
    _worst: dict[int, FeedResult] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        for row in self.results:
            known = self._worst.get(row.message_id)
            if known is None or (row.error and not known.error):
                self._worst[row.message_id] = row

    @property
    def complete(self) -> bool:
        """Whether a message without a row was carried out: every failure that is counted has its row.

        What counts none of its messages as carried out and names a fault of the whole feed is complete as well.
        """
        failed = sum(row.error for number, row in self._worst.items() if number)
        about_all = 0 in self._worst and self._worst[0].error
        return self.finished and (failed >= self.with_error or (about_all and not self.successful))

    def result(self, message_id: int) -> FeedResult | None:
        """The worst that is said about a message. `None`, in a report that is complete: it was carried out."""
        about_all = self._worst.get(0)
        own = self._worst.get(message_id)
        if own is not None and (own.error or about_all is None):
            return own
        if about_all is not None and about_all.error and not self.successful:
            return about_all
        return own


def processing_report(body: bytes) -> ProcessingReport:
    """The XML report. `PayloadError` where it is cut off, is none, or tries what XML should not."""
    try:
        root = fromstring(body, forbid_dtd=True)
    except DefusedXmlException:
        raise _unreadable("has a document type or an entity, which Amazon never sends", retryable=False) from None
    except (ParseError, ValueError, LookupError, RecursionError):
        raise _unreadable("is no whole XML") from None
    found = root if root.tag.endswith("ProcessingReport") else root.find(".//{*}ProcessingReport")
    summary = found.find("{*}ProcessingSummary") if found is not None else None
    if found is None or summary is None:
        raise _unreadable("holds no processing report")
    return ProcessingReport(
        processed=_number(_inside(summary, "MessagesProcessed"), "MessagesProcessed"),
        successful=_number(_inside(summary, "MessagesSuccessful"), "MessagesSuccessful"),
        with_error=_number(_inside(summary, "MessagesWithError"), "MessagesWithError"),
        with_warning=_number(_inside(summary, "MessagesWithWarning"), "MessagesWithWarning"),
        results=tuple(_row(row) for row in found.iterfind("{*}Result")),
        finished=_inside(found, "StatusCode").lower() == "complete",
    )


def listings_report(body: bytes) -> ProcessingReport:
    """The JSON report about a listings feed. `PayloadError` where it is cut off, or is none."""
    try:
        document = parse(body)
    except (ValueError, RecursionError):
        raise _unreadable("is no whole JSON") from None
    summary = document.get("summary") if isinstance(document, dict) else None
    issues = document.get("issues") if isinstance(document, dict) else None
    if not isinstance(summary, dict) or not isinstance(issues, list):
        raise _unreadable("holds no processing report")
    return ProcessingReport(
        processed=_number(summary.get("messagesProcessed"), "messagesProcessed"),
        successful=_number(summary.get("messagesAccepted"), "messagesAccepted"),
        with_error=_number(summary.get("messagesInvalid"), "messagesInvalid"),
        with_warning=_number(summary.get("warnings"), "warnings"),
        results=tuple(_issues(issues)),
    )


def _row(row: Element) -> FeedResult:
    about = row.find("{*}AdditionalInfo")
    return FeedResult(
        message_id=_number(_inside(row, "MessageID") or "0", "MessageID"),
        error=_inside(row, "ResultCode").lower() not in _NO_ERRORS,
        code=short(_inside(row, "ResultMessageCode"), 60),
        text=short(_inside(row, "ResultDescription"), 300),
        sku=_inside(about, "SKU"),
        amazon_order_id=_inside(about, "AmazonOrderID"),
        order_item_id=_inside(about, "AmazonOrderItemCode"),
    )


def _issues(rows: list[Any]) -> Iterable[FeedResult]:
    for row in rows:
        if not isinstance(row, dict):
            raise _unreadable("holds an issue that is none")
        sku, severity = row.get("sku"), row.get("severity")
        yield FeedResult(
            message_id=_number(row.get("messageId", 0), "messageId"),
            error=not isinstance(severity, str) or severity.lower() not in _NO_ERRORS,
            code=short(row.get("code"), 60),
            text=short(row.get("message"), 300),
            sku=sku if isinstance(sku, str) else "",
        )


def _inside(parent: Element | None, name: str) -> str:
    found = parent.find(f"{{*}}{name}") if parent is not None else None
    return (found.text or "").strip() if found is not None else ""


def _number(value: Any, name: str) -> int:
    if type(value) is int and 0 <= value < 10**12:
        return value
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 12:
        return int(value)
    raise PayloadError("processing report", {name: "is no number"})


def _unreadable(what: str, *, retryable: bool = True) -> PayloadError:
    return PayloadError("processing report", {"document": what}, retryable=retryable)
