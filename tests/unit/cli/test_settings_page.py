"""The page of settings has every setting, its label and its choices, and nothing else."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from amazon_orders.settings import SETTINGS, Config, Setting, assignments, defaults

PAGE = (Path(__file__).parents[3] / "docs" / "settings.md").read_text(encoding="utf-8")
SECTIONS = {
    match["name"]: match["text"]
    for match in re.finditer(r"^#### `(?P<name>\w+)`\n(?P<text>.*?)(?=^#{2,4} |\Z)", PAGE, re.DOTALL | re.MULTILINE)
}
ROWS = {match["name"]: match[0] for match in re.finditer(r"^\| `(?P<name>\w+)` \|.*$", PAGE, re.MULTILINE)}


def test_every_setting_is_explained_once() -> None:
    assert sorted([*SECTIONS, *ROWS]) == sorted(item.name for item in SETTINGS)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_label_and_choices_are_told(setting: Setting) -> None:
    text = " ".join((SECTIONS.get(setting.name) or ROWS[setting.name]).split())
    assert setting.label in text
    if setting.name in SECTIONS and setting.name not in ("marketplaces", "cancellation_reason"):
        assert [choice for choice in setting.choices if f"`{choice}`" not in text and f"={choice}`" not in text] == []


EXAMPLES = {
    f"{name}: {example}": (name, example)
    for name, text in SECTIONS.items()
    for example in re.findall(r"`(" + name + r"(?:\.\w+)?=[^`]+)`", " ".join(text.split()))
}


@pytest.mark.parametrize(("name", "example"), EXAMPLES.values(), ids=EXAMPLES)
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
    shown = {name for name, _ in EXAMPLES.values()}
    assert set(SECTIONS) - shown == {"name", "refresh_token"}, "these two are not given as key=value"


def test_the_config_file_of_the_page_is_one() -> None:
    [text] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    config = Config.from_mapping(tomllib.loads(text))
    assert set(config.stores) == {"shop"}
    assert config.lease_seconds == Config().lease_seconds
