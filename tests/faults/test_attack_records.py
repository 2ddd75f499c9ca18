"""Records that no sane store gives: each stops nothing but itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from amazon_orders.model import LineQuantity
from tests.story.way_back import Depot, depot


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Depot]:
    with depot(tmp_path) as made:
        yield made


ODD = {
    "half a character in the id": {"id": "s\ud800"},
    "NUL in the id": {"id": "s\0"},
    "a newline in the id": {"id": "s\n1"},
    "a very long id": {"id": "s" * 20_000},
    "an id like that of a refund": {"id": "refund 1"},
    "half a character in the reference": {"ref": "\ud800"},
    "NUL in the reference": {"ref": "1\0"},
    "half a character in the tracking number": {"tracking": "00340\ud800"},
    "half a character in the carrier": {"carrier": "DHL\ud800"},
    "half a character in the service": {"service": "DHL\ud800"},
    "tracking that is no text": {"tracking": None},
    "tracking that is a number": {"tracking": 34043},
    "a carrier that is no text": {"carrier": None},
    "a service that is no text": {"service": None},
    "lines that are none": {"lines": None},
    "lines that are a dict": {"lines": {"1": 2}},
    "a line of text": {"lines": ("1",)},
    "a fraction of a unit": {"lines": (LineQuantity(product="1", quantity=1.5),)},  # type: ignore[arg-type]
    "a Decimal of units": {"lines": (LineQuantity(product="1", quantity=Decimal(1)),)},  # type: ignore[arg-type]
    "a negative quantity": {"lines": (LineQuantity(product="1", quantity=-1),)},
    "a product of half a character": {"lines": (LineQuantity(product="\ud800", quantity=1),)},
    "a product that is a number": {"lines": (LineQuantity(product=1, quantity=1),)},  # type: ignore[arg-type]
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_an_odd_parcel_keeps_no_other_one_back(
    shop: Depot, odd: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    order, other = shop.placed(), shop.placed()
    shop.ship(order, **odd)
    shop.clock.advance(1)
    shop.ship(other)
    reports = [shop.run(420) for _ in range(3)]
    assert shop.commands(other) == [("confirm", "verified")]
    said = repr([report.as_dict() for report in reports]) + caplog.text
    assert "0034043416109" not in said
    assert "library_bug" not in said
    assert shop.commands(order) or "adapter_bug" in said, "a person hears of it"


class TestCancellationsBesideARecordThatIsNone:
    def test_nobody_knows_which_order_left_so_none_is_cancelled_until_it_is_mended(self, shop: Depot) -> None:
        order, other = shop.placed(), shop.placed()
        odd = shop.ship(order, lines=None)
        shop.cancel(other)
        shop.run(420)
        shop.run(420)
        assert shop.seller.cancellations(other) == []
        shop.edit(odd, lines=())
        shop.settle()
        assert shop.commands(other) == [("cancel", "verified")]
        assert shop.commands(order) == [("confirm", "verified")]

    def test_an_odd_cancellation_keeps_no_other_one_back(self, shop: Depot) -> None:
        order, other = shop.placed(), shop.placed()
        odd = shop.cancel(order)
        shop.warehouse.cancellations[:] = [replace(odd, lines=None)]  # type: ignore[arg-type]
        shop.cancel(other)
        for _ in range(4):
            shop.run(420)
        assert shop.commands(other) == [("cancel", "verified")]
        assert shop.commands(order) == []
