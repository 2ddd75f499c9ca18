"""The page about adapters names every field that an author fills or reads, and no other."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from pathlib import Path

import pytest

from amazon_orders.model import Address, Cancellation, LineQuantity, Placed, Product, Shipment, StockLevel
from amazon_orders.testing import ShopOrder, promises

PAGE = (Path(__file__).parents[3] / "docs" / "adapters.md").read_text(encoding="utf-8")
TYPES = (Product, Placed, StockLevel, Shipment, LineQuantity, Cancellation, Address, ShopOrder)


@pytest.mark.parametrize("type_", TYPES, ids=lambda type_: type_.__name__)
def test_the_table_of_a_type_has_its_fields(type_: type) -> None:
    table = re.search(rf"^\| of an? `{type_.__name__}`.*\n\|---\|---\|\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    assert table, "the page has its table"
    rows = [(re.findall(r"`(\w+)`", row.split("|")[1]), row.split("|")[2]) for row in table[1].splitlines()]
    assert {name for names, _ in rows for name in names} == {field.name for field in fields(type_)}
    required = {name for names, means in rows if means.startswith(" required;") for name in names}
    without_default = {
        field.name for field in fields(type_) if field.default is MISSING and field.default_factory is MISSING
    }
    assert required == without_default


def test_the_traps_name_checks_that_there_are() -> None:
    rows = PAGE.partition("## The traps\n")[2].partition("\n## ")[0].splitlines()
    named = {name for row in rows if row.startswith("| ") for name in re.findall(r"`(\w+)`", row.split("|")[2])}
    assert len(named) > 10
    assert named <= {name for name, _, _ in promises()}
