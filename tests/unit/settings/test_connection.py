"""The settings of a connection: every bad value is refused in words, every good one arrives in its proper type."""

from __future__ import annotations

import json
import re
from dataclasses import fields
from datetime import UTC, datetime

import pytest

from amazon_orders.errors import ConfigError
from amazon_orders.model import Connection, CropStep
from amazon_orders.settings import EXAMPLES, SETTINGS, as_mapping, assignments, checked, defaults, engine

GOOD = {"name": "de", "seller_id": "A1SELLER", "region": "eu", "marketplaces": ["DE", "FR"], "store": "shop"}


def problems(**changes) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        checked(GOOD | changes)
    return caught.value.problems


def test_the_settings_are_exactly_the_fields_of_a_connection() -> None:
    assert {setting.name for setting in SETTINGS} == {field.name for field in fields(Connection)} - {"added_at"}


def test_every_setting_has_a_help_text() -> None:
    assert [setting.name for setting in SETTINGS if not setting.help.endswith((".", "shown."))] == []


def test_the_schema_has_no_default_that_the_connection_does_not_have() -> None:
    assert checked(GOOD) == Connection(
        name="de", seller_id="A1SELLER", region="eu", marketplaces=("DE", "FR"), store="shop"
    )


def test_a_connection_survives_json() -> None:
    full = GOOD | {
        "sku_crop": [{"prefix": "X-"}, {"suffix": "-FBA"}],
        "shipping_methods": {"EXPEDITED": "express"},
        "sync_from": "2026-11-01T00:00:00+01:00",
        "stock_cap": 5,
    }
    first = checked(full)
    assert checked(json.loads(json.dumps(as_mapping(first)))) == first
    assert first.sync_from == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert first.sku_crop == (CropStep(prefix="X-"), CropStep(suffix="-FBA"))


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"name": "DE!"}, "name", "lower-case"),
        ({"seller_id": "a b"}, "seller_id", "capitals and digits"),
        ({"seller_id": ""}, "seller_id", "is needed"),
        ({"region": "us"}, "region", "one of na, eu, fe"),
        ({"marketplaces": []}, "marketplaces", "at least one"),
        ({"marketplaces": ["XX"]}, "marketplaces.0", "known country codes"),
        ({"marketplaces": ["US"]}, "marketplaces", "US is in na"),
        ({"marketplaces": ["DE", "DE"]}, "marketplaces", "twice"),
        ({"store": ""}, "store", "is needed"),
        ({"level": "orders"}, "level", "orders_and_stock, stock_only"),
        ({"fulfillment": "fba"}, "fulfillment", "merchant, amazon, all"),
        ({"sku_corp": []}, "sku_corp", "did you mean sku_crop"),
        ({"sku_crop": [{"sufix": "-FBA"}]}, "sku_crop.0", "sufix"),
        ({"sku_crop": [{"suffix": ""}]}, "sku_crop.0", "exactly one"),
        ({"sku_crop": [{"suffix": "a", "prefix": "b"}]}, "sku_crop.0", "exactly one"),
        ({"sku_crop": [{"suffix": "a", "replacement": "b"}]}, "sku_crop.0", "goes with pattern"),
        ({"sku_crop": [{"suffix": 5}]}, "sku_crop.0", "text"),
        ({"sku_crop": ["-FBA"]}, "sku_crop.0", "a step is"),
        ({"unknown_sku": "placeholder"}, "placeholder_product", "is needed"),
        ({"cancellation_reason": "Bored"}, "cancellation_reason", "NoInventory"),
        ({"cancellation_reasons": {"x": "Bored"}}, "cancellation_reasons.x.value", "NoInventory"),
        ({"prices_include_tax": True}, "prices_include_tax", ""),
        ({"sync_from": "2026-11-01T00:00:00"}, "sync_from", "needs its zone"),
        ({"sync_from": datetime(2026, 11, 1)}, "sync_from", "needs its zone"),  # noqa: DTZ001 - that is the point
        ({"sync_from": "yesterday"}, "sync_from", "not a time"),
        ({"stock_buffer": -1}, "stock_buffer", ""),
        ({"stock_marketplaces": ["IT"]}, "stock_marketplaces", "among the connection's"),
        ({"endpoint": "https://evil.example"}, "endpoint", "on this machine"),
        ({"endpoint": "http://127.0.0.1.evil.example"}, "endpoint", "on this machine"),
        ({"endpoint": "http://127.0.0.1@evil.example/"}, "endpoint", "on this machine"),
        ({"endpoint": "file:///etc/passwd"}, "endpoint", "on this machine"),
        ({"endpoint": "http://169.254.169.254"}, "endpoint", "on this machine"),
        ({"endpoint": "http://127.0.0.1:8077"}, "token_endpoint", "is needed"),
    ],
)
def test_a_bad_value_is_refused_in_words(changes: dict, path: str, words: str) -> None:
    found = problems(**changes)
    assert path in found
    assert words in found[path]


def test_every_bad_key_is_listed_at_once() -> None:
    assert set(problems(region="x", level="y", nonsense=1)) >= {"region", "level", "nonsense"}


def test_loopback_endpoints_are_taken() -> None:
    both = {"endpoint": "http://127.0.0.1:8077", "token_endpoint": "http://localhost:8077/auth/o2/token"}
    assert checked(GOOD | both).endpoint == "http://127.0.0.1:8077"


def test_a_secret_shows_in_no_repr() -> None:
    connection = checked(GOOD | {"refresh_token": "Atzr|CANARY"})
    assert connection.refresh_token == "Atzr|CANARY"
    assert "CANARY" not in repr(connection)
    assert connection.without_secret().refresh_token is None


def test_a_pattern_that_would_take_for_ever_with_backtracking_is_harmless() -> None:
    patterns = engine()
    assert patterns is not None
    assert patterns.sub("(a+)+$", "", "a" * 40 + "!") == "a" * 40 + "!"


@pytest.mark.parametrize("pattern", ["(", "a" * 201, "(?=x)"], ids=["unclosed", "too long", "look-ahead"])
def test_a_bad_pattern_is_refused_when_it_is_saved(pattern: str) -> None:
    assert "sku_crop.0" in problems(sku_crop=[{"pattern": pattern}])


@pytest.mark.parametrize(
    ("words", "changed"),
    [
        (["active=true"], {"active": True}),
        (["marketplaces=DE,FR"], {"marketplaces": ["DE", "FR"]}),
        (['marketplaces=["DE"]'], {"marketplaces": ["DE"]}),
        (['sku_crop=[{suffix="-FBA"}]'], {"sku_crop": [{"suffix": "-FBA"}]}),
        (['sku_crop=[{"suffix": "-FBA"}]'], {"sku_crop": [{"suffix": "-FBA"}]}),
        (["shipping_methods.EXPEDITED=express"], {"shipping_methods": {"STANDARD": "post", "EXPEDITED": "express"}}),
        (["shipping_methods.STANDARD="], {"shipping_methods": {}}),
        (["default_shipping_method="], {"default_shipping_method": ""}),
        (["level="], {"level": "orders_and_stock"}),
        (["seller_id=12345"], {"seller_id": "12345"}),
        (["default_shipping_method=a=b"], {"default_shipping_method": "a=b"}),
        (['default_shipping_method="quoted"'], {"default_shipping_method": "quoted"}),
        (["stock_cap=7"], {"stock_cap": 7}),
    ],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_words_of_a_command_line_become_settings(words: list[str], changed: dict) -> None:
    assert assignments(words, {"shipping_methods": {"STANDARD": "post"}}) == changed


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("refresh_token=Atzr|x", "--refresh-token-file"),
        ("actve=true", "did you mean active"),
        ("active", "active: write key=value, for example active=true"),
        ("Atzr|a-token-that-lost-its-key", "word 1: write key=value"),
        ("added_at=2026-01-01T00:00:00Z", "unknown key"),
    ],
)
def test_a_word_that_cannot_be_taken_says_what_to_write(word: str, says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        assignments([word], {})
    assert "Atzr" not in str(caught.value)


def test_every_setting_has_an_example_that_is_taken() -> None:
    assert set(EXAMPLES) == {setting.name for setting in SETTINGS}
    needs = {"placeholder_product": "X", "token_endpoint": "http://127.0.0.1:8077/auth/o2/token"}
    for name, example in EXAMPLES.items():
        if name in ("name", "refresh_token"):  # these are not given as key=value
            continue
        changed = assignments([example], GOOD)
        assert set(changed) == {name}
        assert changed[name] != defaults()[name]
        checked(GOOD | needs | changed)


ODD: tuple[object, ...] = (
    None,
    True,
    7,
    -1,
    7.5,
    10**20,
    "",
    "no such thing",
    ["x", 1],
    {"x": 1},
    [{"x": 1}],
    [[]],
    object(),
)


@pytest.mark.parametrize("name", [setting.name for setting in SETTINGS])
def test_whatever_is_given_the_refusal_is_a_sentence_of_our_own(name: str) -> None:
    """Words of marshmallow end in a full stop, and name classes instead of what is wanted."""
    refused = 0
    for value in ODD:
        try:
            checked(GOOD | {name: value})
        except ConfigError as error:
            refused += 1
            for path, text in error.problems.items():
                assert not text.endswith("."), (value, path, text)
                assert not re.match(r"Not a|Invalid|Must|Shorter|Longer|Length|Field|Missing", text), (
                    value,
                    path,
                    text,
                )
    assert refused > 2


@pytest.mark.parametrize(
    ("changes", "path", "says"),
    [
        ({"active": "maybe"}, "active", "must be true or false, for example active=true"),
        ({"marketplaces": 5}, "marketplaces", "must be a list, for example marketplaces=DE,FR"),
        ({"shipping_methods": "x"}, "shipping_methods", "for example shipping_methods.EXPEDITED=express"),
        ({"sku_crop": "-FBA"}, "sku_crop", 'must be a list, for example sku_crop=[{suffix="-FBA"}]'),
        ({"stock_buffer": "few"}, "stock_buffer", "must be a whole number, for example stock_buffer=2"),
        ({"store": ""}, "store", "is needed, for example store=shop"),
    ],
    ids=lambda value: value if isinstance(value, str) and "=" not in value else "",
)
def test_a_value_of_the_wrong_kind_is_told_what_to_write(changes: dict, path: str, says: str) -> None:
    assert says in problems(**changes)[path]
