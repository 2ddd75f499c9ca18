"""Promises about what the shop's staff cancelled and gave back."""

from __future__ import annotations

from decimal import Decimal

from ..model import Placed, Refund
from .desk import Desk, Resting, promise

CANCELLATIONS = "store_list_cancellations"
REFUNDS = "store_list_refunds"


class TellingCancellations:
    """`store_list_cancellations`, optional."""

    def test_a_cancellation_is_told(self, desk: Desk) -> None:
        placed = _cancelled(desk)
        promise(
            desk.told(CANCELLATIONS, placed.ref), f"{CANCELLATIONS} does not tell an order that the staff cancelled"
        )

    def test_a_cancellation_tells_its_reason(self, desk: Desk) -> None:
        placed = _cancelled(desk)
        reason = desk.first(CANCELLATIONS, placed.ref).reason
        promise(reason == "No stock", f"{CANCELLATIONS} tells the reason {reason!r}, the staff said 'No stock'")

    def test_a_cancellation_keeps_its_id(self, desk: Desk) -> None:
        placed = _cancelled(desk)
        first, again = desk.first(CANCELLATIONS, placed.ref), desk.first(CANCELLATIONS, placed.ref)
        promise(first.id == again.id, f"{CANCELLATIONS} tells one cancellation under two ids")

    def test_a_cancellation_is_told_at_its_own_time(self, desk: Desk) -> None:
        placed = _cancelled(desk)
        changed = desk.first(CANCELLATIONS, placed.ref).updated_at
        promise(
            desk.told(CANCELLATIONS, placed.ref, changed),
            f"{CANCELLATIONS} leaves out a cancellation whose updated_at is just since",
        )

    def test_cancelled_units_are_told_as_units(self, desk: Desk) -> None:
        desk.needs(CANCELLATIONS)
        order, placed = desk.given(desk.line("30.00", 3))
        desk.does("cancel", placed.ref, {order.lines[0].order_item_id: 1}, "No stock")
        units = sum(line.quantity for line in desk.first(CANCELLATIONS, placed.ref).lines)
        promise(units == 1, f"the staff cancelled 1 of 3 units, and {CANCELLATIONS} tells {units or 'the whole order'}")


class TellingRefunds:
    """`store_list_refunds`, optional."""

    def test_a_refund_is_told(self, desk: Desk) -> None:
        placed = _refunded(desk)
        promise(desk.told(REFUNDS, placed.ref), f"{REFUNDS} does not tell money that the shop gave back")

    def test_a_refund_tells_its_amount(self, desk: Desk) -> None:
        placed = _refunded(desk)
        amount = _amount(desk, placed)
        promise(abs(amount) == Decimal("5.01"), f"{REFUNDS} tells {amount}, the shop gave 5.01 back")

    def test_a_refund_is_positive(self, desk: Desk) -> None:
        placed = _refunded(desk)
        promise(_amount(desk, placed) >= 0, f"{REFUNDS} tells a negative amount: refunds are positive")

    def test_a_refund_is_in_the_orders_currency(self, desk: Desk) -> None:
        placed = _refunded(desk)
        currency = desk.first(REFUNDS, placed.ref).currency
        promise(currency == "EUR", f"{REFUNDS} tells {currency} for an order in EUR")

    def test_a_refund_keeps_its_id(self, desk: Desk) -> None:
        placed = _refunded(desk)
        first, again = desk.first(REFUNDS, placed.ref), desk.first(REFUNDS, placed.ref)
        promise(first.id == again.id, f"{REFUNDS} tells one refund under two ids: money would go back twice")

    def test_a_refund_is_told_at_its_own_time(self, desk: Desk) -> None:
        placed = _refunded(desk)
        changed = desk.first(REFUNDS, placed.ref).updated_at
        promise(
            desk.told(REFUNDS, placed.ref, changed), f"{REFUNDS} leaves out a refund whose updated_at is just since"
        )

    def test_shipping_that_was_given_back_is_told_as_shipping(self, desk: Desk) -> None:
        desk.needs(REFUNDS)
        _, placed = desk.given(shipping="4.99")
        desk.does("refund", placed.ref, None, Decimal("4.99"))
        refund = desk.first(REFUNDS, placed.ref)
        promise(
            not refund.lines and refund.shipping is not None and refund.shipping.gross == Decimal("4.99"),
            f"{REFUNDS} does not tell shipping that was given back as shipping",
        )


def _cancelled(desk: Desk) -> Placed:
    """An order that the staff cancelled."""
    desk.needs(CANCELLATIONS)
    _, placed = desk.given()
    desk.does("cancel", placed.ref, None, "No stock")
    return placed


def _refunded(desk: Desk) -> Placed:
    """An order of which the shop gave 5.01 back."""
    desk.needs(REFUNDS)
    order, placed = desk.given(desk.line("30.00", 3))
    desk.does("refund", placed.ref, {order.lines[0].order_item_id: 1}, Decimal("5.01"))
    return placed


def _amount(desk: Desk, placed: Placed) -> Decimal:
    refunds: list[Refund] = desk.told(REFUNDS, placed.ref)
    if not refunds:
        raise Resting(f"{REFUNDS} does not tell what the shop gave back")
    return sum((line.amount.gross for refund in refunds for line in refund.lines), Decimal(0))
