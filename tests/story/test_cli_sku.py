"""`sku test`, `sku preview` and `sku alias` at the command line: what they print, their JSON, and how they end."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.story.command_line import CommandLine

CROP = 'sku_crop=[{suffix="-FBA"}]'


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    made = CommandLine(tmp_path)
    made.open_shop()
    made.connect("de", CROP, "publish_stock=false")
    return made


def product(line: CommandLine, sku: str) -> tuple[str, str]:
    return next(
        (str(ref), title) for ref, name, title in line.look("SELECT id, sku, title FROM products") if name == sku
    )


def test_a_test_prints_every_step(line: CommandLine) -> None:
    printed = line.must("sku", "test", "de", "MUG-WHITE-FBA", "NO-SUCH").stdout
    ref, title = product(line, "MUG-WHITE")
    assert printed.splitlines() == [
        "MUG-WHITE-FBA",
        "  exact       MUG-WHITE-FBA: missing",
        "  crop        suffix '-FBA': MUG-WHITE-FBA -> MUG-WHITE",
        "  cropped     MUG-WHITE: found",
        f"  found: product {ref} (MUG-WHITE, {title}; crop)",
        "",
        "NO-SUCH",
        "  exact       NO-SUCH: missing",
        "  crop        suffix '-FBA': changes nothing",
        "  UNKNOWN_SKU: NO-SUCH: no product has sku 'NO-SUCH'",
    ]


def test_the_json_of_a_test(line: CommandLine) -> None:
    ref, title = product(line, "MUG-WHITE")
    assert line.document("sku", "test", "de", "MUG-WHITE-FBA", "NO") == {
        "connection": "de",
        "product_attribute": "sku",
        "skus": [
            {
                "seller_sku": "MUG-WHITE-FBA",
                "product": ref,
                "title": title,
                "value": "MUG-WHITE",
                "matched_by": "crop",
                "units": 1,
                "reason": None,
                "detail": f"MUG-WHITE-FBA: sku 'MUG-WHITE' is product {ref}",
                "asked": ["MUG-WHITE-FBA", "MUG-WHITE"],
                "steps": [
                    _step("exact", "missing", "MUG-WHITE-FBA"),
                    _step("crop", "cut", "MUG-WHITE-FBA", after="MUG-WHITE", detail="suffix '-FBA'"),
                    _step("cropped", "found", "MUG-WHITE"),
                ],
            },
            {
                "seller_sku": "NO",
                "product": None,
                "title": None,
                "value": None,
                "matched_by": None,
                "units": None,
                "reason": "UNKNOWN_SKU",
                "detail": "NO: no product has sku 'NO'",
                "asked": ["NO"],
                "steps": [
                    _step("exact", "missing", "NO"),
                    _step("crop", "unchanged", "NO", after="NO", detail="suffix '-FBA'"),
                ],
            },
        ],
    }


def _step(step: str, outcome: str, before: str, *, after: str = "", detail: str = "") -> dict[str, str]:
    return {"step": step, "outcome": outcome, "before": before, "after": after, "detail": detail, "plugin": ""}


def test_a_preview_prints_what_would_come_in(line: CommandLine) -> None:
    line.buy("MUG-WHITE-FBM")
    line.buy("MUG-WHITE-FBA")
    line.must("sync", "de")
    answer = line.must("sku", "preview", "de", 'sku_crop=[{pattern="-FB[AM]$", replacement=""}]')
    assert answer.stdout.startswith("1 held order would come in: ")
    assert "Of 2 known seller SKUs, 1 would find a product, 0 would lose it, 0 would get another." in answer.stdout
    assert "MUG-WHITE-FBM" in answer.stdout
    assert 'connection set de \'sku_crop=[{pattern="-FB[AM]$", replacement=""}]\'' in answer.stderr
    assert line.document("connection", "show", "de")["sku_crop"] == [{"suffix": "-FBA"}]


def test_the_json_of_a_preview(line: CommandLine) -> None:
    line.buy("MUG-WHITE-FBM")
    line.buy("MUG-WHITE")
    line.buy("MUG-BLUE-FBA")
    line.must("sync", "de")
    white, blue = product(line, "MUG-WHITE"), product(line, "MUG-BLUE")
    found = line.document("sku", "preview", "de", 'sku_crop=[{pattern="-.*$", replacement=""}]')
    refused = found.pop("refused")
    assert "'MUG-BLUE-FBA'" in refused
    assert "'MUG-WHITE'" in refused
    assert found == {
        "connection": "de",
        "changes": {"sku_crop": [{"pattern": "-.*$", "replacement": ""}]},
        "seller_skus": 3,
        "new": [],
        "lost": [
            {"seller_sku": "MUG-BLUE-FBA", "before": _found(blue, "MUG-BLUE", "crop"), "after": None},
        ],
        "changed": [],
        "collisions": [
            {
                "left": "MUG",
                "skus": [
                    {"seller_sku": "MUG-BLUE-FBA", **_found(blue, "MUG-BLUE", "crop")},
                    {"seller_sku": "MUG-WHITE", **_found(white, "MUG-WHITE", "exact")},
                ],
            }
        ],
        "emptied": [],
        "orders": {"count": 0, "totals": {}, "still_held": 1},
    }
    text = line.must("sku", "preview", "de", 'sku_crop=[{pattern="-.*$", replacement=""}]')
    assert "would refuse this" in text.stderr
    refusal = line.run("connection", "set", "de", 'sku_crop=[{pattern="-.*$", replacement=""}]', "--json")
    assert refusal.exit_code == 2
    assert json.loads(refusal.stdout)["error"] == {"code": "config", "message": refused, "record": "de"}


def _found(product: tuple[str, str], value: str, how: str) -> dict[str, object]:
    ref, title = product
    return {"product": ref, "title": title, "value": value, "matched_by": how, "units": 1}


def test_the_totals_of_a_preview_are_text(line: CommandLine) -> None:
    order_id = line.buy("MUG-WHITE-FBM")
    line.must("sync", "de")
    total = line.document("orders", "show", order_id)["amazon_total"]
    found = line.document("sku", "preview", "de", 'sku_crop=[{suffix="-FBM"}]')
    assert found["orders"] == {"count": 1, "totals": {"EUR": total}, "still_held": 0}


def test_aliases_are_set_listed_and_removed(line: CommandLine) -> None:
    pair = {"seller_sku": "PACK", "product": "MUG-WHITE", "units": 3}
    assert line.document("sku", "alias", "de", "PACK", "MUG-WHITE", "--units", "3") == pair
    line.must("sku", "alias", "de", "OLD", "MUG-BLUE")
    assert line.lines("sku", "alias", "de") == [{"seller_sku": "OLD", "product": "MUG-BLUE", "units": 1}, pair]
    assert "PACK" in line.must("sku", "alias", "de").stdout
    assert line.document("sku", "alias", "de", "--remove", "PACK") == pair | {"removed": True}
    assert [row["seller_sku"] for row in line.lines("sku", "alias", "de")] == ["OLD"]


def test_an_alias_brings_the_held_order_in(line: CommandLine) -> None:
    order_id = line.buy("OLD-NAME")
    line.must("sync", "de")
    assert line.document("orders", "show", order_id)["reason"] == "UNKNOWN_SKU"
    assert "tried again by the next sync" in line.must("sku", "alias", "de", "OLD-NAME", "MUG-WHITE").stderr
    line.must("sync", "de")
    shown = line.document("orders", "show", order_id)
    assert (shown["status"], shown["lines"][0]["matched_by"]) == ("placed", "alias")


def test_aliases_go_out_and_in_as_a_file(line: CommandLine) -> None:
    line.must("sku", "alias", "de", "=1+1", "MUG-WHITE", "--units", "2")
    file = line.folder / "aliases.csv"
    assert line.document("sku", "alias", "de", "--to", str(file)) == {"connection": "de", "written": 1}
    assert list(csv.reader(file.read_text(encoding="utf-8").splitlines())) == [
        ["seller_sku", "product", "units"],
        ["'=1+1", "MUG-WHITE", "2"],
    ]
    assert line.must("sku", "alias", "de", "--to", "-").stdout == file.read_text(encoding="utf-8")
    assert line.document("sku", "alias", "de", "--from", str(file)) == {
        "connection": "de",
        "added": 0,
        "changed": 0,
        "unchanged": 1,
    }
    more = "seller_sku,product\nOLD,MUG-BLUE\n"
    assert "1 added" in line.must("sku", "alias", "de", "--from", "-", stdin=more).stderr
    assert len(line.lines("sku", "alias", "de")) == 2


def test_a_bad_file_names_its_lines_and_changes_nothing(line: CommandLine) -> None:
    bad = "seller_sku,product,units\nA,MUG-WHITE,1\nB,NO-SUCH,1\nC,MUG-WHITE,x\n"
    answer = line.run("sku", "alias", "de", "--from", "-", "--json", stdin=bad)
    assert answer.exit_code == 2
    assert "line 4" in json.loads(answer.stdout)["error"]["message"]
    assert line.lines("sku", "alias", "de") == []


WRONG = {
    "an unknown connection": ("test", "nope", "A"),
    "a setting that is no SKU rule": ("preview", "de", "stock_buffer=1"),
    "a setting that is none": ("preview", "de", "colour=red"),
    "a bad pattern": ("preview", "de", 'sku_crop=[{pattern="("}]'),
    "no SKU": ("test", "de"),
    "no setting": ("preview", "de"),
    "an SKU without product": ("alias", "de", "A"),
    "two wishes": ("alias", "de", "A", "MUG-WHITE", "--remove", "B"),
    "units of nothing": ("alias", "de", "--units", "2"),
    "a product that the shop lacks": ("alias", "de", "A", "NO-SUCH"),
    "no units": ("alias", "de", "A", "MUG-WHITE", "--units", "0"),
    "an alias that is not there": ("alias", "de", "--remove", "A"),
    "a file that is not there": ("alias", "de", "--from", "/nowhere/at/all.csv"),
    "a folder that is not there": ("alias", "de", "--to", "/nowhere/at/all.csv"),
}


@pytest.mark.parametrize("words", WRONG.values(), ids=WRONG)
def test_what_ends_with_2(line: CommandLine, words: tuple[str, ...]) -> None:
    answer = line.run("sku", *words)
    assert answer.exit_code == 2, answer.stderr
    assert answer.stdout == ""
    assert answer.stderr


def test_an_sku_with_a_terminals_orders_in_it_is_printed_tamely(line: CommandLine) -> None:
    printed = line.must("sku", "test", "de", "\x1b[31mRED\x07").stdout
    assert "\x1b" not in printed
    assert "\x07" not in printed
