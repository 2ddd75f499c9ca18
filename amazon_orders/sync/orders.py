"""The orders flow: try again what waits, read what Amazon changed, look at older layers again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ..amazon import OrderPage, OrderQuery, RawOrder
from ..errors import AdapterBug, AmazonError, AmazonRejected, AmazonThrottled, StoreError, StoreUnavailable
from ..ledger import LOOK_BACK, Cursor
from ..model import MARKETPLACES, FlowReport, FulfilledBy, Status
from .again import try_again
from .daily import read_again
from .doubles import look_for_doubles
from .page import process
from .pages import Pages
from .reading import remember_refusals, search
from .reserving import ask_again
from .ship_by import expired, tell_risks
from .work import Work

FLOW = "orders"
OVERLAP = timedelta(minutes=10)
"""Each window begins this much before the last one ended: Amazon shows some changes minutes late."""
TOKEN_LIFE = timedelta(hours=23)
"""Amazon keeps a page token for 24 hours."""
_UNTIL = "until"


@dataclass(frozen=True, kw_only=True, slots=True)
class Layer:
    """An older span of time that is looked at again now and then, for changes Amazon made without saying so."""

    flow: str
    every: timedelta
    span: timedelta
    statuses: tuple[str, ...] = ()


LAYERS = (
    # Amazon cancels pending orders without moving their update time; cancelled ones are few, so this costs one call.
    Layer(flow="orders.cancelled", every=timedelta(hours=1), span=timedelta(days=30), statuses=(Status.CANCELLED,)),
    Layer(flow="orders.4h", every=timedelta(hours=1), span=timedelta(hours=4)),
    Layer(flow="orders.5d", every=timedelta(days=1), span=timedelta(days=5)),
)
_HALF_A_BUCKET = 10
"""Tokens of searchOrders (its burst is 20) that older layers leave for new orders."""


def sync_orders(work: Work, report: FlowReport) -> None:
    """One run of the flow. Throttling ends it early and in peace: `report.next_due` says when to go on."""
    work.remember()
    remember_refusals(work)
    try:
        _read_everything(work, report)
    except AmazonThrottled as error:
        _until_there_is_quota(work, error, report)
    except (AmazonError, StoreError):
        tell_risks(work)  # time runs on, whatever Amazon and the store do
        raise
    tell_risks(work)
    _say_what_waits(work, report)
    _say_what_the_adapter_did(work, report)


def _read_everything(work: Work, report: FlowReport) -> None:
    before = work.ledger.cursors.get(work.connection.name, FLOW)
    first = before is None or before.last_success is None
    if work.keeper is not None:
        ask_again(work)
    down = _try_again(work, report)
    work.leave_waiting = down is not None
    _read_changes(work, report)
    for layer in LAYERS:
        if first:
            _mark_looked(work, layer)
        else:
            _look_again(work, layer, report)
    _look_back(work, report)
    if not first:
        read_again(work, report, expired(work))
    look_for_doubles(work)
    if down is not None and not (report.placed or report.changed or report.cancelled):
        raise down


def _try_again(work: Work, report: FlowReport) -> StoreUnavailable | None:
    """Orders that wait must not keep new ones out: if the store gives no answer to them, the run goes on at first."""
    try:
        try_again(work, report)
    except StoreUnavailable as error:
        return error
    return None


def _until_there_is_quota(work: Work, error: AmazonThrottled, report: FlowReport) -> None:
    report.next_due = work.now() + timedelta(seconds=error.retry_after)
    if work.keeper is not None:
        with work.ledger.transaction(work.keeper.lease):
            work.ledger.cursors.save(replace(_cursor(work, FLOW), next_due=report.next_due))
    if not report.calls and not report.seen and not work.client.calls:
        tell_risks(work)
        raise error
    report.throttled += 1


def _say_what_waits(work: Work, report: FlowReport) -> None:
    report.waiting, report.next_try = work.ledger.counts.tries(work.connection.name, work.now())


def _say_what_the_adapter_did(work: Work, report: FlowReport) -> None:
    """Where every order of a run failed by a fault of the adapter, that is the adapter's failure, not the orders'."""
    if not work.bugs or report.placed or report.changed or report.cancelled or report.held:
        return
    first = work.bugs[0]
    raise AdapterBug(
        f"Every order of this run failed, {len(work.bugs)} of {len(work.bugs)}, by a fault of the adapter: "
        f"{first.message}. None is lost; they are tried again by themselves. Its author has to mend it.",
        hook=first.hook,
        plugin=first.plugin,
        record=work.connection.name,
    )


def _read_changes(work: Work, report: FlowReport) -> None:
    cursor = _cursor(work, FLOW)
    start = cursor.watermark - OVERLAP if cursor.watermark else _sync_from(work)
    _sweep(work, cursor, start, (), report)


def _look_again(work: Work, layer: Layer, report: FlowReport) -> None:
    cursor = _cursor(work, layer.flow)
    now = work.now()
    if not cursor.page_token and cursor.last_success is not None and now - cursor.last_success < layer.every:
        return
    if work.client.tokens_left("searchOrders") <= _HALF_A_BUCKET:
        return
    _sweep(work, cursor, max(now - layer.span, _sync_from(work)), layer.statuses, report, spare=_HALF_A_BUCKET)


def _look_back(work: Work, report: FlowReport) -> None:
    """Read everything once more, beside the changes, where the settings were widened since it was read."""
    cursor = work.ledger.cursors.get(work.connection.name, LOOK_BACK)
    if cursor is None or (cursor.last_success is not None and not cursor.page_token):
        return
    if work.client.tokens_left("searchOrders") > _HALF_A_BUCKET:
        _sweep(work, cursor, _sync_from(work), (), report, spare=_HALF_A_BUCKET)


def _mark_looked(work: Work, layer: Layer) -> None:
    """The first run reads everything, so the older layers are fresh; only silent cancellations are not known to be."""
    if work.keeper is None or layer.statuses:
        return
    with work.ledger.transaction(work.keeper.lease):
        work.ledger.cursors.save(replace(_cursor(work, layer.flow), last_success=work.now()))


def _sweep(
    work: Work, cursor: Cursor, start: datetime, statuses: tuple[str, ...], report: FlowReport, spare: int = 0
) -> None:
    """Read one window to its end, page by page; a token that was saved goes on where the last run stopped."""
    token, pages = "", Pages(work, report, cursor.flow)
    if cursor.page_token and cursor.page_token_at and work.now() - cursor.page_token_at < TOKEN_LIFE:
        token, start = cursor.page_token, cursor.window_from or start
    while True:
        if not token:
            start = min(start, work.client.latest_bound())
        try:
            page = search(work, _query(work, start, statuses), token or None)
        except AmazonRejected:
            # The token is too old, or was made under other settings: read the window from its start. Without one, our
            # clock may be fast, which this answer has told: begin earlier.
            if not token and start <= work.client.latest_bound():
                raise
            token = ""
            cursor = replace(cursor, page_token="", counters={})
            continue
        fresh = _fresh(work, page, report)
        token = page.next_token or ""
        cursor = saved = _moved(cursor, page, start, token, work.now(), work.client.amazon_now())
        ready = _Next(work, token, spare)

        def save(saved: Cursor = saved, ready: _Next = ready) -> None:
            work.ledger.cursors.save(saved)
            ready.take()

        process(work, fresh, report, also=save)
        pages.done()
        if not token or not ready.go_on:
            return


@dataclass(slots=True)
class _Next:
    """Whether there is a token of the quota for the next page: taken in the transaction that records this one."""

    work: Work
    page_token: str
    spare: int
    go_on: bool = True

    def take(self) -> None:
        if not self.page_token:
            return
        if self.spare and self.work.client.tokens_left("searchOrders") <= self.spare:
            self.go_on = False
            return
        self.work.client.reserve("searchOrders")


def _fresh(work: Work, page: OrderPage, report: FlowReport) -> list[RawOrder]:
    """The records that the ledger does not know in this very form."""
    records = page.records(work.ledger.orders.known(work.connection.name, page.digests(), due_too=work.leave_waiting))
    fresh = [raw for raw in records if not raw.unchanged]
    report.seen += len(records)
    report.unchanged += len(records) - len(fresh)
    return fresh


def _moved(cursor: Cursor, page: OrderPage, start: datetime, token: str, now: datetime, amazon_now: datetime) -> Cursor:
    """The cursor after a page. Its watermark moves only at the window's end, to what Amazon says it has shown.

    Of all pages the earliest counts: should Amazon reckon its bound anew for each, what changed between two of them
    belongs to the next window. Nobody has shown what is still to come, whatever the answer says.
    """
    before = cursor.counters.get(_UNTIL) if cursor.page_token else None
    known = [moment for moment in (_moment(before), page.last_updated_before) if moment is not None]
    until = min([*known, amazon_now]) if known else None
    if token:
        counters = {_UNTIL: until.isoformat()} if until else {}
        return replace(cursor, window_from=start, page_token=token, page_token_at=now, counters=counters)
    return replace(
        cursor,
        watermark=until or cursor.watermark,
        counters={},
        window_from=None,
        page_token="",
        page_token_at=None,
        last_success=now,
        next_due=None,
    )


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def _query(work: Work, start: datetime, statuses: Iterable[str]) -> OrderQuery:
    connection = work.connection
    by = {"merchant": FulfilledBy.MERCHANT, "amazon": FulfilledBy.AMAZON}.get(connection.fulfillment, "")
    return OrderQuery(
        last_updated_after=start,
        marketplace_ids=tuple(MARKETPLACES[country].id for country in connection.marketplaces),
        fulfilled_by=str(by),
        statuses=tuple(str(status) for status in statuses),
    )


def _cursor(work: Work, flow: str) -> Cursor:
    return work.ledger.cursors.get(work.connection.name, flow) or Cursor(connection=work.connection.name, flow=flow)


def _sync_from(work: Work) -> datetime:
    start = work.connection.sync_from
    assert isinstance(start, datetime)  # noqa: S101 - set when the connection is saved; this tells the type checker
    return start
