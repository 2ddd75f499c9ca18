"""From a seller SKU to a product of the store: which of alias, plugin, exact, crop and case decides, and on what."""

from __future__ import annotations

from typing import Any

import pytest

from amazon_orders.model import Alias, Hold, Product, Reason
from amazon_orders.rules import crop, resolve, values_to_ask
from amazon_orders.settings.patterns import engine
from tests.unit.rules.build import ask, catalogue, connection, decide, line, order, placed, says

SHOP = catalogue("SKU-1", "SKU-1-FBA", "sku-2", "5011", "BOX", "PLACEHOLDER")
SUFFIX = ({"suffix": "-FBA"},)
PLACEHOLDER = {"unknown_sku": "placeholder", "placeholder_product": "PLACEHOLDER"}
ANY_CASE = {"sku_case_sensitive": False}

# seller SKU, settings, alias, plugin's answer -> how it matched, value, units
FOUND: dict[str, tuple[str, dict[str, Any], Alias | None, str | None, tuple[str, str, int]]] = {
    "a SKU that the store has is taken as it is": ("SKU-1", {}, None, None, ("exact", "SKU-1", 1)),
    "an alias goes before the plugin": (
        "SKU-1", {}, Alias(seller_sku="SKU-1", product="BOX"), "5011", ("alias", "BOX", 1),
    ),
    "a plugin goes before the exact SKU": ("SKU-1", {}, None, "5011", ("hook", "5011", 1)),
    "the exact SKU goes before the cropped one": (
        "SKU-1-FBA", {"sku_crop": SUFFIX}, None, None, ("exact", "SKU-1-FBA", 1),
    ),
    "a SKU is cropped where the store does not have it whole": (
        "SKU-1-X", {"sku_crop": ({"suffix": "-X"},)}, None, None, ("crop", "SKU-1", 1),
    ),
    "the cropped SKU goes before one in another case": (
        "sku-1-x", {"sku_crop": ({"suffix": "-x"}, {"pattern": "^sku", "replacement": "SKU"}), **ANY_CASE}, None, None,
        ("crop", "SKU-1", 1),
    ),
    "case does not count where the connection says so": ("SKU-2", ANY_CASE, None, None, ("case", "sku-2", 1)),
    "the cropped SKU is looked for in any case too": (
        "SKU-2-X", {"sku_crop": ({"suffix": "-X"},), **ANY_CASE}, None, None, ("case", "sku-2", 1),
    ),
    "an alias in another case is found where case does not count": (
        "A", ANY_CASE, Alias(seller_sku="A", product="box"), None, ("alias", "BOX", 1),
    ),
    "a pack of three is three units": (
        "SKU-1-3PK", {}, Alias(seller_sku="SKU-1-3PK", product="SKU-1", units=3), None, ("alias", "SKU-1", 3),
    ),
    "an unknown SKU becomes the placeholder where there is one": (
        "NEW", PLACEHOLDER, None, None, ("placeholder", "PLACEHOLDER", 1),
    ),
    "an alias that leads nowhere becomes the placeholder as well": (
        "NEW", PLACEHOLDER, Alias(seller_sku="NEW", product="GONE"), None, ("placeholder", "PLACEHOLDER", 1),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sku", "settings", "alias", "plugin", "wanted"), FOUND.values(), ids=FOUND)
def test_what_a_seller_sku_stands_for(
    sku: str, settings: dict[str, Any], alias: Alias | None, plugin: str | None, wanted: tuple[str, str, int]
) -> None:
    given: dict[str, Any] = {"alias": alias, "hook": says(plugin) if plugin else None, "patterns": engine()}
    # In any case, the store may answer more than it was asked for: here it answers everything.
    found = SHOP if "sku_case_sensitive" in settings else ask(SHOP, sku, connection(**settings), **given)
    match, reason, trace = resolve(sku, connection(**settings), found=found, **given)
    assert reason is None
    assert match is not None
    assert (match.matched_by, match.value, match.units) == wanted
    assert match.product == f"ref of {match.value}"
    assert (trace[-1].outcome, trace[-1].plugin) == (match.matched_by, "house rules" if plugin and not alias else "")
    assert match.value in trace[-1].detail
    assert match.product in trace[-1].detail


# -> a word that the explanation must hold
UNKNOWN: dict[str, tuple[str, dict[str, Any], Alias | None, str | None, str]] = {
    "a SKU that no product has": ("NEW", {}, None, None, "no product has sku 'NEW'"),
    "a SKU in another case, for case counts": ("sku-1", {}, None, None, "differs in case"),
    "a cropped SKU that no product has": (
        "NEW-FBA", {"sku_crop": SUFFIX}, None, None, "'NEW-FBA' and 'NEW'",
    ),
    "a SKU of which cropping leaves nothing": ("-FBA", {"sku_crop": SUFFIX}, None, None, "leaves nothing"),
    "an alias that leads nowhere, though the SKU itself would match": (
        "SKU-1", {}, Alias(seller_sku="SKU-1", product="GONE"), None, "alias 'GONE'",
    ),
    "a plugin's value that leads nowhere, though the SKU itself would match": (
        "SKU-1", {}, None, "GONE", "house rules named 'GONE'",
    ),
    "a line without SKU": ("", {}, None, None, "without seller SKU"),
    "a placeholder that the store does not have": (
        "NEW", {"unknown_sku": "placeholder", "placeholder_product": "NONE"}, None, None, "the placeholder 'NONE'",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sku", "settings", "alias", "plugin", "word"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_stays_unknown(
    sku: str, settings: dict[str, Any], alias: Alias | None, plugin: str | None, word: str
) -> None:
    found = {**SHOP, "": [Product(ref="nameless", value="")]}
    match, reason, trace = resolve(
        sku, connection(**settings), alias=alias, hook=says(plugin) if plugin else None, found=found
    )
    assert (match, reason) == (None, Reason.UNKNOWN_SKU)
    assert word in trace[-1].detail


TWINS = {"SKU-1": [Product(ref="7", value="SKU-1"), Product(ref="8", value="SKU-1")]}
AMBIGUOUS: dict[str, tuple[str, dict[str, Any], dict[str, list[Product]]]] = {
    "two products have it": ("SKU-1", {}, TWINS),
    "two products have what is left of it, and the search ends there": (
        "SKU-1-FBA", {"sku_crop": SUFFIX, **PLACEHOLDER}, {**TWINS, **catalogue("PLACEHOLDER")},
    ),
    "two products differ in case alone, and case does not count": (
        "Sku-2", ANY_CASE, catalogue("sku-2", "SKU-2"),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("sku", "settings", "found"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_a_sku_is_ambiguous_where(sku: str, settings: dict[str, Any], found: dict[str, list[Product]]) -> None:
    match, reason, trace = resolve(sku, connection(**settings), found=found)
    assert (match, reason) == (None, Reason.AMBIGUOUS_SKU)
    assert all(
        product.ref in trace[-1].detail for products in found.values() for product in products[:2] if "7" in product.ref
    )


def test_the_same_product_twice_is_one_product() -> None:
    twice = {"SKU-1": [Product(ref="7", value="SKU-1"), Product(ref="7", value="SKU-1")]}
    match, reason, _ = resolve("SKU-1", connection(), found=twice)
    assert match is not None
    assert (match.product, reason) == ("7", None)


def test_another_product_in_other_case_does_not_disturb_an_exact_match() -> None:
    match, _, _ = resolve("SKU-2", connection(**ANY_CASE), found=catalogue("sku-2", "SKU-2"))
    assert match is not None
    assert (match.matched_by, match.value) == ("exact", "SKU-2")


ASKED: dict[str, tuple[str, dict[str, Any], Alias | None, str | None, tuple[str, ...]]] = {
    "for the SKU alone": ("SKU-1", {}, None, None, ("SKU-1",)),
    "for the SKU and what is left of it": ("SKU-1-FBA", {"sku_crop": SUFFIX}, None, None, ("SKU-1-FBA", "SKU-1")),
    "once where cropping does nothing": ("SKU-1", {"sku_crop": SUFFIX}, None, None, ("SKU-1",)),
    "for what an alias names and nothing else": (
        "SKU-1", {"sku_crop": SUFFIX}, Alias(seller_sku="SKU-1", product="BOX"), "5011", ("BOX",),
    ),
    "for what a plugin names": ("SKU-1", {}, None, "5011", ("5011",)),
    "for the placeholder as well": ("NEW", PLACEHOLDER, None, None, ("NEW", "PLACEHOLDER")),
    "never for nothing": ("-FBA", {"sku_crop": SUFFIX}, None, None, ("-FBA",)),
    "for nothing where there is no SKU": ("", {}, None, None, ()),
}  # fmt: skip


@pytest.mark.parametrize(("sku", "settings", "alias", "plugin", "wanted"), ASKED.values(), ids=ASKED)
def test_the_catalogue_is_asked(
    sku: str, settings: dict[str, Any], alias: Alias | None, plugin: str | None, wanted: tuple[str, ...]
) -> None:
    assert values_to_ask(sku, connection(**settings), alias, says(plugin) if plugin else None) == wanted


CROPPED: dict[str, tuple[str, tuple[dict[str, str], ...], str]] = {
    "a suffix": ("SKU-1-FBA", SUFFIX, "SKU-1"),
    "a suffix that is not there does nothing": ("SKU-1", SUFFIX, "SKU-1"),
    "a suffix goes once": ("SKU-1-FBA-FBA", SUFFIX, "SKU-1-FBA"),
    "a prefix": ("AMZ-SKU-1", ({"prefix": "AMZ-"},), "SKU-1"),
    "steps in order": ("AMZ-SKU-1-FBA", ({"prefix": "AMZ-"}, {"suffix": "-FBA"}), "SKU-1"),
    "a step sees what the one before left": ("SKU-1-DE-FBA", ({"suffix": "-DE"}, {"suffix": "-FBA"}), "SKU-1-DE"),
    "a pattern": ("SKU-1-2026", ({"pattern": r"-\d{4}$", "replacement": ""},), "SKU-1"),
    "a pattern with a group": ("X1/SKU", ({"pattern": r"^(\w+)/(\w+)$", "replacement": r"\2-\1"},), "SKU-X1"),
    "case counts": ("sku-1-fba", SUFFIX, "sku-1-fba"),
    "nothing is left": ("-FBA", SUFFIX, ""),
}  # fmt: skip


@pytest.mark.parametrize(("sku", "steps", "left"), CROPPED.values(), ids=CROPPED)
def test_cropping(sku: str, steps: tuple[dict[str, str], ...], left: str) -> None:
    text, trace = crop(sku, connection(sku_crop=steps), engine())
    assert text == left
    assert bool(trace) == (text != sku)


def test_a_pattern_without_engine_is_left_out_and_the_trace_says_why() -> None:
    steps = ({"pattern": "-FBA$"}, {"suffix": "-FBM"})
    text, trace = crop("SKU-1-FBM", connection(sku_crop=steps), None)
    assert text == "SKU-1"
    assert [step.outcome for step in trace] == ["crop skipped", "cropped"]
    assert "amazon-order-sync[patterns]" in trace[0].detail


def test_the_trace_of_a_match_shows_what_was_cut() -> None:
    decision = placed(order(line(sku="SKU-1-FBA")), connection(sku_crop=SUFFIX), found=catalogue("SKU-1"))
    told = [step.detail for step in decision.trace if step.rule == "sku"]
    assert told == [
        "SKU-1-FBA: suffix '-FBA' makes 'SKU-1-FBA' 'SKU-1'",
        "SKU-1-FBA: sku 'SKU-1' is product ref of SKU-1",
    ]


def test_a_pack_multiplies_the_units_and_not_the_money() -> None:
    alias = Alias(seller_sku="SKU-1-3PK", product="SKU-1", units=3)
    decision = placed(
        order(line("30.00", sku="SKU-1-3PK", quantity=2)), aliases={"SKU-1-3PK": alias}, found=catalogue("SKU-1")
    )
    (one,) = decision.order.lines
    assert (one.quantity, str(one.unit_price), str(one.total.gross)) == (6, "5.00", "30.00")


def test_one_unknown_sku_holds_the_order_and_every_unknown_one_is_named() -> None:
    of = order(line(sku="NEW"), line(sku="SKU-1"), line(sku="NEWER"))
    decision = decide(of, found=catalogue("SKU-1"))
    assert isinstance(decision, Hold)
    assert decision.reason == Reason.UNKNOWN_SKU
    assert "'NEW'" in decision.detail
    assert "'NEWER'" in decision.detail
    assert [match.seller_sku for match in decision.matches] == ["SKU-1"]
    assert decision.balance is not None
    assert decision.balance.balanced
