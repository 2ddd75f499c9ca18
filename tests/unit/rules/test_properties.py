"""Whatever the amounts: the equation holds to the last digit, the order ends where it says, nothing is a float."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from amazon_orders.model import (
    MARKETPLACES,
    Breakdown,
    Connection,
    Hold,
    Order,
    OrderLine,
    Place,
    Reason,
    minor_unit,
    rounded,
)
from tests.unit.rules.build import COLLECTED, connection, decide, order
from tests.unit.rules.equations import holds
from tests.unit.rules.promises import SETTINGS, adds_up, keeps_its_promises

D = Decimal
ZERO = D(0)
# name -> marketplace, tax rate, how the tax stands (on_top, inside, apart, none, zero), Amazon collects
REGIMES: dict[str, tuple[str, str, str, bool]] = {
    "the US, the seller's tax on top": ("US", "0.0825", "on_top", False),
    "the US, Amazon's tax on top": ("US", "0.0825", "on_top", True),
    "the US, Amazon's tax outside the total": ("US", "0.0825", "apart", True),
    "Germany, no tax row": ("DE", "0", "none", False),
    "Germany, VAT inside": ("DE", "0.19", "inside", False),
    "Germany, net and VAT": ("DE", "0.19", "on_top", False),
    "import VAT inside": ("DE", "0.19", "inside", True),
    "Japan, no decimals": ("JP", "0.10", "inside", False),
}
SEARCH = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def fair_lines(draw: st.DrawFn, regime: tuple[str, str, str, bool]) -> tuple[Order, Decimal]:
    """An order that Amazon might send under one regime, and the tax of it."""
    country, rate, stands, by_amazon = regime
    currency = MARKETPLACES[country].currency
    unit = minor_unit(currency)
    lines, all_tax = [], ZERO
    for number in range(draw(st.integers(1, 4))):
        quantity = draw(st.integers(1, 5))
        # From 5.00 up, so that a rate can be told from another.
        item = D(draw(st.integers(500, 50_000))) * unit
        rows = [Breakdown(type="ITEM", subtotal=item)]
        for kind in draw(st.sets(st.sampled_from(["SHIPPING", "GIFT_WRAP", "COD_FEE", "NEW_FEE"]))):
            rows.append(Breakdown(type=kind, subtotal=D(draw(st.integers(0, 900))) * unit))
        price = sum((row.subtotal for row in rows), ZERO)
        off = ZERO
        if draw(st.booleans()):
            off = min(D(draw(st.integers(1, 2_000))) * unit, item - 400 * unit)
            rows.append(Breakdown(type="DISCOUNT", subtotal=off * draw(st.sampled_from([1, -1]))))
        net = price - off
        tax = rounded(net * D(rate) / (1 + D(rate)) if stands == "inside" else net * D(rate), currency)
        if stands != "none":
            rows.append(Breakdown(type="TAX", subtotal=tax))
        all_tax += tax
        total = net + tax if stands == "on_top" else net
        lines.append(made(number, quantity, total, tuple(rows), by_amazon))
    return order(*lines, marketplace=country), all_tax


def made(number: int, quantity: int, total: Decimal | None, rows: tuple[Breakdown, ...], by_amazon: bool) -> OrderLine:
    return OrderLine(
        order_item_id=str(number), seller_sku=f"SKU-{number}", title="Thing", quantity_ordered=quantity,
        total=total, breakdowns=rows, tax_collections=COLLECTED if by_amazon else (),
    )  # fmt: skip


@pytest.mark.parametrize("regime", REGIMES.values(), ids=REGIMES)
@SEARCH
@given(data=st.data())
def test_what_amazon_explains_is_read_exactly_under_every_setting(
    regime: tuple[str, str, str, bool], data: st.DataObject
) -> None:
    country, _, stands, by_amazon = regime
    of, tax = data.draw(fair_lines(regime))
    for chosen in SETTINGS:
        decision = decide(of, chosen)
        assert isinstance(decision, Place), decision
        keeps_its_promises(decision)
        assert decision.balance.balanced
        assert decision.order.total == expected_total(of, tax, country, stands, by_amazon, chosen)
        if by_amazon:
            assert decision.order.marketplace_tax == tax
            assert {line.total.tax_owner for line in decision.order.lines} == {"marketplace"}


def expected_total(of: Order, tax: Decimal, country: str, stands: str, by_amazon: bool, chosen: Connection) -> Decimal:
    """What the store must end at, from the settings' own definition."""
    assert of.grand_total is not None
    if by_amazon:
        without = of.grand_total if stands == "apart" else of.grand_total - tax
        return without + tax if chosen.marketplace_tax == "line" else without
    lost = chosen.ignore_amazon_tax and stands == "on_top" and not MARKETPLACES[country].prices_include_tax
    return of.grand_total - tax if lost else of.grand_total


AMOUNT = st.decimals(min_value=-10_000, max_value=10_000_000, places=2)
ODD = st.one_of(AMOUNT, st.decimals(min_value=-100, max_value=100, places=4), st.just(ZERO))
DETAILS = st.lists(
    st.tuples(st.sampled_from(["ITEM", "SHIPPING", "GIFT_WRAP", "COD_FEE", "OTHER", "DISCOUNT", "?"]), ODD), max_size=3
).map(tuple)
ROWS = st.lists(
    st.builds(
        Breakdown,
        type=st.sampled_from(
            ["ITEM", "SHIPPING", "GIFT_WRAP", "COD_FEE", "OTHER", "TAX", "DISCOUNT", "DELIVERY_TIP", "?"]
        ),
        subtotal=ODD,
        details=DETAILS,
        status=st.sampled_from(["", "PENDING", "FINALIZED"]),
    ),
    max_size=5,
).map(tuple)


@st.composite
def any_orders(draw: st.DrawFn) -> Order:
    """Anything that fits the types, sense or not."""
    lines = []
    for number in range(draw(st.integers(0, 3))):
        one = made(number, draw(st.integers(0, 4)), draw(st.none() | ODD), draw(ROWS), draw(st.booleans()))
        if draw(st.booleans()):
            one = replace(
                one,
                quantity_fulfilled=draw(st.integers(0, 3)),
                quantity_unfulfilled=draw(st.integers(0, 3)),
                unit_price=draw(ODD),
            )
        lines.append(one)
    of = order(*lines, marketplace=draw(st.sampled_from(["US", "DE", "JP", "GB"])))
    return replace(
        of,
        grand_total=draw(st.sampled_from([of.grand_total]) | st.none() | ODD),
        breakdowns=draw(ROWS),
        included=draw(st.sampled_from([frozenset({"TAX"}), frozenset()])),
    )


@SEARCH
@given(
    of=any_orders(),
    chosen=st.sampled_from(SETTINGS),
    unbalanced=st.sampled_from(["hold", "adjust"]),
    seen=st.booleans(),
)
def test_no_amount_raises_and_every_decision_can_be_checked(
    of: Order, chosen: Connection, unbalanced: str, seen: bool
) -> None:
    decision = decide(of, replace(chosen, unbalanced=unbalanced), tax_seen=seen)
    if isinstance(decision, Place):
        adds_up(decision)
    else:
        assert isinstance(decision, Hold)
        assert decision.balance is None or holds(decision.balance.equation)


@SEARCH
@given(of=any_orders())
def test_unbalanced_orders_are_held_or_adjusted_and_never_placed_in_silence(of: Order) -> None:
    held, adjusted = decide(of), decide(of, connection(unbalanced="adjust"))
    if isinstance(held, Hold) and held.reason == Reason.UNBALANCED:
        assert isinstance(adjusted, Place)
        assert Reason.ADJUSTED in adjusted.flags
        assert [fee.kind for fee in adjusted.order.fees].count("adjustment") == 1
        assert not adjusted.balance.balanced
    else:
        assert type(adjusted) is type(held)
