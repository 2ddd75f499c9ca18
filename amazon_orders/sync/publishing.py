"""Quantities on their way to Amazon: a few by call, many by feed, each on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from ..amazon import JSON_TYPE, LISTINGS, MOST_LISTINGS, SEARCH_LIMIT, listings_feed, listings_report
from ..errors import AmazonRejected, AmazonUnavailable, PayloadError
from ..ledger import FeedRow, Quantity
from ..model import MARKETPLACES, MERCHANT_CHANNEL, CommandState, FlowReport, Submission
from .feeding import Feeder
from .linking import Link, countries
from .patience import patiently
from .work import Work

BY_CALL = 1_500
"""More listings than this in one run go by feed."""
SEEN_AFTER = timedelta(minutes=5)
"""When Amazon ought to show a quantity that it took."""


def publish(work: Work, links: Mapping[str, Link], report: FlowReport) -> None:
    """Send what waits. `AmazonThrottled` ends it in peace; the next run goes on there."""
    contents = Quantities(work=work, report=report)
    feeder = Feeder(work=work, contents=contents, report=report)
    feeder.go_on()
    rows = work.ledger.stock.quantities(work.connection.name)
    # A quantity is absolute: one that got no answer is simply sent again, if it is still the right one.
    again = (CommandState.INTENDED, CommandState.UNKNOWN)
    ready = [row for row in rows.values() if row.state in again and row.feed is None and row.seller_sku in links]
    if len(ready) > BY_CALL:
        for feed in contents.fill(ready, links):
            feeder.further(feed)
    else:
        _by_call(work, ready, links, report)
    contents.tell()
    if ready or report.sent:
        _read_back(work, rows.values(), links)


def _country(work: Work, link: Link) -> str:
    """The marketplace through which a listing gets its quantity: the first in which it is."""
    return next((country for country in countries(work) if country in link.marketplaces), countries(work)[0])


def _by_call(work: Work, rows: Iterable[Quantity], links: Mapping[str, Link], report: FlowReport) -> None:
    published: dict[str, int] = {}
    try:
        for row in rows:
            sent = _patch(work, row, _country(work, links[row.seller_sku]), report)
            if sent:
                published[row.seller_sku] = row.wanted
    finally:
        if published and work.hooks.implemented("on_stock_published"):
            work.hooks.on_stock_published(work.connection.name, published)


def _patch(work: Work, row: Quantity, country: str, report: FlowReport) -> bool:
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    work.keeper.keep()
    try:
        said = patiently(
            work,
            work.client.listings.patch_quantity,
            row.seller_sku,
            marketplace_id=MARKETPLACES[country].id,
            quantity=row.wanted,
        )
    except AmazonRejected as error:
        new = replace(row, state=str(CommandState.REFUSED), detail=str(error))
    except AmazonUnavailable as error:
        new = replace(row, state=str(CommandState.UNKNOWN if error.outcome_unknown else row.state), detail=str(error))
    else:
        new = _answered(work, row, said)
    if new.state == CommandState.ACCEPTED:
        report.sent += 1
    else:
        report.failed += 1
    with work.ledger.transaction(work.keeper.lease):
        work.ledger.stock.save_quantities(work.connection.name, [new])
    return new.state == CommandState.ACCEPTED


def _answered(work: Work, row: Quantity, said: Submission) -> Quantity:
    if said.accepted:
        return replace(
            row, state=str(CommandState.ACCEPTED), told=row.wanted, told_at=work.now(), detail="Amazon took it"
        )
    worst = next((issue for issue in said.issues if issue.severity == "ERROR"), None)
    detail = f"{worst.code}: {worst.message}" if worst else f"Amazon answered {said.status}"
    return replace(row, state=str(CommandState.REFUSED), detail=detail)


def _read_back(work: Work, rows: Iterable[Quantity], links: Mapping[str, Link]) -> None:
    """Look at a few of those that were sent before: does Amazon show what it took?"""
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    before = work.now() - SEEN_AFTER
    sample = [
        row
        for row in rows
        if row.state == CommandState.ACCEPTED
        and row.told_at is not None
        and row.told_at <= before
        and row.seller_sku in links
    ][:SEARCH_LIMIT]
    groups: dict[str, list[Quantity]] = defaultdict(list)
    for row in sample:
        groups[_country(work, links[row.seller_sku])].append(row)
    for country, part in groups.items():
        shown = patiently(
            work,
            work.client.listings.search,
            [row.seller_sku for row in part],
            MARKETPLACES[country].id,
        )
        found = []
        for row in part:
            facts = shown.get(row.seller_sku)
            quantity = facts.channels.get(MERCHANT_CHANNEL) if facts is not None else None
            if quantity == row.told:
                found.append(replace(row, state=str(CommandState.VERIFIED), detail="Amazon shows it"))
            elif quantity is not None:
                detail = f"Amazon shows {quantity}: it may have sold since"
                found.append(replace(row, state=str(CommandState.VERIFIED), detail=detail))
        with work.ledger.transaction(work.keeper.lease):
            work.ledger.stock.save_quantities(work.connection.name, found)


@dataclass(kw_only=True, slots=True)
class Quantities:
    """Quantities as the messages of feeds; see `feeding.Contents`."""

    work: Work
    report: FlowReport
    type: str = LISTINGS
    content_type: str = JSON_TYPE
    _published: dict[str, int] = field(default_factory=dict)

    def fill(self, rows: Iterable[Quantity], links: Mapping[str, Link]) -> list[FeedRow]:
        """Put quantities into new feeds, one marketplace in each, and commit that before anything is sent."""
        work = self.work
        assert work.keeper is not None  # noqa: S101 - a dry run never gets here
        groups: dict[str, list[Quantity]] = defaultdict(list)
        for row in rows:
            groups[_country(work, links[row.seller_sku])].append(row)
        feeds = []
        for country, group in groups.items():
            for start in range(0, len(group), MOST_LISTINGS):
                part = group[start : start + MOST_LISTINGS]
                with work.ledger.transaction(work.keeper.lease):
                    feed = work.ledger.feeds.add(work.connection.name, self.type, MARKETPLACES[country].id, len(part))
                    self._save(
                        replace(row, state=str(CommandState.SENT), feed=feed.id, message=number)
                        for number, row in enumerate(part, start=1)
                    )
                feeds.append(feed)
        return feeds

    def body(self, feed: FeedRow) -> bytes | None:
        """The document, from the rows themselves."""
        rows = self._rows(feed)
        return listings_feed(
            self.work.connection.seller_id, "", [(row.message or 0, row.seller_sku, row.wanted) for row in rows]
        )

    def released(self, feed: FeedRow, why: str) -> None:
        """To be sent in another feed."""
        self._save(
            replace(row, state=str(CommandState.INTENDED), feed=None, message=None, detail=why)
            for row in self._rows(feed)
        )

    def refused(self, feed: FeedRow, why: str) -> None:
        """Amazon took none of it."""
        self._save(
            replace(row, state=str(CommandState.REFUSED), feed=None, message=None, detail=why)
            for row in self._rows(feed)
        )

    def unknown(self, feed: FeedRow, why: str) -> None:
        """It may have happened. The next run compares and sends what is right then: a quantity is absolute."""
        self._save(
            replace(row, state=str(CommandState.UNKNOWN), feed=None, message=None, told=None, detail=why)
            for row in self._rows(feed)
        )

    def fits(self, feed: FeedRow, report: bytes) -> bool:
        """Whether a report may be about this feed: of as many messages, and of no SKU that is not in it."""
        found = listings_report(report)
        skus = {row.seller_sku for row in self._rows(feed)}
        return found.processed == feed.messages and {each.sku for each in found.results if each.sku} <= skus

    def read(self, feed: FeedRow, report: bytes) -> str:
        """Each message's own answer."""
        found = listings_report(report)
        rows = self._rows(feed)
        if not found.complete or found.processed < len(rows):
            raise PayloadError(feed.feed, {"messages": f"it speaks of {found.processed} of {len(rows)}"})
        new = []
        for row in rows:
            result = found.result(row.message or 0)
            if result is not None and result.error:
                detail = f"{result.code}: {result.text}" if result.code else result.text
                new.append(replace(row, state=str(CommandState.REFUSED), feed=None, message=None, detail=detail))
                self.report.failed += 1
            else:
                new.append(
                    replace(
                        row,
                        state=str(CommandState.ACCEPTED),
                        told=row.wanted,
                        told_at=self.work.now(),
                        feed=None,
                        message=None,
                        detail="Amazon took it",
                    )
                )
                self._published[row.seller_sku] = row.wanted
        self._save(new)
        return f"{found.successful} of {len(rows)} carried out"

    def tell(self) -> None:
        """Events, after the commit."""
        if self._published and self.work.hooks.implemented("on_stock_published"):
            self.work.hooks.on_stock_published(self.work.connection.name, self._published)

    def _rows(self, feed: FeedRow) -> list[Quantity]:
        rows = self.work.ledger.stock.in_feed(feed.connection, feed.id)
        return sorted(rows, key=lambda row: row.message or 0)

    def _save(self, rows: Iterable[Quantity]) -> None:
        self.work.ledger.stock.save_quantities(self.work.connection.name, rows)
