"""Whatever Amazon charged, the shop's own arithmetic ends there."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from amazon_orders_kiosk.taxes import Taxes

from amazon_orders.errors import StoreRejected
from amazon_orders.model import Charge

TAXES = Taxes(rates={"standard": Decimal("0.19"), "reduced": Decimal("0.07"), "none": Decimal(0)}, usual="standard")
CENT = Decimal("0.01")


def charge(gross: str, tax: str | None = None, **more: object) -> Charge:
    net = None if tax is None else Decimal(gross) - Decimal(tax)
    return Charge(gross=Decimal(gross), net=net, tax=None if tax is None else Decimal(tax), **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("rate", ["0.19", "0.07", "0"])
def test_every_amount_is_met_to_the_cent_that_the_rate_can_reach(rate: str) -> None:
    for cents in range(1, 2500):
        gross = CENT * cents
        net = (gross / (1 + Decimal(rate))).quantize(CENT, ROUND_HALF_UP)
        price = TAXES.price(charge(str(gross), str(gross - net)), "EUR")
        assert price.gross == price.net + (price.net * TAXES.rates[price.tax_class]).quantize(CENT, ROUND_HALF_UP)
        assert abs(price.gross - gross) <= CENT
        assert cents < 10 or TAXES.rates[price.tax_class] == Decimal(rate)


def test_tax_rounded_unit_by_unit_is_still_of_its_class() -> None:
    # 12 units of 0.95 with 0.15 tax each: 1.80, where 19 % of the whole net would be 1.82.
    assert TAXES.price(charge("11.40", "1.80"), "EUR", 12).tax_class == "standard"


def test_tax_that_nobody_told_is_of_the_usual_class() -> None:
    assert TAXES.price(charge("20.02"), "EUR").tax_class == "standard"


@pytest.mark.parametrize("owner", ["marketplace", "none"])
def test_tax_that_is_not_the_sellers_is_none_of_the_shops(owner: str) -> None:
    price = TAXES.price(charge("20.02", "3.20", tax_owner=owner), "EUR")
    assert (price.tax_class, price.net, price.gross) == ("none", Decimal("20.02"), Decimal("20.02"))


@pytest.mark.parametrize(
    ("taxes", "given", "says"),
    [
        (TAXES, charge("6.00", "1.00"), "about 20.00 % tax"),
        (Taxes(rates=TAXES.rates, usual="luxury"), charge("20.02"), "no tax class 'luxury'"),
        (Taxes(rates={"standard": Decimal("0.19")}, usual="standard"), charge("1", tax_owner="none"), "of 0 %"),
    ],
)
def test_tax_that_the_shop_does_not_know_is_refused_with_what_to_do(taxes: Taxes, given: Charge, says: str) -> None:
    with pytest.raises(StoreRejected, match=says):
        taxes.price(given, "EUR")
