"""Orders with one broken value each, thousands of them among whole ones, through whole syncs.

Every whole order goes in exactly once. A broken one waits and says why, or is in the shop for the right amount.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from tests.faults.mutants import (
    Mutant,
    check_whole,
    complaints,
    mutants,
    order_id_of,
    put_on_sale,
    selling,
    sync,
)
from tests.faults.mutations import NAMES, Base, Mutation, base, both, mutations, paths, value_at, written
from tests.story.world import World

BROKEN_TO_ONE_WHOLE = 9
MEGABYTE = 1_000_000
ROUNDS = 16


def go_through(shop: World, whole: Base, broken: Sequence[Mutant]) -> None:
    """Everything on sale at once; later a new order, while those that failed are tried again."""
    good = [order_id_of(number, first=303) for number in range(1 + len(broken) // BROKEN_TO_ONE_WHOLE)]
    totals = put_on_sale(shop, whole, broken, good)
    sync(shop)
    check_whole(shop, totals)
    wrong = complaints(shop, whole, broken)
    assert not wrong, f"{len(wrong)} of {len(broken)}:\n" + "\n".join(wrong[:100])
    before = shop.shop_orders()
    shop.clock.advance(600)
    new = shop.seller.place("MUG-WHITE", marketplace=whole.country)
    shop.clock.advance(300)
    sync(shop)
    assert shop.status(new) == "placed"
    assert shop.shop_orders().keys() - before.keys() == {new}
    assert before.items() <= shop.shop_orders().items()


@pytest.mark.timeout(240)  # two seconds of work, or five, on a machine that may be busy
@pytest.mark.parametrize("name", NAMES)
def test_whatever_is_broken_in_an_order_stops_it_alone(tmp_path: Path, name: str) -> None:
    whole = base(name)
    broken = mutants(whole, mutations(whole.order))
    assert len(broken) > 1000
    with selling(tmp_path, whole) as shop:
        go_through(shop, whole, broken)


@pytest.mark.parametrize("name", NAMES)
def test_each_whole_order_is_what_it_is_said_to_be(tmp_path: Path, name: str) -> None:
    whole = base(name)
    with selling(tmp_path, whole) as shop:
        unbroken = Mutant("whole", order_id_of(1), {**whole.order, "orderId": order_id_of(1)}, b"")
        put_on_sale(shop, whole, [unbroken], [order_id_of(2)])
        shop.seller.spoil(unbroken.order_id, written(unbroken.order))
        sync(shop)
        assert complaints(shop, whole, [unbroken]) == []
        assert shop.status(unbroken.order_id) == (whole.waits[0] if whole.waits else "placed")


@pytest.mark.timeout(240)
def test_one_broken_order_among_ninety_nine_whole_ones(tmp_path: Path) -> None:
    drawn = random.Random(99)
    whole = base("two lines with everything in them")
    chosen = drawn.sample(list(mutations(whole.order)), ROUNDS)
    broken = mutants(whole, chosen)
    with selling(tmp_path, whole) as shop:
        totals: dict[str, Decimal] = {}
        for number, each in enumerate(broken):
            good = [order_id_of(number * 99 + one, first=303) for one in range(99)]
            totals |= put_on_sale(shop, whole, [each], good)
            sync(shop)
            shop.clock.advance(1800)
        check_whole(shop, totals)
        assert len(totals) == 99 * ROUNDS
        assert complaints(shop, whole, broken) == []


def megabytes(whole: Base, size: int = MEGABYTE) -> Iterator[Mutant]:
    """A very long text wherever there is a text."""
    texts = [path for path in paths(whole.order) if isinstance(value_at(whole.order, path), str)]
    for number, path in enumerate(texts):
        mutation, order_id = Mutation(path, "longer text"), order_id_of(number)
        broken = mutation.of({**whole.order, "orderId": order_id}, "x" * size)
        yield Mutant(f"{mutation.place} of {size} characters", order_id, broken, written(broken))


@pytest.mark.timeout(240)
@pytest.mark.parametrize("name", ["case from Britain"])
def test_a_text_of_a_megabyte_anywhere_stops_its_order_alone(tmp_path: Path, name: str) -> None:
    whole = base(name)
    with selling(tmp_path, whole) as shop:
        shop.amazon.page_limit = 25  # Amazon's pages are far smaller
        go_through(shop, whole, list(megabytes(whole)))


@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    "path", [("orderItems", 0, "product", "title"), ("buyer", "buyerName"), ("orderItems", 0, "proceeds")]
)
def test_ten_megabytes_in_one_value_stop_one_order(tmp_path: Path, path: tuple[str | int, ...]) -> None:
    whole = base("case from Britain")
    broken = Mutation(path, "longer text").of({**whole.order, "orderId": order_id_of(0)}, "x" * 10 * MEGABYTE)
    mutant = Mutant("ten megabytes", order_id_of(0), broken, written(broken))
    with selling(tmp_path, whole) as shop:
        go_through(shop, whole, [mutant])
        (row,) = (row for row in shop.app.orders.list(status="failed") if row.amazon_order_id == mutant.order_id)
        assert row.reason == "UNREADABLE"
        said = shop.app.orders.get(mutant.order_id).trace[-1]["detail"]
        assert ".".join(str(step) for step in path) in said
        shop.clock.advance(3 * 24 * 3600)
        sync(shop)


NO_ORDERS = {
    "null": b"null",
    "a number": b"7",
    "true": b"true",
    "text": b'"302-0000000-0000000"',
    "a list": b"[]",
    "a list of an order": b'[{"orderId":"302-0000000-0000000"}]',
    "nothing": b"{}",
    "a deep nest": b"[" * 100_000 + b"]" * 100_000,
    "a deep nest of objects": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "no number": b'{"a":NaN}',
    "infinity": b'{"a":-Infinity}',
    "a number of five thousand digits": b'{"a":' + b"9" * 5000 + b"}",
    "a number out of all bounds": b'{"a":1e999}',
    "half a character": b'{"orderId":"\\ud83d"}',
    "a zero byte": b'{"orderId":"\\u0000"}',
    "an id of half a megabyte": b'{"orderId":"' + b"3" * 500_000 + b'"}',
    "an empty id": b'{"orderId":""}',
    "an empty key": b'{"":"302"}',
}


def test_whatever_stands_in_the_place_of_an_order_is_counted_and_stops_nothing(tmp_path: Path) -> None:
    whole = base("a tip beside the lines")
    broken = [Mutant(name, order_id_of(number), None, raw) for number, (name, raw) in enumerate(NO_ORDERS.items())]
    with selling(tmp_path, whole) as shop:
        go_through(shop, whole, broken)
        (health,) = shop.app.health().connections
        assert health.unreadable == len(NO_ORDERS)
        (finding,) = (found for found in health.problems if found.what == "records without an order id")
        assert len(finding.detail) < 200


@pytest.mark.parametrize("first", ["broken", "whole"])
def test_a_broken_record_under_the_id_of_a_whole_order_keeps_it_from_nothing(tmp_path: Path, first: str) -> None:
    whole = base("a tip beside the lines")
    good = order_id_of(5)
    for known in (b'{"orderId":"%s"}', b'{"orderId":"%s","createdTime":"yesterday"}'):
        folder = tmp_path / str(len(known))
        folder.mkdir()
        raw = known % good.encode()
        other = Mutant("broken", order_id_of(1 if first == "broken" else 9), None, raw)
        with selling(folder, whole) as shop:
            totals = put_on_sale(shop, whole, [], [good])
            shop.clock.advance(0 if first == "broken" else 60)
            put_on_sale(shop, whole, [other], [order_id_of(7)])
            for _ in range(4):
                sync(shop)
                shop.clock.advance(3600)
            check_whole(shop, totals)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", NAMES)
def test_a_text_of_a_megabyte_in_every_order(tmp_path: Path, name: str) -> None:
    whole = base(name)
    with selling(tmp_path, whole) as shop:
        shop.amazon.page_limit = 25
        go_through(shop, whole, list(megabytes(whole)))


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", NAMES)
def test_two_values_broken_at_once(tmp_path: Path, name: str) -> None:
    drawn = random.Random(name)
    whole = base(name)
    single = [each for each in mutations(whole.order) if each.path != ("orderId",)]  # or some would share an id
    pairs = [both(whole.order, *drawn.sample(single, 2)) for _ in range(10_000)]
    broken = []
    for number, (said, order_now) in enumerate(pairs):
        order_id = order_id_of(number)
        order_now["orderId"] = order_id
        broken.append(Mutant(said, order_id, order_now, written(order_now)))
    with selling(tmp_path, whole) as shop:
        go_through(shop, whole, broken)
