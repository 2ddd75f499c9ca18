"""The outbox: one row for each cause, each change a version, each step on record, nothing personal left behind."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from amazon_orders.ledger import Command, Intent, Ledger
from amazon_orders.ledger.command_views import steps as steps_of
from amazon_orders.model import CommandKind, CommandState, Units

from .made import NOON, ORDER, Clock, Open, Trouble, number, trouble

CONFIRM, CANCEL, REFUND = CommandKind.CONFIRM, CommandKind.CANCEL, CommandKind.REFUND
HELD, INTENDED, SENT, ACCEPTED = (
    CommandState.HELD, CommandState.INTENDED, CommandState.SENT, CommandState.ACCEPTED
)  # fmt: skip
VERIFIED, REFUSED, SKIPPED, UNKNOWN = (
    CommandState.VERIFIED, CommandState.REFUSED, CommandState.SKIPPED, CommandState.UNKNOWN
)  # fmt: skip


def intent(cause: str = "s1", content: str = "a", **facts: Any) -> Intent:
    made: dict[str, Any] = {
        "connection": "de",
        "kind": CONFIRM,
        "amazon_order_id": ORDER,
        "cause": cause,
        "store_ref": "17",
        "state": INTENDED if content else HELD,
        "reason": None if content else "NO_TRACKING",
        "detail": "decided",
        "content": content,
        "units": (Units(order_item_id="1", quantity=2),) if content else (),
        "updated_at": NOON,
        "payload": b"a tracking number",
    }
    return Intent(**made | facts)


def rows(ledger: Ledger, order: str = ORDER) -> list[Command]:
    return ledger.outbox.of("de", [order]).get(order, [])


def states(ledger: Ledger) -> list[tuple[int, str]]:
    return [(row.version, row.state) for row in rows(ledger)]


def sent(ledger: Ledger, made: Intent | None = None, then: CommandState = ACCEPTED) -> Command:
    """One that went out."""
    ledger.outbox.intend([made or intent()])
    row = rows(ledger)[-1]
    moved = ledger.outbox.moved(row, SENT, sent_at=NOON)
    assert moved is not None
    if then != SENT:
        moved = ledger.outbox.moved(moved, then)
    assert moved is not None
    return moved


class TestIntending:
    def test_a_row_says_all_that_was_decided(self, ledger: Ledger) -> None:
        made = intent(kind=REFUND, cause="refund r1", amounts=(("1", "Principal", Decimal("8.40")),), road="feed")
        assert ledger.outbox.intend([made]) == [made]
        (row,) = rows(ledger)
        assert (row.kind, row.cause, row.version, row.state, row.store_ref) == (REFUND, "refund r1", 1, INTENDED, "17")
        assert row.units == made.units
        assert row.amounts == made.amounts
        assert (row.road, row.content, row.updated_at, row.opened_at) == ("feed", "a", NOON, NOON)
        assert (row.sent_at, row.next_due, row.attempts, row.feed, row.message) == (None, None, 0, None, None)
        assert ledger.outbox.payload(row) == b"a tracking number"

    def test_the_same_again_is_no_second_row(self, ledger: Ledger) -> None:
        ledger.outbox.intend([intent()])
        assert ledger.outbox.intend([intent()]) == []
        assert states(ledger) == [(1, INTENDED)]

    def test_what_was_not_sent_is_replaced_by_something_newer(self, ledger: Ledger) -> None:
        ledger.outbox.intend([intent()])
        newer = intent(content="b", payload=b"another number")
        assert ledger.outbox.intend([newer]) == [newer]
        assert states(ledger) == [(1, SKIPPED), (2, INTENDED)]
        old, new = rows(ledger)
        assert ledger.outbox.payload(old) is None, "nothing personal stays"
        assert ledger.outbox.payload(new) == b"another number"
        assert (old.number, new.number) == (1, 1)

    @pytest.mark.parametrize("state", [SENT, ACCEPTED, VERIFIED, UNKNOWN, REFUSED])
    def test_what_was_sent_is_followed_by_a_version_and_never_written_over(
        self, ledger: Ledger, state: CommandState
    ) -> None:
        before = sent(ledger, then=state)
        ledger.outbox.intend([intent(content="b")])
        assert states(ledger) == [(1, state), (2, INTENDED)]
        assert rows(ledger)[0] == before
        assert rows(ledger)[1].number == before.number == 1

    @pytest.mark.parametrize("state", [SENT, ACCEPTED, VERIFIED, UNKNOWN, REFUSED])
    def test_what_was_sent_and_says_the_same_is_left_alone(self, ledger: Ledger, state: CommandState) -> None:
        sent(ledger, then=state)
        assert ledger.outbox.intend([intent(updated_at=NOON + timedelta(hours=1))]) == []
        assert states(ledger) == [(1, state)]
        assert rows(ledger)[0].updated_at == NOON + timedelta(hours=1)

    def test_a_change_that_is_taken_back_leaves_nothing_to_send(self, ledger: Ledger) -> None:
        sent(ledger)
        ledger.outbox.intend([intent(content="b")])
        ledger.outbox.intend([intent(content="a")])
        assert states(ledger) == [(1, ACCEPTED), (2, SKIPPED)]
        for _ in range(2):  # and it stays so
            ledger.outbox.intend([intent(content="a", updated_at=NOON + timedelta(hours=1))])
        assert states(ledger) == [(1, ACCEPTED), (2, SKIPPED)]

    def test_a_held_version_after_a_sent_one_is_told_and_ends_with_the_change_taken_back(self, ledger: Ledger) -> None:
        sent(ledger)
        ledger.outbox.intend([intent(content="")])
        assert states(ledger) == [(1, ACCEPTED), (2, HELD)]
        ledger.outbox.intend([intent(content="a")])
        assert states(ledger) == [(1, ACCEPTED), (2, SKIPPED)]
        assert ledger.outbox.payload(rows(ledger)[1]) is None

    def test_what_waits_after_it_was_sent_says_nothing_new(self, ledger: Ledger) -> None:
        sent(ledger)
        ledger.outbox.intend([intent(content="", units=(Units(order_item_id="1", quantity=2),))])
        ledger.outbox.intend([intent(content="", state=SKIPPED, reason="CANCELLED")])
        assert states(ledger) == [(1, ACCEPTED)]

    def test_a_held_one_goes_when_it_may(self, ledger: Ledger, clock: Clock) -> None:
        ledger.outbox.intend([intent(content="")])
        clock.forward(60)
        ledger.outbox.intend([intent(content="a", payload=b"with a number")])
        (row,) = rows(ledger)
        assert (row.version, row.state, row.reason, row.content) == (1, INTENDED, None, "a")
        assert row.changed_at == NOON + timedelta(minutes=1)
        assert ledger.outbox.payload(row) == b"with a number"

    def test_a_held_one_that_has_nothing_to_send_any_more_keeps_nothing(self, ledger: Ledger) -> None:
        ledger.outbox.intend([intent(content="")])
        ledger.outbox.intend([intent(content="", state=SKIPPED, reason="AT_AMAZON")])
        (row,) = rows(ledger)
        assert (row.state, row.reason) == (SKIPPED, "AT_AMAZON")
        assert ledger.outbox.payload(row) is None

    def test_kinds_orders_causes_and_connections_are_told_apart(self, ledger: Ledger) -> None:
        for made in (
            intent(), intent("s2"), intent(kind=CANCEL), intent(amazon_order_id=number(2)), intent(connection="fr")
        ):  # fmt: skip
            assert ledger.outbox.intend([made]) == [made]
        assert [(row.kind, row.cause) for row in rows(ledger)] == [(CONFIRM, "s1"), (CONFIRM, "s2"), (CANCEL, "s1")]
        assert len(rows(ledger, number(2))) == 1
        assert len(ledger.outbox.of("fr", [ORDER])[ORDER]) == 1

    def test_all_or_nothing(self, ledger: Ledger) -> None:
        lease = ledger.leases.acquire("de")
        with pytest.raises(Trouble), ledger.transaction(lease), trouble():
            ledger.outbox.intend([intent(), intent("s2")])
        assert rows(ledger) == []


class TestNumbers:
    def test_packages_of_an_order_are_counted(self, ledger: Ledger) -> None:
        ledger.outbox.intend([intent("s1"), intent("s2"), intent("s1", amazon_order_id=number(2))])
        ledger.outbox.intend([intent("s3")])
        assert [row.number for row in rows(ledger)] == [1, 2, 3]
        assert [row.number for row in rows(ledger, number(2))] == [1]

    def test_a_number_is_never_given_again(self, ledger: Ledger) -> None:
        ledger.outbox.intend([intent("s1")])
        ledger.outbox.intend([intent("s1", content="", state=SKIPPED, reason="AT_AMAZON")])
        ledger.outbox.intend([intent("s2")])
        assert [(row.cause, row.number) for row in rows(ledger)] == [("s1", 1), ("s2", 2)]

    def test_what_is_skipped_or_no_package_has_none(self, ledger: Ledger) -> None:
        ledger.outbox.intend([intent("s1", content="", state=SKIPPED), intent(kind=CANCEL)])
        assert [row.number for row in rows(ledger)] == [0, 0]

    def test_one_that_was_skipped_gets_its_number_when_it_goes(self, ledger: Ledger) -> None:
        ledger.outbox.intend([intent("s1"), intent("s2", content="", state=SKIPPED)])
        ledger.outbox.intend([intent("s2", content="a")])
        assert [(row.cause, row.version, row.number) for row in rows(ledger)] == [
            ("s1", 1, 1), ("s2", 1, 0), ("s2", 2, 2)
        ]  # fmt: skip


class TestMoving:
    def test_a_step_is_taken_only_from_where_it_stands(self, ledger: Ledger) -> None:
        ledger.outbox.intend([intent()])
        (row,) = rows(ledger)
        assert ledger.outbox.move(row, SENT, sent_at=NOON)
        assert not ledger.outbox.move(row, SENT, sent_at=NOON), "another was faster"
        assert ledger.outbox.moved(row, ACCEPTED) is None
        assert states(ledger) == [(1, SENT)]

    @pytest.mark.parametrize("end", [VERIFIED, REFUSED, SKIPPED])
    def test_the_end_erases_what_was_kept(self, ledger: Ledger, end: CommandState) -> None:
        row = sent(ledger)
        assert ledger.outbox.payload(row) is not None
        assert ledger.outbox.move(row, end)
        assert ledger.outbox.payload(row) is None
        assert ledger.outbox.open("de", CONFIRM) == []
        assert ledger.outbox.unkept("de") == set(), "it is over, so nothing of it is missed"

    def test_whatever_is_not_ended_is_open_oldest_first(self, ledger: Ledger) -> None:
        ledger.outbox.intend([intent("s1"), intent("s2", content=""), intent("s3"), intent("x", kind=CANCEL)])
        ledger.outbox.move(rows(ledger)[2], UNKNOWN)
        assert [(row.cause, row.state) for row in ledger.outbox.open("de", CONFIRM)] == [
            ("s1", INTENDED), ("s2", HELD), ("s3", UNKNOWN)
        ]  # fmt: skip
        assert ledger.outbox.unkept("de") == set()
        assert ledger.outbox.open("fr", CONFIRM) == []

    def test_when_to_look_again_is_forgotten_by_the_next_step_that_names_none(self, ledger: Ledger) -> None:
        row = sent(ledger)
        moved = ledger.outbox.moved(row, ACCEPTED, next_due=NOON + timedelta(minutes=9), attempts=1)
        assert moved is not None
        assert (moved.next_due, moved.attempts) == (NOON + timedelta(minutes=9), 1)
        again = ledger.outbox.moved(moved, UNKNOWN, reason="NOT_VERIFIED")
        assert again is not None
        assert (again.next_due, again.reason) == (None, "NOT_VERIFIED")

    def test_the_commands_of_a_feed_come_by_message(self, ledger: Ledger) -> None:
        ledger.outbox.intend([intent("s1"), intent("s2"), intent("s3")])
        one, two, three = rows(ledger)
        ledger.outbox.move_all([(one, SENT, {"feed": 7, "message": 2}), (three, SENT, {"feed": 7, "message": 1})])
        ledger.outbox.move(two, SENT, feed=8, message=1)
        assert [row.cause for row in ledger.outbox.in_feed("de", 7)] == ["s3", "s1"]


class TestTelling:
    def test_every_step_is_in_the_orders_trace(self, ledger: Ledger, clock: Clock) -> None:
        ledger.outbox.intend([intent(content="", detail="no number")])
        clock.forward(60)
        ledger.outbox.intend([intent(detail="DHL")])
        (row,) = rows(ledger)
        clock.forward(60)
        row = ledger.outbox.moved(row, SENT, sent_at=clock(), detail="as package 1") or row
        ledger.outbox.move(row, VERIFIED, detail="Amazon shows package 1")
        steps = told(ledger)
        assert [(step["rule"], step["outcome"], step["detail"]) for step in steps] == [
            ("confirm", "held", "package 1: no number"),
            ("confirm", "intended", "package 1: DHL"),
            ("confirm", "sent", "package 1: as package 1"),
            ("confirm", "verified", "package 1: Amazon shows package 1"),
        ]
        assert len({step["at"] for step in steps}) == 3

    def test_replaced_ones_stay_visible(self, ledger: Ledger) -> None:
        ledger.outbox.intend([intent()])
        ledger.outbox.intend([intent(content="b")])
        assert [step["outcome"] for step in told(ledger)] == ["intended", "skipped", "intended"]


def told(ledger: Ledger) -> list[dict[str, str]]:
    with ledger.outbox._database.reading() as work:
        return steps_of(work, "de", ORDER)


class TestPersonalData:
    def test_without_a_key_nothing_is_kept_and_commands_are_all_the_same(self, open_ledger: Open) -> None:
        ledger = open_ledger(key=None)
        ledger.outbox.intend([intent(), intent("s2", content="")])
        assert [(row.cause, row.state) for row in rows(ledger)] == [("s1", INTENDED), ("s2", HELD)]
        assert [ledger.outbox.payload(row) for row in rows(ledger)] == [None, None]
        assert ledger.outbox.unkept("de") == {row.id for row in rows(ledger)}

    def test_what_is_kept_is_ciphertext(self, ledger: Ledger) -> None:
        ledger.outbox.intend([intent()])
        with ledger.outbox._database.reading() as work:
            ((kept,),) = work.connection.execute(text("SELECT payload FROM ao_commands")).fetchall()
        assert b"tracking" not in bytes(kept)
