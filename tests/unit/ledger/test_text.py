"""Times and amounts as text: one width, one order, one spelling, with and without orjson."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from types import ModuleType

import pytest

from amazon_orders.ledger import text as text_module


@pytest.fixture(params=["with orjson", "without orjson"])
def text(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    if request.param == "with orjson":
        pytest.importorskip("orjson")
        yield text_module
        return
    monkeypatch.setitem(sys.modules, "orjson", None)
    yield importlib.reload(text_module)
    monkeypatch.undo()
    importlib.reload(text_module)


class Subclass(datetime):
    """What libraries that stop the clock put in the place of a time."""


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        pytest.param(datetime(2026, 11, 23, 10, tzinfo=UTC), "2026-11-23T10:00:00.000000Z", id="whole seconds"),
        pytest.param(datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), "2026-01-02T03:04:05.000006Z", id="a microsecond"),
        pytest.param(
            datetime(2026, 1, 2, 3, 4, 5, 600000, tzinfo=UTC), "2026-01-02T03:04:05.600000Z", id="a tenth of a second"
        ),
        pytest.param(
            datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))), "2025-12-31T23:00:00.000000Z", id="from afar"
        ),
        pytest.param(
            Subclass(2026, 11, 23, 10, 0, 0, 1, tzinfo=UTC), "2026-11-23T10:00:00.000001Z", id="another kind of time"
        ),
        pytest.param(
            Subclass(2026, 11, 23, 10, tzinfo=UTC), "2026-11-23T10:00:00.000000Z", id="another kind, whole seconds"
        ),
        pytest.param(datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z", id="the first there is"),
        pytest.param(datetime.max.replace(tzinfo=UTC), "9999-12-31T23:59:59.999999Z", id="the last there is"),
    ],
)
def test_a_time_has_one_width_and_comes_back_as_it_was(text: ModuleType, moment: datetime, written: str) -> None:
    assert text.written(moment) == written
    assert text.moment(written) == moment


def test_a_time_without_a_zone_is_refused(text: ModuleType) -> None:
    with pytest.raises(ValueError, match="aware"):
        text.written(datetime(2026, 11, 23))  # noqa: DTZ001 - a time without a zone is what this is about


@pytest.mark.parametrize(
    ("amount", "digits"),
    [
        (Decimal("12.30"), "12.30"),
        (Decimal("-0.05"), "-0.05"),
        (Decimal("1E+3"), "1000"),
        (Decimal("1E-9"), "0.000000001"),
        (Decimal("0E-2"), "0.00"),
        (Decimal(0), "0"),
    ],
)
def test_an_amount_is_plain_digits(text: ModuleType, amount: Decimal, digits: str) -> None:
    assert text.digits(amount) == digits
    assert text.amount(digits) == amount
