"""Which cropping rules are refused: those under which different products would become one, or an SKU nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from amazon_orders.model import Connection, CropStep, Match
from amazon_orders.rules import collisions, emptied, sku_keys, suspects
from amazon_orders.settings import engine


def rules(*steps: dict[str, str], case_sensitive: bool = True) -> Connection:
    return Connection(name="de", sku_crop=tuple(CropStep(**step) for step in steps), sku_case_sensitive=case_sensitive)


def known(**products: str) -> dict[str, Match]:
    """Seller SKU (with _ for -) -> product, and how it was matched a placeholder."""
    found = {}
    for name, text in products.items():
        sku = name.replace("_", "-")
        product, _, how = text.partition(" ")
        match = Match(seller_sku=sku, product=product, title="", matched_by="exact", value=sku)
        found[sku] = replace(match, matched_by="placeholder") if how == "placeholder" else match
    return found


NOTHING = rules()
FBA = rules({"suffix": "-FBA"})
HEAD = rules({"pattern": "-.*$", "replacement": ""})
ANY_CASE = rules(case_sensitive=False)

TABLE = {
    "two products become one": (NOTHING, HEAD, known(MUG_RED="1", MUG_BLUE="2"), [("MUG", "MUG-RED", "MUG-BLUE")]),
    "two SKUs of one product become one": (NOTHING, FBA, known(MUG="1", MUG_FBA="1"), []),
    "an SKU that has no product yet": (NOTHING, FBA, known(MUG="1") | {"MUG-FBA": None}, []),
    "two SKUs that have no product yet": (NOTHING, HEAD, {"MUG-RED": None, "MUG-BLUE": None}, []),
    "a placeholder is no product": (NOTHING, FBA, known(MUG="1", MUG_FBA="9 placeholder"), []),
    "what was one before is no news": (HEAD, rules({"pattern": "-.*"}), known(MUG_RED="1", MUG_BLUE="2"), []),
    "two of three become one": (
        NOTHING, FBA, known(MUG="1", MUG_FBA="2", CUP_FBA="3"), [("MUG", "MUG", "MUG-FBA")]
    ),
    "three become one": (
        NOTHING, HEAD, known(MUG_A="1", MUG_B="1", MUG_C="2"), [("MUG", "MUG-A", "MUG-B", "MUG-C")]
    ),
    "two that were one and a third of the same product": (
        FBA, HEAD, known(MUG="1", MUG_FBA="2", MUG_X="1"), [("MUG", "MUG", "MUG-FBA", "MUG-X")]
    ),
    "case tells two products apart": (NOTHING, ANY_CASE, known(mug="1", MUG="2"), [("mug", "mug", "MUG")]),
    "case does not matter to one product": (NOTHING, ANY_CASE, known(mug="1", MUG="1"), []),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "today", "expected"), TABLE.values(), ids=TABLE)
def test_collisions(before: Connection, after: Connection, today, expected) -> None:
    old, new = sku_keys(today, before, engine()), sku_keys(today, after, engine())
    matches = {sku: match for sku, match in today.items() if match is not None}
    found = [(each.left, *[match.seller_sku for match in each.matches]) for each in collisions(old, new, matches)]
    assert found == expected
    asked = {sku for group in suspects(old, new) for sku in group}
    assert {sku for _, *skus in expected for sku in skus} <= asked


def test_an_sku_that_somebody_decided_is_new_to_the_group_when_it_is_cropped_again() -> None:
    today = known(MUG="1", MUG_FBA="2")
    old, new = sku_keys(["MUG"], FBA), sku_keys(["MUG", "MUG-FBA"], FBA)
    assert [each.left for each in collisions(old, new, today)] == ["MUG"]


def test_an_sku_that_an_alias_decides_never_collides() -> None:
    today = known(MUG="1", MUG_FBA="2")
    assert collisions(sku_keys(["MUG"], NOTHING), sku_keys(["MUG"], FBA), today) == ()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        pytest.param(NOTHING, rules({"prefix": "-FBA"}), ("-FBA",), id="nothing is left"),
        pytest.param(rules({"suffix": "FBA"}, {"suffix": "-"}), rules({"prefix": "-FBA"}), (), id="nothing was left"),
        pytest.param(NOTHING, FBA, ("-FBA",), id="a suffix that is the whole SKU"),
        pytest.param(NOTHING, rules({"suffix": "-FBM"}), (), id="a step that does not match"),
    ],
)
def test_emptied(before: Connection, after: Connection, expected: tuple[str, ...]) -> None:
    skus = ["-FBA", "MUG", ""]
    assert emptied(sku_keys(skus, before), sku_keys(skus, after)) == expected


def test_of_an_sku_that_somebody_decided_nothing_may_be_left() -> None:
    assert emptied({}, sku_keys(["-FBA"], FBA)) == ("-FBA",)


def test_a_hundred_thousand_skus_of_one_product_are_looked_at_in_a_moment() -> None:
    skus = [f"MUG-{number}" for number in range(100_000)]
    before, after = dict(zip(skus, skus, strict=True)), dict.fromkeys(skus, "MUG")
    today = {sku: Match(seller_sku=sku, product="1", title="", matched_by="exact", value=sku) for sku in skus}
    assert collisions(before, after, today) == ()
