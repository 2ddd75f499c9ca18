"""An order is claimed once in a store, whoever asks and however often."""

from __future__ import annotations

from threading import Barrier, Thread

from amazon_orders.ledger import Claim, Ledger

from .made import NOON, ORDER, Clock, Open, an_order, number


class TestClaims:
    def test_the_first_call_makes_a_new_claim_under_its_key(self, ledger: Ledger) -> None:
        claims = ledger.claims.take("shop", "de", {ORDER: "key-1"}, 5)
        assert claims == {
            ORDER: Claim(
                store="shop",
                amazon_order_id=ORDER,
                connection="de",
                key="key-1",
                ref="",
                claimed_at=NOON,
                fence=5,
                new=True,
            )
        }

    def test_a_second_call_of_the_same_run_is_told_that_the_claim_is_old(self, ledger: Ledger) -> None:
        ledger.claims.take("shop", "de", {ORDER: "key-1"}, 5)
        again = ledger.claims.take("shop", "de", {ORDER: "key-2"}, 5)[ORDER]
        assert (again.new, again.key) == (False, "key-1")

    def test_a_claim_of_another_connection_wins_and_says_whose_it_is(self, ledger: Ledger, clock: Clock) -> None:
        ledger.claims.take("shop", "de", {ORDER: ORDER}, 5)
        clock.forward(60)
        other = ledger.claims.take("shop", "fr", {ORDER: ORDER}, 9)[ORDER]
        assert (other.new, other.connection, other.fence, other.claimed_at) == (False, "de", 5, NOON)

    def test_two_stores_may_both_have_the_order(self, ledger: Ledger) -> None:
        ledger.claims.take("shop", "de", {ORDER: ORDER}, 5)
        assert ledger.claims.take("outlet", "de2", {ORDER: ORDER}, 1)[ORDER].new

    def test_a_page_of_old_and_new_orders_is_told_apart_one_by_one(self, ledger: Ledger) -> None:
        ids = [number(count) for count in range(250)]
        ledger.claims.take("shop", "de", {order_id: order_id for order_id in ids[:130]}, 1)
        claims = ledger.claims.take("shop", "de", {order_id: order_id for order_id in ids}, 2)
        assert {order_id for order_id, claim in claims.items() if claim.new} == set(ids[130:])
        assert set(claims) == set(ids)

    def test_recording_the_order_with_its_reference_settles_the_claim(self, ledger: Ledger) -> None:
        ledger.claims.take("shop", "de", {ORDER: ORDER, number(1): number(1)}, 1)
        ledger.orders.record([an_order(store_ref="17")])
        assert ledger.claims.get("shop", [ORDER])[ORDER].ref == "17"
        assert set(ledger.claims.open("shop", [ORDER, number(1), number(2)])) == {number(1)}
        assert ledger.claims.take("shop", "de", {ORDER: ORDER}, 2)[ORDER].ref == "17"

    def test_nothing_is_claimed_for_an_empty_page(self, ledger: Ledger) -> None:
        before = ledger.commits
        assert ledger.claims.take("shop", "de", {}, 1) == {}
        assert ledger.commits == before

    def test_of_eight_threads_that_claim_the_same_page_one_makes_each_claim(self, ledger: Ledger) -> None:
        ids = [number(count) for count in range(100)]
        gate = Barrier(8)
        new: list[str] = []

        def claim() -> None:
            gate.wait()
            claims = ledger.claims.take("shop", "de", {order_id: order_id for order_id in ids}, 1)
            new.extend(claim.amazon_order_id for claim in claims.values() if claim.new)

        threads = [Thread(target=claim) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(new) == sorted(ids)

    def test_claims_survive_closing(self, open_ledger: Open) -> None:
        first = open_ledger()
        first.claims.take("shop", "de", {ORDER: ORDER}, 1)
        first.close()
        assert not open_ledger().claims.take("shop", "de", {ORDER: ORDER}, 2)[ORDER].new
