"""Decides whether an order concerns the store at all, before its amounts and products are looked at."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

from ..model import (
    BY_ID,
    MARKETPLACES,
    Answer,
    Connection,
    FulfilledBy,
    Hold,
    Order,
    Reason,
    Reserve,
    Skip,
    Status,
    TraceStep,
)
from .sku import short

_WAITING = (Status.PENDING, Status.PENDING_AVAILABILITY)
_PAYABLE = (Status.UNSHIPPED, Status.PARTIALLY_SHIPPED, Status.SHIPPED)


def moment(value: datetime | str | None) -> datetime | None:
    """A connection's time, which is text until the connection is checked."""
    return datetime.fromisoformat(value) if isinstance(value, str) else value


def intake(
    order: Order, connection: Connection, *, accept: Answer[Skip | Hold] | None = None
) -> Skip | Hold | Reserve | None:
    """What is already clear about `order`; `None` where it is payable and goes on to `place`.

    `accept` is a plugin's answer. It counts for orders that the built-in rule would take, so that a plugin cannot
    hold what is cancelled or another channel's. A waiting order can be skipped by a plugin; to hold it is too early.
    """
    mine = _whose(order, connection)
    if mine is not None:
        return mine
    by_amazon = order.fulfilled_by == FulfilledBy.AMAZON
    status = order.status
    if status == Status.CANCELLED:
        return _skip(Reason.CANCELLED, "Amazon cancelled it before it reached the store")
    if status == Status.UNFULFILLABLE:
        return _skip(Reason.UNFULFILLABLE, "Amazon says that it cannot be fulfilled")
    waiting = status in _WAITING
    if by_amazon and (waiting or status in (Status.UNSHIPPED, Status.PARTIALLY_SHIPPED)):
        return _skip(
            Reason.NOT_SHIPPED_YET, f"fulfilled by Amazon and {status}: taken when Amazon has shipped all of it"
        )
    if not waiting and status not in _PAYABLE:
        what = f"status {short(status)!r}" if status else "no status"
        return _hold(f"Amazon sent {what}; this version does not know what that means for the store")
    if accept is not None:
        refused = _by_plugin(accept, waiting=waiting)
        if refused is not None:
            return refused
    if waiting:
        step = TraceStep(
            "intake", Reason.PENDING, f"{status}: the buyer's payment is not through, prices are not known"
        )
        return Reserve(trace=(step,))
    return None


def _whose(order: Order, connection: Connection) -> Skip | Hold | None:
    """The reasons why an order is not this connection's, whatever its status."""
    if order.channel == "NON_AMAZON":
        return _skip(Reason.NOT_AMAZON, "sold through another channel, only shipped by Amazon")
    row = BY_ID.get(order.marketplace_id)
    if not order.marketplace_id:
        return _hold("Amazon did not say in which marketplace it was sold")
    if row is None:  # the search names the connection's marketplaces, so this one may well be one of them
        return _hold(f"marketplace {short(order.marketplace_id)!r} is not in the library's list")
    if row.country not in connection.marketplaces:
        return _skip(Reason.OTHER_MARKETPLACE, f"sold in {row.country}; the connection takes {_listed(connection)}")
    if connection.level == "stock_only":
        return _skip(Reason.STOCK_ONLY, "level = stock_only: orders stay out of the store")
    if order.fulfilled_by not in (FulfilledBy.MERCHANT, FulfilledBy.AMAZON):
        by = order.fulfilled_by
        what = f"fulfilled by {short(by)!r}" if by else "nothing about who fulfils it"
        return _hold(f"Amazon sent {what}; this version does not know what that means for the store")
    if connection.fulfillment not in ("all", order.fulfilled_by.lower()):
        return _skip(
            Reason.OTHER_FULFILMENT,
            f"fulfilled by {order.fulfilled_by.lower()}; fulfillment = {connection.fulfillment}",
        )
    start = moment(connection.sync_from)
    if start is not None and order.created_at < start:
        created = order.created_at.isoformat(timespec="seconds")
        return _skip(Reason.BEFORE_START, f"created {created}; sync_from is {start.isoformat(timespec='seconds')}")
    return None


def _by_plugin(accept: Answer[Skip | Hold], *, waiting: bool) -> Skip | Hold | None:
    value, plugin = accept.value, accept.plugin
    if isinstance(value, Skip):
        step = TraceStep("intake", value.reason, value.detail, plugin)
        return Skip(reason=value.reason, detail=value.detail, trace=(*value.trace, step))
    if waiting:
        return None
    step = TraceStep("intake", value.reason, value.detail, plugin)
    return Hold(reason=value.reason, detail=value.detail, balance=value.balance, trace=(*value.trace, step))


def _skip(reason: Reason, detail: str) -> Skip:
    return Skip(reason=reason, detail=detail, trace=(TraceStep("intake", reason, detail),))


def _hold(detail: str) -> Hold:
    reason = Reason.NOT_YET_SUPPORTED
    return Hold(reason=reason, detail=detail, trace=(TraceStep("intake", reason, detail),))


def _listed(connection: Connection) -> str:
    return ", ".join(country for country in MARKETPLACES if country in connection.marketplaces) or "none"


@lru_cache(maxsize=256)
def payable(status: str, fulfilled_by: str, country: str) -> TraceStep:
    """The trace of an order that goes on. Few combinations exist, and every order needs one."""
    return TraceStep("intake", "payable", f"{status}, fulfilled by {fulfilled_by.lower()}, sold in {country}")
