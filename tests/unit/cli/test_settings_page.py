"""The page of settings has every setting, its label and its choices, and nothing else."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from amazon_orders.settings import EXAMPLES, SETTINGS, Config, Setting, assignments, defaults

PAGE = (Path(__file__).parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
SECTIONS = {
    match["name"]: match["text"]
    for match in re.finditer(r"^#### `(?P<name>\w+)`\n(?P<text>.*?)(?=^#{2,4} |\Z)", PAGE, re.DOTALL | re.MULTILINE)
}


def text_of(name: str) -> str:
    return " ".join(SECTIONS[name].split())


def test_every_setting_is_explained_once() -> None:
    assert len(re.findall("^#### ", PAGE, re.MULTILINE)) == len(SECTIONS)
    assert sorted(SECTIONS) == sorted(item.name for item in SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_each_says_what_it_does_what_it_is_by_default_and_an_example(setting: Setting) -> None:
    text = text_of(setting.name)
    assert len(text.split("Default:")[0].split("Example:")[0]) > 40
    assert re.search(r"Default:|\(default\)|Needed[.,]", text)
    usual = defaults()[setting.name]
    if usual not in ("", None, (), {}):
        word = json.dumps(usual) if not isinstance(usual, str) else usual
        assert f"Default: `{word}`" in text or f"`{word}` (default)" in text
    assert f"`{EXAMPLES[setting.name]}`" in text or setting.name == "name"


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_label_and_choices_are_told(setting: Setting) -> None:
    text = text_of(setting.name)
    assert not setting.label or f"({setting.label})" in text
    assert [choice for choice in setting.choices if f"`{choice}`" not in text and f"={choice}`" not in text] == []


SHOWN = {
    f"{name}: {example}": (name, example)
    for name in SECTIONS
    for example in re.findall(r"`(" + name + r"(?:\.\w+)?=[^`]+)`", text_of(name))
}


@pytest.mark.parametrize(("name", "example"), SHOWN.values(), ids=SHOWN)
def test_the_examples_are_accepted(name: str, example: str) -> None:
    from amazon_orders.settings import checked

    good = {
        "name": "de",
        "seller_id": "A1EXAMPLE",
        "region": "eu",
        "marketplaces": ["DE"],
        "store": "shop",
        "placeholder_product": "X",
        "token_endpoint": "http://127.0.0.1:8077/auth/o2/token",
    }
    changed = assignments([example], good)
    assert name in changed
    assert changed[name] != defaults()[name]
    checked(good | changed)


def test_sections_have_an_example() -> None:
    shown = {name for name, _ in SHOWN.values()}
    assert set(SECTIONS) - shown == {"name", "refresh_token"}, "these two are not given as key=value"


def test_the_config_file_of_the_page_is_one() -> None:
    text = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)[0]
    config = Config.from_mapping(tomllib.loads(text))
    assert set(config.stores) == {"shop"}
    assert config.lease_seconds == Config().lease_seconds
