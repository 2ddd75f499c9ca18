"""Proof that Amazon has what it was told: its answer alone is none, what it shows afterwards is."""

from __future__ import annotations

from datetime import datetime, timedelta

from ..errors import AmazonRejected, AmazonUnavailable, PayloadError
from ..ledger import Command as Row
from ..ledger import Sale
from ..model import CommandKind, CommandState, Confirm, FlowReport, Order, Package, Reason, Status
from . import carrier_share
from .attention import close
from .looking import SILENT_IN_A_ROW
from .patience import patiently
from .selling import amazon_order
from .steps import command_of, move, name_of
from .work import Work

LOOKS = (timedelta(minutes=1), timedelta(minutes=10), timedelta(minutes=30))
"""When to look whether Amazon shows a package, after it took the confirmation."""
SURE_AFTER = timedelta(minutes=2)
"""What got no answer and is not at Amazon by then has not arrived."""


class Asking:
    """Orders as Amazon shows them now, each asked for once. Where it stays silent, the rest waits for the next run."""

    def __init__(self, work: Work, report: FlowReport) -> None:
        self._work = work
        self._report = report
        self._found: dict[str, Order | None] = {}
        self._silent = 0

    def order(self, order_id: str) -> Order | None:
        """The order; `None` where Amazon does not show it. `AmazonThrottled` where the quota is used up."""
        if order_id not in self._found and self._silent < SILENT_IN_A_ROW:
            self._found[order_id] = self._ask(order_id)
        return self._found.get(order_id)

    def _ask(self, order_id: str) -> Order | None:
        try:
            order = patiently(self._work, self._work.client.get_order, order_id).order()
        except AmazonUnavailable:
            self._silent += 1
        except (AmazonRejected, PayloadError):
            pass  # of this order alone
        else:
            self._silent = 0
            return order
        self._report.failed += 1
        return None


def prove(work: Work, rows: list[Row], report: FlowReport) -> None:
    """Look whether Amazon shows what was sent: in the records that the order sync has read, else, when due, by asking.

    What was on its way when a process died counts as unknown.
    """
    open_rows = [row for row in rows if row.state in (CommandState.SENT, CommandState.ACCEPTED, CommandState.UNKNOWN)]
    if not open_rows:
        return
    sales = work.ledger.sales.by_id(work.connection.name, {row.amazon_order_id for row in open_rows})
    asking = Asking(work, report)
    versions: dict[tuple[str, str], list[Row]] = {}
    for row in open_rows:
        if row.sent_at is not None and row.amazon_order_id in sales:
            versions.setdefault((row.amazon_order_id, row.cause), []).append(row)
    for *older, newest in versions.values():
        # Amazon shows the newest word on a package; where it does, those before it have nothing left to prove.
        if _prove(work, newest, sales[newest.amazon_order_id], asking, report):
            for row in older:
                move(work, row, CommandState.VERIFIED, detail=f"Amazon has a newer word on {name_of(row)}")


def _prove(work: Work, row: Row, sale: Sale, asking: Asking, report: FlowReport) -> bool:
    """Whether Amazon shows the package of one command."""
    if row.state == CommandState.SENT and row.road == "call":
        lost = move(work, row, CommandState.UNKNOWN, detail="no answer is on record", next_due=work.now())
        if lost is None:
            return False
        row = lost
    if _may_show(sale, row) and _settle(work, row, amazon_order(work, sale), report):
        return True
    if row.road == "feed" and row.state == CommandState.SENT:
        return False  # the feed's report says more
    if row.next_due is None or not work.is_due(row.next_due):
        return False
    order = asking.order(row.amazon_order_id)
    if order is None:
        return False
    if _settle(work, row, order, report):
        return True
    if row.next_due <= work.now():
        _not_there(work, row)
    return False


def _may_show(sale: Sale, row: Row) -> bool:
    """Whether the record that is kept can show this version of the command: an older one shows the version before."""
    assert row.sent_at is not None  # noqa: S101 - only what was sent is looked for
    return sale.record is not None and (row.version == 1 or sale.updated_at >= row.sent_at)


def _settle(work: Work, row: Row, order: Order, report: FlowReport) -> bool:
    """Whether Amazon shows the package; then the command is proved."""
    shown = _shown(work, row, order)
    if shown is None:
        return False
    command = command_of(work, row, {})  # what is kept is erased with the last step
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    with work.ledger.transaction(work.keeper.lease):
        moved = work.ledger.outbox.move(row, CommandState.VERIFIED, detail=f"Amazon shows {name_of(row)}")
        if moved and row.state != CommandState.ACCEPTED and row.reason is None:
            carrier_share.count(work, row, command)  # no answer has counted it
    if moved:
        report.changed += 1
        _close(work, row)
        if work.hooks.implemented("on_shipment_confirmed"):
            work.hooks.on_shipment_confirmed(
                work.connection.name, row.amazon_order_id, row.store_ref, str(row.number or shown.package_reference_id)
            )
    return True


def _close(work: Work, row: Row) -> None:
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    with work.ledger.transaction(work.keeper.lease):
        close(work, row.amazon_order_id, Reason.NOT_VERIFIED, Reason.AMAZON_REFUSED)


def _shown(work: Work, row: Row, order: Order) -> Package | None:
    """The package of a command among those that Amazon shows: by its number, or, sent by feed, by what is in it."""
    command = command_of(work, row, {})
    tracking = command.tracking if isinstance(command, Confirm) else ""
    found = [package for package in order.packages if not tracking or _folded(package.tracking) == _folded(tracking)]
    if row.road == "call":
        return next((package for package in found if package.package_reference_id == str(row.number)), None)
    units = {each.order_item_id: each.quantity for each in row.units}
    found = [package for package in found if dict(package.items) == units]
    if not found or tracking:
        return found[0] if found else None
    # Equal packages without a number are told apart by how many there are: each proves one of the commands.
    proved = {
        each.cause
        for each in work.ledger.outbox.of(work.connection.name, {row.amazon_order_id}).get(row.amazon_order_id, [])
        if each.kind == CommandKind.CONFIRM and each.cause != row.cause and each.state == CommandState.VERIFIED
        and set(each.units) == set(row.units)
    }  # fmt: skip
    return found[len(proved)] if len(found) > len(proved) else None


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _not_there(work: Work, row: Row) -> None:
    """Amazon does not show it. Taken: look again, thrice at most. Unanswered: it did not arrive, so it goes again."""
    assert row.sent_at is not None  # noqa: S101 - only what was sent is looked for
    if row.state == CommandState.UNKNOWN:
        if row.reason is not None:
            move(work, row, CommandState.UNKNOWN, detail=row.detail, next_due=tomorrow(work))
        elif row.road == "call" and work.now() - row.sent_at >= SURE_AFTER:
            move(
                work, row, CommandState.INTENDED,
                detail=f"Amazon does not have {name_of(row)}: sent again under the same number",
            )  # fmt: skip
        return
    looks = row.attempts + 1
    if looks < len(LOOKS):
        move(
            work, row, CommandState.ACCEPTED,
            detail="Amazon does not show it yet", attempts=looks, next_due=_next_look(work, row, looks),
        )  # fmt: skip
        return
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    with work.ledger.transaction(work.keeper.lease):
        detail = f"Amazon took {name_of(row)} and does not show it after {looks} looks."
        work.ledger.outbox.move(
            row, CommandState.UNKNOWN, detail=detail, reason=str(Reason.NOT_VERIFIED), next_due=tomorrow(work)
        )
        work.ledger.inbox.open(work.connection.name, row.amazon_order_id, str(Reason.NOT_VERIFIED), detail)


def _next_look(work: Work, row: Row, looks: int) -> datetime:
    """Counted from the call; a feed may have taken its time, and only its report began the count."""
    assert row.sent_at is not None  # noqa: S101 - only what was sent is looked for
    return row.sent_at + LOOKS[looks] if row.road == "call" else work.now() + LOOKS[looks] - LOOKS[looks - 1]


def tomorrow(work: Work) -> datetime | None:
    """The order sync reads an open order again once a day; where its records are not kept, Amazon is asked as often."""
    return None if work.ledger.can_keep_personal_data else work.now() + timedelta(days=1)


# Cancellations.


def prove_cancellations(work: Work, report: FlowReport) -> None:
    """Look whether Amazon shows what it was told to cancel."""
    name = work.connection.name
    open_rows = [
        row
        for kind in (CommandKind.CANCEL, CommandKind.CANCEL_UNITS)
        for row in work.ledger.outbox.open(name, kind)
        if row.state in (CommandState.ACCEPTED, CommandState.UNKNOWN)
    ]
    sales = work.ledger.sales.by_id(name, {row.amazon_order_id for row in open_rows})
    asking = Asking(work, report)
    for row in open_rows:
        sale = sales.get(row.amazon_order_id)
        if sale is None:
            continue
        order = amazon_order(work, sale) if sale.record is not None else None
        due = row.next_due is not None and row.next_due <= work.now()
        asks = row.next_due is not None and work.is_due(row.next_due)
        if not _is_cancelled(row, order) and asks and row.sent_at is not None:
            order = asking.order(row.amazon_order_id)
            due = due and order is not None
        if _is_cancelled(row, order):
            if move(work, row, CommandState.VERIFIED, detail="Amazon shows it") is not None:
                report.changed += 1
                _close(work, row)
        elif due:
            _not_there(work, row)


def _is_cancelled(row: Row, order: Order | None) -> bool:
    if order is None:
        return False
    if row.kind == CommandKind.CANCEL or order.status == Status.CANCELLED:
        return order.status == Status.CANCELLED
    lines = {line.order_item_id: line for line in order.lines}
    return all(
        each.order_item_id in lines and (lines[each.order_item_id].quantity_unfulfilled or 0) == 0 for each in row.units
    )


def settle(work: Work) -> None:
    """Close what the inbox says of commands that came to nothing, where Amazon shows as done what they were for."""
    assert work.keeper is not None  # noqa: S101 - a dry run never gets here
    name = work.connection.name
    entries = {
        (entry.amazon_order_id, entry.reason)
        for entry in work.ledger.inbox.list(name)
        if entry.reason in (Reason.AMAZON_REFUSED, Reason.NOT_VERIFIED)
    }
    ids = {order_id for order_id, _ in entries}
    rows, sales = work.ledger.outbox.of(name, ids), work.ledger.sales.by_id(name, ids)
    for order_id, reason in entries:
        sale = sales.get(order_id)
        newest = {(row.kind == CommandKind.CONFIRM, row.cause): row for row in rows.get(order_id, [])}
        open_ones = [row for row in newest.values() if row.reason == reason]
        if sale is None or sale.record is None or not open_ones:
            continue
        order = amazon_order(work, sale)
        if all(_is_done(row, order) for row in open_ones):
            with work.ledger.transaction(work.keeper.lease):
                work.ledger.inbox.close(name, order_id, reason)


def _is_done(row: Row, order: Order) -> bool:
    match row.kind:
        case CommandKind.CONFIRM:
            return order.status == Status.SHIPPED
        case CommandKind.CANCEL | CommandKind.CANCEL_UNITS:
            return _is_cancelled(row, order)
        case _:
            return False
