"""Quantities on their way to Amazon: a few by call, many by feed, each on record."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice

from ..amazon import JSON_TYPE, LISTINGS, MOST_LISTINGS, SEARCH_LIMIT, listings_feed, listings_report
from ..errors import AmazonRejected, AmazonUnavailable, PayloadError
from ..ledger import FeedRow, Quantity
from ..model import MARKETPLACES, MERCHANT_CHANNEL, CommandState, FlowReport
from .feeding import Feeder
from .linking import Link
from .listing_report import LIVE
from .patience import patiently
from .work import Work

_MERCHANT = "merchant"
_NOT_LISTED = 404
BY_CALL = 1_500
"""More listings than this in one run go by feed."""
FEEDS_AT_ONCE, SPACE = 5, timedelta(minutes=5)
"""Amazon takes so many listings feeds of a seller in such a time."""
SEEN_AFTER = timedelta(minutes=5)
"""When Amazon ought to show a quantity that it took."""
SAMPLE = "sample"
"""In the flow's cursor: listings of the last that were sent, to be looked at once Amazon ought to show them."""
_SILENT = 3
"""Calls without an answer, one after the other, after which a run sends no more."""


def publish(work: Work, links: Mapping[str, Link], feeder: Feeder, contents: Quantities) -> None:
    """Send what waits. `AmazonThrottled` ends it in peace; the next run goes on there."""
    rows = work.ledger.stock.quantities(work.connection.name)
    # A quantity is absolute: one that got no answer is simply sent again, if it is still the right one.
    again = (CommandState.INTENDED, CommandState.UNKNOWN)
    ready = [
        row
        for sku, row in rows.items()
        if row.state in again and row.feed is None and sku in links and links[sku].channel == _MERCHANT
    ]
    if len(ready) > BY_CALL:
        for feed in contents.fill(ready, links):
            feeder.further(feed)
    else:
        _by_call(work, ready, links, contents)


def _by_call(work: Work, rows: Iterable[Quantity], links: Mapping[str, Link], contents: Quantities) -> None:
    silent = 0
    for row in rows:
        try:
            _patch(work, row, links[row.seller_sku].marketplaces[0], contents)
        except AmazonUnavailable as error:
            silent += 1
            contents.report.failed += 1
            state = CommandState.UNKNOWN if error.outcome_unknown else CommandState(row.state)
            _keep(work, contents, replace(row, state=str(state), detail=str(error)))
            if silent == _SILENT:
                raise
        else:
            silent = 0


def _patch(work: Work, row: Quantity, country: str, contents: Quantities) -> None:
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
        with work.ledger.transaction(work.keeper.lease):
            contents.save([_refused(row, str(error))])
            if error.status == _NOT_LISTED:
                work.ledger.stock.forget_offers(work.connection.name, [row.seller_sku])
        contents.report.failed += 1
    else:
        if said.accepted:
            contents.report.sent += 1
            with work.ledger.transaction(work.keeper.lease):
                contents.accept([row])
        else:
            contents.report.failed += 1
            worst = next((issue for issue in said.issues if issue.severity == "ERROR"), None)
            why = f"{worst.code}: {worst.message}" if worst else f"Amazon answered {said.status}"
            _keep(work, contents, _refused(row, why))


def _keep(work: Work, contents: Quantities, row: Quantity) -> None:
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    with work.ledger.transaction(work.keeper.lease):
        contents.save([row])


def _refused(row: Quantity, why: str) -> Quantity:
    return replace(row, state=str(CommandState.REFUSED), reason=None, feed=None, message=None, detail=why)


def look_at_sample(work: Work, sample: Iterable[str], links: Mapping[str, Link], *, sent: Iterable[str]) -> list[str]:
    """Look at a few of those that were sent before: does Amazon show what it took? Those to look at the next time."""
    due: dict[str, list[Quantity]] = defaultdict(list)
    left: list[str] = []
    wanted = list(sample)
    rows = work.ledger.stock.quantities(work.connection.name) if wanted else {}
    for sku in wanted:
        row, link = rows.get(sku), links.get(sku)
        if row is None or link is None or row.state != CommandState.ACCEPTED or row.told_at is None:
            continue
        if not link.marketplaces:
            continue
        if work.now() - row.told_at < SEEN_AFTER:
            left.append(sku)
        else:
            due[link.marketplaces[0]].append(row)
    for country, part in due.items():
        left += _compare(work, country, part)
    return left or list(islice(sent, SEARCH_LIMIT))


def _compare(work: Work, country: str, rows: list[Quantity]) -> list[str]:
    """Those that Amazon does not show yet. What it does not show in half an hour it has not taken: it is sent again."""
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    shown = patiently(work, work.client.listings.search, [row.seller_sku for row in rows], MARKETPLACES[country].id)
    found, left = [], []
    for row in rows:
        facts = shown.get(row.seller_sku)
        quantity = facts.channels.get(MERCHANT_CHANNEL) if facts is not None else None
        if quantity is None or row.told is None or row.told_at is None:
            continue
        if quantity == row.told:
            found.append(replace(row, state=str(CommandState.VERIFIED), detail="Amazon shows it"))
        elif work.now() - row.told_at < LIVE:
            left.append(row.seller_sku)
        elif quantity < row.told:
            detail = f"Amazon shows {quantity}: it may have sold since"
            found.append(replace(row, state=str(CommandState.VERIFIED), detail=detail))
        else:
            found.append(replace(row, told=quantity, detail=f"Amazon took {row.told} and shows {quantity}"))
    with work.ledger.transaction(work.keeper.lease):
        work.ledger.stock.save_quantities(work.connection.name, found)
    return left


@dataclass(kw_only=True, slots=True)
class Quantities:
    """Quantities as the messages of feeds; see `feeding.Contents`."""

    work: Work
    report: FlowReport
    type: str = LISTINGS
    content_type: str = JSON_TYPE
    sent: dict[str, int] = field(default_factory=dict)
    """What Amazon took in this run: seller SKU -> quantity."""

    def fill(self, rows: Iterable[Quantity], links: Mapping[str, Link]) -> list[FeedRow]:
        """Put quantities into new feeds, one marketplace in each, and commit that before anything is sent.

        No more feeds than Amazon takes: what is left is decided anew, and sent, by a later run.
        """
        work = self.work
        assert work.keeper is not None  # noqa: S101 - a dry run never gets here
        groups: dict[str, list[Quantity]] = defaultdict(list)
        for row in rows:
            groups[links[row.seller_sku].marketplaces[0]].append(row)
        free = FEEDS_AT_ONCE - work.ledger.stock.feeds_lately(work.connection.name, self.type, work.now() - SPACE)
        feeds: list[FeedRow] = []
        for country, group in groups.items():
            for start in range(0, len(group), MOST_LISTINGS):
                if len(feeds) >= free:
                    self.report.next_due = work.now() + SPACE
                    return feeds
                part = group[start : start + MOST_LISTINGS]
                with work.ledger.transaction(work.keeper.lease):
                    feed = work.ledger.feeds.add(work.connection.name, self.type, MARKETPLACES[country].id, len(part))
                    self.save(
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
        self.save(
            replace(row, state=str(CommandState.INTENDED), feed=None, message=None, detail=why)
            for row in self._rows(feed)
        )

    def refused(self, feed: FeedRow, why: str) -> None:
        """Amazon took none of it."""
        self.save(_refused(row, why) for row in self._rows(feed))

    def unknown(self, feed: FeedRow, why: str) -> None:
        """It may have happened. The next run compares and sends what is right then: a quantity is absolute."""
        self.save(
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
        new, taken = [], []
        for row in rows:
            result = found.result(row.message or 0)
            if result is not None and result.error:
                detail = f"{result.code}: {result.text}" if result.code else result.text
                new.append(_refused(row, detail))
                self.report.failed += 1
            else:
                taken.append(row)
        self.save(new)
        self.accept(taken)
        return f"{found.successful} of {len(rows)} carried out"

    def accept(self, rows: Iterable[Quantity]) -> None:
        """Amazon took these."""
        state, at, detail = str(CommandState.ACCEPTED), self.work.now(), "Amazon took it"
        taken = [
            replace(row, state=state, reason=None, told=row.wanted, told_at=at, feed=None, message=None, detail=detail)
            for row in rows
        ]
        self.save(taken)
        self.sent |= {row.seller_sku: row.wanted for row in taken}

    def tell(self) -> None:
        """Events, after the commit."""
        if self.sent and self.work.hooks.implemented("on_stock_published"):
            self.work.hooks.on_stock_published(self.work.connection.name, self.sent)

    def _rows(self, feed: FeedRow) -> list[Quantity]:
        rows = self.work.ledger.stock.in_feed(feed.connection, feed.id)
        return sorted(rows, key=lambda row: row.message or 0)

    def save(self, rows: Iterable[Quantity]) -> None:
        """Write rows as they are now."""
        self.work.ledger.stock.save_quantities(self.work.connection.name, rows)
