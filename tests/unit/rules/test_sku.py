"""From a seller SKU to a product of the store: which of alias, plugin, exact, crop and case decides, and on what."""

from __future__ import annotations

from typing import Any

import pytest

from amazon_orders.model import Alias, Hold, Product, Reason, TraceStep
from amazon_orders.rules import Cut, attempts, crop, cuts, resolve, values_to_ask
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


# -> the explanation
UNKNOWN: dict[str, tuple[str, dict[str, Any], Alias | None, str | None, str]] = {
    "a SKU that no product has": ("NEW", {}, None, None, "NEW: no product has sku 'NEW'"),
    "a SKU in another case, for case counts": (
        "sku-1", {}, None, None, "sku-1: no product has sku 'sku-1'; 'SKU-1' differs in case (sku_case_sensitive)",
    ),
    "a SKU in two other cases": (
        "Twin", {}, None, None,
        "Twin: no product has sku 'Twin'; 'TWIN', 'twin' differs in case (sku_case_sensitive)",
    ),
    "a SKU that no product has in any case": ("NEW", ANY_CASE, None, None, "NEW: no product has sku 'NEW'"),
    "a cropped SKU that no product has": (
        "NEW-FBA", {"sku_crop": SUFFIX}, None, None, "NEW-FBA: no product has sku 'NEW-FBA' and 'NEW'",
    ),
    "a SKU that a pattern crops and no product has": (
        "NEW-2026", {"sku_crop": ({"pattern": r"-\d+$", "replacement": ""},)}, None, None,
        "NEW-2026: no product has sku 'NEW-2026' and 'NEW'",
    ),
    "a SKU of which cropping leaves nothing": (
        "-FBA", {"sku_crop": SUFFIX}, None, None, "-FBA: no product has sku '-FBA' (cropping leaves nothing of it)",
    ),
    "an alias that leads nowhere, though the SKU itself would match": (
        "SKU-1", {}, Alias(seller_sku="SKU-1", product="GONE"), None, "SKU-1: alias 'GONE' is no product's sku",
    ),
    "an alias that leads nowhere in any case": (
        "SKU-1", ANY_CASE, Alias(seller_sku="SKU-1", product="GONE"), None, "SKU-1: alias 'GONE' is no product's sku",
    ),
    "an alias in another case, for case counts": (
        "SKU-1", {}, Alias(seller_sku="SKU-1", product="box"), None, "SKU-1: alias 'box' is no product's sku",
    ),
    "a plugin's value that leads nowhere, though the SKU itself would match": (
        "SKU-1", {}, None, "GONE", "SKU-1: plugin house rules named 'GONE', which is no product's sku",
    ),
    "a line without SKU": ("", {}, None, None, "Amazon sent a line without seller SKU"),
    "a line without SKU, though a pattern makes one of nothing": (
        "", {"sku_crop": ({"pattern": "^", "replacement": "BOX"},)}, None, None,
        "Amazon sent a line without seller SKU",
    ),
    "a line without SKU, though there is a placeholder": (
        "", PLACEHOLDER, None, None, "Amazon sent a line without seller SKU",
    ),
    "a placeholder that the store does not have": (
        "NEW", {"unknown_sku": "placeholder", "placeholder_product": "NONE"}, None, None,
        "NEW: no product has sku 'NEW'; nor has one the placeholder 'NONE'",
    ),
    "an attribute that is not the SKU": (
        "NEW", {"product_attribute": "ean"}, None, None, "NEW: no product has ean 'NEW'",
    ),
    "a SKU of eighty characters": ("N" * 80, {}, None, None, f"{'N' * 80}: no product has sku '{'N' * 80}'"),
    "a longer SKU is cut where it is shown": (
        "N" * 81, {}, None, None, f"{'N' * 79}…: no product has sku '{'N' * 79}…'",
    ),
}  # fmt: skip


NAMELESS = {"": [Product(ref="nameless", value="")]}


@pytest.mark.parametrize(("sku", "settings", "alias", "plugin", "said"), UNKNOWN.values(), ids=UNKNOWN)
def test_what_stays_unknown(
    sku: str, settings: dict[str, Any], alias: Alias | None, plugin: str | None, said: str
) -> None:
    match, reason, trace = resolve(
        sku, connection(**settings), alias=alias, hook=says(plugin) if plugin else None,
        found=SHOP | NAMELESS | catalogue("TWIN", "twin"), patterns=engine(),
    )  # fmt: skip
    assert (match, reason) == (None, Reason.UNKNOWN_SKU)
    assert trace[-1] == TraceStep("sku", Reason.UNKNOWN_SKU, said, "house rules" if plugin else "")


@pytest.mark.parametrize("settings", [{}, ANY_CASE], ids=["case counts", "in any case"])
def test_a_value_of_nothing_never_matches(settings: dict[str, Any]) -> None:
    for given in ({"alias": Alias(seller_sku="SKU-1", product="")}, {"hook": says("")}):
        _, reason, _ = resolve("SKU-1", connection(**settings), found=SHOP | NAMELESS, **given)
        assert reason == Reason.UNKNOWN_SKU


CROPPED_STEP = TraceStep("sku", "cropped", "NEW-2026: pattern '-.*' -> '' makes 'NEW-2026' 'NEW'")
SEARCHED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "the SKU itself": ({}, ["cropped", "UNKNOWN_SKU"]),
    "an alias, which is not cropped": ({"alias": Alias(seller_sku="NEW-2026", product="GONE")}, ["UNKNOWN_SKU"]),
    "a plugin's value, which is not cropped": ({"hook": says("GONE")}, ["UNKNOWN_SKU"]),
}


@pytest.mark.parametrize(("given", "outcomes"), SEARCHED.values(), ids=SEARCHED)
@pytest.mark.parametrize("placeholder", [False, True], ids=["held", "placeholder"])
def test_the_trace_shows_what_was_looked_for(given: dict[str, Any], outcomes: list[str], placeholder: bool) -> None:
    settings = {"sku_crop": ({"pattern": "-.*", "replacement": ""},), **(PLACEHOLDER if placeholder else {})}
    _, _, trace = resolve("NEW-2026", connection(**settings), found=SHOP, patterns=engine(), **given)
    if placeholder:
        outcomes = [*outcomes[:-1], "unknown", "placeholder"]
        assert trace[-2].plugin == ("house rules" if "hook" in given else "")
        assert given or trace[-2].detail == "NEW-2026: no product has sku 'NEW-2026' and 'NEW'"
        assert trace[-1] == TraceStep("sku", "placeholder", "NEW-2026: sku 'PLACEHOLDER' is product ref of PLACEHOLDER")
    assert [step.outcome for step in trace] == outcomes
    assert "cropped" not in outcomes or trace[0] == CROPPED_STEP


def test_a_line_without_sku_is_not_cropped() -> None:
    settings = connection(sku_crop=({"pattern": "^", "replacement": "BOX"},))
    _, _, trace = resolve("", settings, found=SHOP, patterns=engine())
    assert [step.outcome for step in trace] == ["UNKNOWN_SKU"]


# -> how, value, references of the products
ATTEMPTS: dict[str, tuple[str, dict[str, Any], dict[str, Any], list[tuple[str, str, list[str]]]]] = {
    "a SKU": ("SKU-1", {}, {}, [("exact", "SKU-1", ["ref of SKU-1"])]),
    "a SKU that nothing has": ("NEW", {}, {}, [("exact", "NEW", [])]),
    "a SKU in any case": ("box", ANY_CASE, {}, [("exact", "box", []), ("case", "box", ["ref of BOX"])]),
    "a SKU that is cropped": (
        "BOX-FBA", {"sku_crop": SUFFIX}, {}, [("exact", "BOX-FBA", []), ("crop", "BOX", ["ref of BOX"])],
    ),
    "a SKU that is cropped to what nothing has": (
        "NEW-FBA", {"sku_crop": SUFFIX}, {}, [("exact", "NEW-FBA", []), ("crop", "NEW", [])],
    ),
    "a SKU that is cropped, in any case": (
        "box-FBA", {"sku_crop": SUFFIX, **ANY_CASE}, {}, [
            ("exact", "box-FBA", []), ("crop", "box", []), ("case", "box-FBA", []), ("case", "box", ["ref of BOX"]),
        ],
    ),
    "a SKU that no step changes": (
        "BOX", {"sku_crop": SUFFIX, **ANY_CASE}, {},
        [("exact", "BOX", ["ref of BOX"]), ("case", "BOX", ["ref of BOX"])],
    ),
    "a SKU of which cropping leaves nothing": ("-FBA", {"sku_crop": SUFFIX}, {}, [("exact", "-FBA", [])]),
    "an alias": (
        "SKU-1", {"sku_crop": SUFFIX}, {"alias": Alias(seller_sku="SKU-1", product="BOX")},
        [("alias", "BOX", ["ref of BOX"])],
    ),
    "an alias to what nothing has": (
        "SKU-1", {}, {"alias": Alias(seller_sku="SKU-1", product="GONE")}, [("alias", "GONE", [])],
    ),
    "a plugin's value": ("SKU-1", {"sku_crop": SUFFIX}, {"hook": says("5011")}, [("hook", "5011", ["ref of 5011"])]),
    "a placeholder": (
        "NEW", PLACEHOLDER, {}, [("exact", "NEW", []), ("placeholder", "PLACEHOLDER", ["ref of PLACEHOLDER"])],
    ),
    "a placeholder that nothing has": (
        "NEW", {**PLACEHOLDER, "placeholder_product": "NONE"}, {}, [("exact", "NEW", []), ("placeholder", "NONE", [])],
    ),
    "an alias before the placeholder": (
        "NEW", PLACEHOLDER, {"alias": Alias(seller_sku="NEW", product="GONE")},
        [("alias", "GONE", []), ("placeholder", "PLACEHOLDER", ["ref of PLACEHOLDER"])],
    ),
    "no SKU": ("", PLACEHOLDER, {}, []),
}  # fmt: skip


@pytest.mark.parametrize(("sku", "settings", "given", "wanted"), ATTEMPTS.values(), ids=ATTEMPTS)
def test_what_is_looked_for_in_order(
    sku: str, settings: dict[str, Any], given: dict[str, Any], wanted: list[tuple[str, str, list[str]]]
) -> None:
    tried = attempts(sku, connection(**settings), found=SHOP, **given)
    assert [(each.how, each.value, [product.ref for product in each.products]) for each in tried] == wanted


def test_an_attempt_shows_how_its_value_was_cropped() -> None:
    settings = connection(sku_crop=SUFFIX, **ANY_CASE)
    tried = list(attempts("BOX-FBA", settings, found=SHOP))
    cropped = (TraceStep("sku", "cropped", "BOX-FBA: suffix '-FBA' makes 'BOX-FBA' 'BOX'"),)
    assert [each.trace for each in tried] == [(), cropped, cropped, cropped]


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
    refs = ", ".join(product.ref for value, products in found.items() for product in products if value != "PLACEHOLDER")
    value = next(iter(found)) if sku != "Sku-2" else sku
    said = f"{sku}: sku {value!r} belongs to {refs}"
    assert trace[-1] == TraceStep("sku", Reason.AMBIGUOUS_SKU, said)
    assert [step.outcome for step in trace[:-1]] == (["cropped"] if "sku_crop" in settings else [])


def test_a_plugins_value_that_is_ambiguous_names_the_plugin() -> None:
    _, _, trace = resolve("NEW", connection(), hook=says("SKU-1"), found=TWINS)
    assert trace == (TraceStep("sku", Reason.AMBIGUOUS_SKU, "NEW: sku 'SKU-1' belongs to 7, 8", "house rules"),)


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
    "for an alias and the placeholder": (
        "NEW", PLACEHOLDER, Alias(seller_sku="NEW", product="BOX"), None, ("BOX", "PLACEHOLDER"),
    ),
    "for what a pattern leaves": (
        "SKU-1-2026", {"sku_crop": ({"pattern": r"-\d{4}$", "replacement": ""},)}, None, None, ("SKU-1-2026", "SKU-1"),
    ),
    "never for nothing": ("-FBA", {"sku_crop": SUFFIX}, None, None, ("-FBA",)),
    "for nothing where there is no SKU": ("", {}, None, None, ()),
}  # fmt: skip


@pytest.mark.parametrize(("sku", "settings", "alias", "plugin", "wanted"), ASKED.values(), ids=ASKED)
def test_the_catalogue_is_asked(
    sku: str, settings: dict[str, Any], alias: Alias | None, plugin: str | None, wanted: tuple[str, ...]
) -> None:
    assert values_to_ask(sku, connection(**settings), alias, says(plugin) if plugin else None, engine()) == wanted


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


NO_ENGINE = "needs the extra amazon-order-sync[patterns], which is not installed"


def test_a_pattern_without_engine_is_left_out_and_the_trace_says_why() -> None:
    settings = connection(sku_crop=({"pattern": "-FBA$"}, {"suffix": "-FBM"}, {"prefix": "X-"}))
    text, trace = crop("SKU-1-FBM", settings, None)
    assert text == "SKU-1"
    assert trace == (
        TraceStep("sku", "crop skipped", f"SKU-1-FBM: pattern '-FBA$' -> '' {NO_ENGINE}"),
        TraceStep("sku", "cropped", "SKU-1-FBM: suffix '-FBM' makes 'SKU-1-FBM' 'SKU-1'"),
    )
    assert list(cuts("SKU-1-FBM", settings)) == [
        Cut("pattern '-FBA$' -> ''", "SKU-1-FBM", "SKU-1-FBM", NO_ENGINE),
        Cut("suffix '-FBM'", "SKU-1-FBM", "SKU-1"),
        Cut("prefix 'X-'", "SKU-1", "SKU-1"),
    ]


def test_a_pattern_is_tried_on_a_thousand_characters_and_no_more() -> None:
    settings = connection(sku_crop=({"pattern": "X+", "replacement": "Y"},))
    assert crop("X" * 1000, settings, engine())[0] == "Y"
    text, (step,) = crop("X" * 1001, settings, engine())
    assert text == "X" * 1001
    said = "pattern 'X+' -> 'Y' is not tried on more than 1000 characters; Amazon's SKUs have 40"
    assert step == TraceStep("sku", "crop skipped", f"{'X' * 79}…: {said}")


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
