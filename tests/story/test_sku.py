"""A seller's SKUs find the shop's products: cropped, paired by hand, tested and previewed before anything is saved."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest

from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.errors import ConfigError, NotFound
from amazon_orders.hooks import hookimpl
from amazon_orders.model import Alias
from amazon_orders.sandbox import Line
from tests.story.world import World

CROP = [{"suffix": "-FBA"}]


def flow(report):
    return report.connections[0].flows[0]


def sold(shop: World, *lines: str | Line) -> list[str]:
    """Each line in an order of its own, fetched."""
    ids = [shop.seller.place(line) for line in lines]
    shop.clock.advance(300)
    shop.sync()
    return ids


def products_sold(shop: World) -> list[tuple[str, int]]:
    """Products and units of the shop's order lines, from its own tables."""
    query = "SELECT p.sku, l.quantity FROM order_lines l JOIN products p ON p.id = l.product_id ORDER BY p.sku"
    return [(sku, int(units)) for sku, units in shop.look(query)]


def steps(result) -> list[tuple[str, str, str]]:
    return [(step.step, step.outcome, step.before) for step in result.steps]


class TestTest:
    def test_an_exact_match_ends_the_search(self, shop: World) -> None:
        (result,) = shop.app.sku.test("de", "MUG-WHITE").skus
        assert steps(result) == [("exact", "found", "MUG-WHITE")]
        assert result.match is not None
        assert (result.match.value, result.match.matched_by, result.reason) == ("MUG-WHITE", "exact", None)
        assert result.asked == ("MUG-WHITE",)

    def test_every_cropping_step_shows_before_and_after(self, shop: World) -> None:
        shop.app.connections.set(
            "de", {"sku_crop": [{"prefix": "DE-"}, {"suffix": "-FBA"}, {"pattern": "_.*$", "replacement": ""}]}
        )
        (result,) = shop.app.sku.test("de", "DE-MUG-WHITE_NEW").skus
        assert [(step.step, step.outcome, step.before, step.after) for step in result.steps] == [
            ("exact", "missing", "DE-MUG-WHITE_NEW", ""),
            ("crop", "cut", "DE-MUG-WHITE_NEW", "MUG-WHITE_NEW"),
            ("crop", "unchanged", "MUG-WHITE_NEW", "MUG-WHITE_NEW"),
            ("crop", "cut", "MUG-WHITE_NEW", "MUG-WHITE"),
            ("cropped", "found", "MUG-WHITE", ""),
        ]
        assert result.asked == ("DE-MUG-WHITE_NEW", "MUG-WHITE")

    def test_case_comes_last(self, shop: World) -> None:
        shop.app.connections.set("de", {"sku_case_sensitive": False})
        (result,) = shop.app.sku.test("de", "mug-white").skus
        assert steps(result) == [("exact", "missing", "mug-white"), ("case", "found", "mug-white")]

    def test_an_unknown_sku_says_what_was_tried(self, shop: World) -> None:
        shop.app.connections.set("de", {"sku_crop": CROP})
        (result,) = shop.app.sku.test("de", "NO-SUCH-FBA").skus
        assert (result.match, result.reason) == (None, "UNKNOWN_SKU")
        assert result.detail == "NO-SUCH-FBA: no product has sku 'NO-SUCH-FBA' and 'NO-SUCH'"

    def test_what_the_test_says_is_what_the_sync_does(self, shop: World) -> None:
        shop.app.connections.set(
            "de", {"sku_crop": CROP, "unknown_sku": "placeholder", "placeholder_product": "MUG-BLUE"}
        )
        shop.app.sku.alias("de", "PACK", "MUG-WHITE", 3)
        skus = ("MUG-WHITE", "MUG-WHITE-FBA", "PACK", "NO-SUCH-THING")
        said = {result.seller_sku: result.match for result in shop.app.sku.test("de", *skus).skus}
        ids = sold(shop, *skus)
        for sku, order_id in zip(skus, ids, strict=True):
            (line,) = shop.app.orders.get(order_id).lines
            match = said[sku]
            assert match is not None
            assert (line.product, line.matched_by, line.quantity) == (match.product, match.matched_by, match.units)

    def test_a_plugin_is_asked_and_named(self, tmp_path: Path, shop: World) -> None:
        class Table:
            @hookimpl
            def rule_resolve_sku(self, line, connection):
                return {"X1": "MUG-BLUE", "X2": "NOTHING"}.get(line.seller_sku)

        shop.app.hooks("shop").register(Table(), "table")
        named, wrong, other = shop.app.sku.test("de", "X1", "X2", "MUG-WHITE").skus
        assert [(step.step, step.outcome, step.before, step.plugin) for step in named.steps] == [
            ("hook", "found", "MUG-BLUE", "table")
        ]
        assert (wrong.reason, [step.outcome for step in wrong.steps]) == ("UNKNOWN_SKU", ["missing"])
        assert other.match is not None

    def test_two_products_of_one_value_are_ambiguous(self, shop: World) -> None:
        shop.app.connections.set("de", {"product_attribute": "ean"})
        ean = shop.look("SELECT ean FROM products WHERE sku = 'MUG-WHITE'")[0][0]
        books = Shop.open(shop.shop_file)
        books.add_products([{"sku": "TWIN", "ean": ean, "title": "Twin", "stock": 1}])
        books.close()
        (result,) = shop.app.sku.test("de", ean).skus
        assert (result.reason, steps(result)) == ("AMBIGUOUS_SKU", [("exact", "ambiguous", ean)])

    def test_a_sku_of_ten_million_characters_is_harmless(self, shop: World) -> None:
        shop.app.connections.set("de", {"sku_crop": [{"pattern": "A", "replacement": "AA"}, *CROP]})
        (result,) = shop.app.sku.test("de", "A" * 10_000_000).skus
        assert result.reason == "UNKNOWN_SKU"
        assert len(result.detail) < 500
        assert [(step.outcome, len(step.detail) < 500) for step in result.steps if step.step == "crop"] == [
            ("skipped", True),
            ("unchanged", True),
        ]

    def test_strange_skus_are_looked_for_as_they_are(self, shop: World) -> None:
        for sku in ("A/B %41 ä", "größe 42", "' OR 1=1 --", "<script>", "A\nB", "A\ud800"):
            assert shop.app.sku.test("de", sku).skus[0].reason == "UNKNOWN_SKU"

    def test_a_wrong_connection_is_named(self, shop: World) -> None:
        with pytest.raises(NotFound, match="nope"):
            shop.app.sku.test("nope", "MUG-WHITE")


class TestAliases:
    def test_an_alias_brings_the_held_order_in_at_the_next_sync(self, shop: World) -> None:
        (held,) = sold(shop, Line(sku="OLD-NAME", quantity=2, item="20.00"))
        assert shop.status(held) == "held"
        shop.app.sku.alias("de", "OLD-NAME", "MUG-WHITE", units=3)
        assert flow(shop.sync()).placed == 1
        assert shop.status(held) == "placed"
        assert products_sold(shop) == [("MUG-WHITE", 6)]

    def test_an_alias_wins_over_an_exact_match_and_is_in_charge(self, shop: World) -> None:
        shop.app.sku.alias("de", "MUG-WHITE", "MUG-BLUE")
        (result,) = shop.app.sku.test("de", "MUG-WHITE").skus
        assert steps(result) == [("alias", "found", "MUG-BLUE")]

    def test_aliases_are_listed_changed_and_removed(self, shop: World) -> None:
        shop.app.sku.alias("de", "B", "MUG-WHITE")
        shop.app.sku.alias("de", "A", "MUG-WHITE", 2)
        shop.app.sku.alias("de", "B", "MUG-BLUE")
        assert shop.app.sku.aliases("de") == [
            Alias(seller_sku="A", product="MUG-WHITE", units=2),
            Alias(seller_sku="B", product="MUG-BLUE"),
        ]
        assert shop.app.sku.remove_alias("de", "A") == Alias(seller_sku="A", product="MUG-WHITE", units=2)
        assert [alias.seller_sku for alias in shop.app.sku.aliases("de")] == ["B"]
        with pytest.raises(NotFound, match="no alias for seller SKU 'A'"):
            shop.app.sku.remove_alias("de", "A")

    def test_a_changed_setting_brings_the_held_order_in_at_the_next_sync(self, shop: World) -> None:
        (held,) = sold(shop, "MUG-WHITE-FBA")
        assert shop.status(held) == "held"
        shop.app.connections.set("de", {"sku_crop": CROP})
        shop.sync()
        assert shop.status(held) == "placed"

    @pytest.mark.parametrize(
        ("alias", "words"),
        [
            pytest.param(("", "MUG-WHITE"), "seller SKU is empty", id="no SKU"),
            pytest.param(("A", " "), "product is empty", id="no product"),
            pytest.param(("A", "MUG-WHITE", 0), "whole number", id="no units"),
            pytest.param(("A", "MUG-WHITE", True), "whole number", id="units that are a truth"),
            pytest.param(("A", "MUG-WHITE", 10_001), "whole number", id="more units than anybody packs"),
            pytest.param(("A\nB", "MUG-WHITE"), "line break", id="a line break"),
            pytest.param(("A" * 201, "MUG-WHITE"), "more than 200", id="too long"),
            pytest.param(("A", "NO-SUCH"), "'NO-SUCH' is no product's sku", id="a product that the shop lacks"),
            pytest.param(("A", "mug-white"), "is no product's sku", id="a product in another case"),
        ],
    )
    def test_a_bad_alias_is_refused_in_words(self, shop: World, alias, words: str) -> None:
        with pytest.raises(ConfigError, match=words):
            shop.app.sku.alias("de", *alias)
        assert shop.app.sku.aliases("de") == []

    def test_a_placeholder_does_not_make_every_alias_good(self, shop: World) -> None:
        shop.app.connections.set("de", {"unknown_sku": "placeholder", "placeholder_product": "MUG-BLUE"})
        with pytest.raises(ConfigError, match="is no product's sku"):
            shop.app.sku.alias("de", "A", "NO-SUCH")


class TestFiles:
    def test_what_is_written_is_read_again(self, shop: World) -> None:
        shop.app.sku.alias("de", "=cmd|'/c calc'!A1", "MUG-WHITE", 2)
        shop.app.sku.alias("de", "'=quoted", "MUG-WHITE")
        shop.app.sku.alias("de", 'ä,"b";c', "MUG-BLUE")
        before = shop.app.sku.aliases("de")
        file = shop.folder / "aliases.csv"
        assert shop.app.sku.to_csv("de", file) == 3
        text = file.read_text(encoding="utf-8")
        assert text.splitlines()[0] == "seller_sku,product,units"
        assert not [cell for line in text.splitlines() for cell in line.split(",") if cell[:1] in "=+-@"]
        for alias in before:
            shop.app.sku.remove_alias("de", alias.seller_sku)
        assert shop.app.sku.from_csv("de", file).as_dict() == {
            "connection": "de",
            "added": 3,
            "changed": 0,
            "unchanged": 0,
        }
        assert shop.app.sku.aliases("de") == before

    def test_a_file_adds_changes_and_leaves_the_rest(self, shop: World) -> None:
        shop.app.sku.alias("de", "KEPT", "MUG-WHITE")
        shop.app.sku.alias("de", "SAME", "MUG-WHITE")
        shop.app.sku.alias("de", "MOVED", "MUG-WHITE")
        file = io.StringIO("units,product,note,seller_sku\n,MUG-WHITE,x,SAME\n\n2,MUG-BLUE,,MOVED\n3,MUG-WHITE,,NEW\n")
        done = shop.app.sku.from_csv("de", file)
        assert (done.added, done.changed, done.unchanged) == (1, 1, 1)
        assert {alias.seller_sku: (alias.product, alias.units) for alias in shop.app.sku.aliases("de")} == {
            "KEPT": ("MUG-WHITE", 1),
            "SAME": ("MUG-WHITE", 1),
            "MOVED": ("MUG-BLUE", 2),
            "NEW": ("MUG-WHITE", 3),
        }

    def test_every_bad_line_is_named_and_nothing_is_taken(self, shop: World) -> None:
        file = io.StringIO(
            "seller_sku,product,units\nGOOD,MUG-WHITE,1\n,MUG-WHITE,1\nX,,1\nY,MUG-WHITE,many\nGOOD,MUG-BLUE,1\nZ\n"
        )
        with pytest.raises(ConfigError) as caught:
            shop.app.sku.from_csv("de", file)
        assert caught.value.problems == {
            "line 3": "the seller SKU is empty",
            "line 4": "the product is empty",
            "line 5": "units is a whole number from 1 to 10000",
            "line 6": "'GOOD' stands in line 2 already",
            "line 7": "the product is empty",
        }
        assert shop.app.sku.aliases("de") == []

    def test_a_product_that_the_shop_lacks_is_named_by_its_line(self, shop: World) -> None:
        file = io.StringIO("seller_sku;product\nA;MUG-WHITE\nB;NO-SUCH\nC;NO-SUCH\n")
        with pytest.raises(ConfigError) as caught:
            shop.app.sku.from_csv("de", file)
        assert list(caught.value.problems) == ["line 3", "line 4"]
        assert shop.app.sku.aliases("de") == []

    @pytest.mark.parametrize(
        ("content", "words"),
        [
            pytest.param(b"", "seller_sku and product", id="empty"),
            pytest.param(b"sku,product\nA,B\n", "lacks seller_sku", id="another heading"),
            pytest.param("seller_sku,product\nä,B\n".encode("latin-1"), "UTF-8", id="another encoding"),
            pytest.param(b'seller_sku,product\n"A,B\n', "not CSV", id="a quote that never ends"),
            pytest.param(b"seller_sku,product\nA\0,MUG-WHITE\n", "control character|not CSV", id="NUL"),
            pytest.param(b"seller_sku,product\n" + b"A" * 200_000 + b",B\n", "not CSV|more than", id="a huge cell"),
        ],
    )
    def test_a_file_that_is_none_is_refused_in_words(self, shop: World, content: bytes, words: str) -> None:
        file = shop.folder / "bad.csv"
        file.write_bytes(content)
        with pytest.raises(ConfigError, match=words):
            shop.app.sku.from_csv("de", file)

    def test_a_file_that_is_not_there(self, shop: World) -> None:
        with pytest.raises(ConfigError, match="cannot be read"):
            shop.app.sku.from_csv("de", shop.folder / "none.csv")

    def test_a_spreadsheets_file_is_taken(self, shop: World) -> None:
        file = shop.folder / "excel.csv"
        file.write_bytes("\ufeffSeller_SKU;Product;Units\r\nA;MUG-WHITE;2\r\n".encode())
        assert shop.app.sku.from_csv("de", file).added == 1


class TestRefusals:
    def test_a_crop_that_makes_two_products_one_is_refused_with_both_named(self, shop: World) -> None:
        shop.app.connections.set("de", {"publish_stock": False})  # so that no other listing of Amazon's is known
        sold(shop, "MUG-WHITE", "MUG-BLUE")
        with pytest.raises(ConfigError) as caught:
            shop.app.connections.set("de", {"sku_crop": [{"pattern": "-.*$", "replacement": ""}]})
        said = caught.value.problems["sku_crop"]
        for word in ("'MUG-WHITE'", "'MUG-BLUE'", "would both become 'MUG'"):
            assert word in said
        for (product,) in shop.look("SELECT id FROM products WHERE sku IN ('MUG-WHITE', 'MUG-BLUE')"):
            assert f"(product {product}, " in said
        assert shop.app.connections.get("de").sku_crop == ()

    def test_several_skus_of_one_product_stay_normal(self, shop: World) -> None:
        shop.app.sku.alias("de", "MUG-WHITE-OLD", "MUG-WHITE")
        sold(shop, "MUG-WHITE", "MUG-WHITE-FBA", "MUG-WHITE-OLD")
        shop.app.connections.set("de", {"sku_crop": CROP})
        shop.app.connections.set("de", {"sku_crop": [{"pattern": "-(FBA|OLD)$", "replacement": ""}]})

    def test_a_crop_that_leaves_nothing_is_refused(self, shop: World) -> None:
        sold(shop, "-FBA")
        with pytest.raises(ConfigError, match="nothing would be left of '-FBA'"):
            shop.app.connections.set("de", {"sku_crop": CROP})

    def test_ignoring_case_is_refused_where_case_tells_products_apart(self, shop: World) -> None:
        shop.add_product("mug-white")
        sold(shop, "MUG-WHITE", "mug-white")
        with pytest.raises(ConfigError) as caught:
            shop.app.connections.set("de", {"sku_case_sensitive": False})
        assert "sku_case_sensitive" in caught.value.problems

    def test_an_alias_is_the_way_out_and_cannot_be_taken_away_again(self, shop: World) -> None:
        shop.add_product("MUG-WHITE-FBA")
        sold(shop, "MUG-WHITE", "MUG-WHITE-FBA")
        with pytest.raises(ConfigError):
            shop.app.connections.set("de", {"sku_crop": CROP})
        shop.app.sku.alias("de", "MUG-WHITE-FBA", "MUG-WHITE-FBA")
        shop.app.connections.set("de", {"sku_crop": CROP})
        with pytest.raises(ConfigError) as caught:
            shop.app.sku.remove_alias("de", "MUG-WHITE-FBA")
        assert "'MUG-WHITE'" in caught.value.problems["alias"]
        assert len(shop.app.sku.aliases("de")) == 1

    def test_other_settings_are_saved_without_asking_the_catalogue(self, shop: World) -> None:
        sold(shop, "MUG-WHITE", "MUG-BLUE")
        shop.shop_file.rename(shop.folder / "moved.db")
        shop.app.connections.set("de", {"default_shipping_method": "dhl"})

    def test_a_connection_that_was_removed_is_held_to_its_old_orders(self, shop: World) -> None:
        sold(shop, "MUG-WHITE", "MUG-BLUE")
        shop.app.connections.remove("de")
        with pytest.raises(ConfigError, match="MUG-BLUE"):
            shop.connect(sku_crop=[{"pattern": "-.*$", "replacement": ""}])

    @pytest.mark.parametrize("pattern", ["(a", "(?=a)", r"(a)\1", "a" * 201])
    def test_a_hostile_pattern_is_refused_before_it_is_saved(self, shop: World, pattern: str) -> None:
        for attempt in (shop.app.connections.set, shop.app.sku.preview):
            with pytest.raises(ConfigError) as caught:
                attempt("de", {"sku_crop": [{"pattern": pattern, "replacement": ""}]})
            assert list(caught.value.problems) == ["sku_crop.0"]

    def test_a_pattern_crops_end_to_end(self, shop: World) -> None:
        shop.app.connections.set(
            "de", {"sku_crop": [{"pattern": r"^(?P<sku>.+?)[-_.]F(BA|BM)$", "replacement": r"\g<sku>"}]}
        )
        ids = sold(shop, "MUG-WHITE-FBA", "MUG-BLUE_FBM")
        assert {shop.status(order_id) for order_id in ids} == {"placed"}
        assert products_sold(shop) == [("MUG-BLUE", 1), ("MUG-WHITE", 1)]


class TestPreview:
    def test_what_would_come_in_is_what_then_comes_in(self, shop: World) -> None:
        shop.seller.place("MUG-WHITE-FBA", marketplace="GB")
        sold(shop, "MUG-WHITE-FBA", "MUG-BLUE-FBA", "NO-SUCH-FBA", "MUG-WHITE")
        before = shop.app.ledger.commits
        seen = shop.app.sku.preview("de", {"sku_crop": CROP})
        assert shop.app.ledger.commits == before
        assert shop.app.connections.get("de").sku_crop == ()
        assert [change.seller_sku for change in seen.new] == ["MUG-BLUE-FBA", "MUG-WHITE-FBA"]
        assert (seen.lost, seen.changed, seen.collisions, seen.refused) == ((), (), (), None)
        assert (seen.orders, seen.still_held) == (3, 1)
        known = shop.shop_orders()
        shop.app.connections.set("de", {"sku_crop": CROP})
        shop.sync()
        came: dict[str, Decimal] = {}
        for order_id, (currency, total) in shop.shop_orders().items():
            if order_id not in known:
                came[currency] = came.get(currency, Decimal(0)) + Decimal(total)
        assert seen.totals == came
        assert set(came) == {"EUR", "GBP"}

    def test_lost_and_changed_matches(self, shop: World) -> None:
        shop.app.connections.set("de", {"sku_crop": CROP})
        shop.add_product("CUP")
        shop.add_product("CUP-NEW")
        sold(shop, "MUG-WHITE-FBA", "CUP-NEW-FBA")
        seen = shop.app.sku.preview("de", {"sku_crop": [{"suffix": "-NEW-FBA"}]})
        assert [change.seller_sku for change in seen.lost] == ["MUG-WHITE-FBA"]
        (changed,) = seen.changed
        assert changed.before is not None
        assert changed.after is not None
        assert (changed.seller_sku, changed.before.value, changed.after.value) == ("CUP-NEW-FBA", "CUP-NEW", "CUP")

    def test_a_change_that_would_be_refused_is_shown_and_named(self, shop: World) -> None:
        sold(shop, "MUG-WHITE", "MUG-BLUE", "MUG-")
        seen = shop.app.sku.preview(
            "de",
            {"sku_crop": [{"pattern": "^MUG-", "replacement": ""}, {"pattern": "^WHITE|BLUE$", "replacement": "X"}]},
        )
        (collision,) = seen.collisions
        assert collision.left == "X"
        assert [match.seller_sku for match in collision.matches] == ["MUG-BLUE", "MUG-WHITE"]
        assert seen.emptied == ("MUG-",)
        assert seen.refused is not None
        assert "MUG-BLUE" in seen.refused

    def test_an_order_that_is_held_for_something_else_too_does_not_come_in(self, shop: World) -> None:
        sold(shop, "MUG-WHITE-FBA", Line(sku="MUG-WHITE-FBA", item="20.00", total="25.00"))
        shop.seller.place("MUG-WHITE-FBA", "NO-SUCH")
        shop.clock.advance(300)
        shop.sync()
        seen = shop.app.sku.preview("de", {"sku_crop": CROP})
        assert (seen.orders, seen.still_held) == (1, 2)

    def test_an_order_that_comes_in_anyway_is_not_counted(self, shop: World) -> None:
        sold(shop, "LATE-PRODUCT")
        shop.add_product("LATE-PRODUCT")
        seen = shop.app.sku.preview("de", {"sku_crop": CROP})
        assert (seen.orders, seen.still_held) == (0, 0)

    def test_a_placeholder_takes_everything_in(self, shop: World) -> None:
        sold(shop, "NO-SUCH")
        seen = shop.app.sku.preview("de", {"unknown_sku": "placeholder", "placeholder_product": "MUG-WHITE"})
        assert [change.after.matched_by for change in seen.new if change.after] == ["placeholder"]
        assert seen.orders == 1

    def test_settings_that_concern_no_sku_are_refused(self, shop: World) -> None:
        with pytest.raises(ConfigError, match="no SKU rule"):
            shop.app.sku.preview("de", {"stock_buffer": 1})

    def test_nothing_stored_nothing_to_show(self, shop: World) -> None:
        assert shop.app.sku.preview("de", {"sku_crop": CROP}).as_dict() == {
            "connection": "de",
            "changes": {"sku_crop": [{"suffix": "-FBA"}]},
            "seller_skus": 0,
            "new": [],
            "lost": [],
            "changed": [],
            "collisions": [],
            "emptied": [],
            "orders": {"count": 0, "totals": {}, "still_held": 0},
            "refused": None,
        }
