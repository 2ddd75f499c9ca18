"""Reads the shop's catalogue: which stock record a value means, and what it can still promise.

A product is named by its stock record, which is what an order line of Oscar points to.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F
from oscar.core.loading import get_model

from ...errors import StoreRejected
from ...model import Product, StockLevel
from .database import from_shop, pages, reading
from .options import Options

FIELDS = {"sku": "partner_sku", "partner_sku": "partner_sku", "upc": "product__upc", "id": "pk"}
"""Attributes that every Oscar shop has. Any other name is the code of a product attribute."""

MANY = 300
"""Values in one question; SQLite takes no more than 999 of them, each in three spellings."""


def products(options: Options, attribute: str, values: Sequence[str]) -> list[Product]:
    """Stock records by value, also where a value is written all in capitals or all in small letters."""
    with reading(options.database):
        records = _by(options, attribute)
        found = []
        for start in range(0, len(values), MANY):
            wanted = _spellings(values[start : start + MANY], number=attribute == "id")
            rows = records.filter(shown__in=wanted).values_list("pk", "shown", "product__title")
            found += [Product(ref=str(pk), value=str(value), title=title) for pk, value, title in rows]
    return found


def stock(options: Options, attribute: str) -> Iterator[StockLevel]:
    """Every stock record each time: allocating does not move `date_updated`, so changes cannot be asked for."""
    with reading(options.database):
        records = _by(options, attribute)
    columns = records.values(
        "pk",
        "shown",
        "num_in_stock",
        "num_allocated",
        "date_updated",
        own=F("product__product_class__track_stock"),
        parents=F("product__parent__product_class__track_stock"),
    )
    for page in pages(columns):
        for row in page:
            if row["shown"] in (None, ""):
                continue
            tracked = row["own"] if row["own"] is not None else row["parents"]
            available = Decimal((row["num_in_stock"] or 0) - (row["num_allocated"] or 0))
            yield StockLevel(
                product=str(row["pk"]),
                value=str(row["shown"]),
                available=available if tracked else None,
                updated_at=from_shop(row["date_updated"]),
            )


def stock_records(options: Options, refs: Sequence[str]) -> dict[str, Any]:
    """Reference -> stock record, with all that an order line and its stock need, in one question."""
    records = _records(options).select_related("partner", "product__product_class", "product__parent__product_class")
    return {str(record.pk): record for record in records.filter(pk__in=_spellings(refs, number=True))}


def _records(options: Options) -> Any:
    records = get_model("partner", "StockRecord")._default_manager.using(options.database)
    return records.filter(partner__code=options.partner) if options.partner else records.all()


def _by(options: Options, attribute: str) -> Any:
    """The stock records that have the attribute, its value as `shown`."""
    if attribute in FIELDS:
        return _records(options).annotate(shown=F(FIELDS[attribute]))
    attributes = get_model("catalogue", "ProductAttribute")._default_manager.using(options.database).filter(type="text")
    if not attributes.filter(code=attribute).exists():
        codes = sorted(set(attributes.values_list("code", flat=True)))
        raise StoreRejected(
            f"the shop's products have no text attribute {attribute!r}; they have {', '.join([*FIELDS, *codes])}: "
            "change the connection's product_attribute"
        )
    # The annotation goes by the join of the filter, so that it is this attribute's value.
    having = _records(options).filter(product__attribute_values__attribute__code=attribute)
    return having.annotate(shown=F("product__attribute_values__value_text"))


def _spellings(values: Sequence[str], *, number: bool) -> list[Any]:
    if number:
        return [int(value) for value in values if value.isascii() and value.isdecimal() and len(value) < 19]
    return list(dict.fromkeys(way for value in values if value for way in (value, value.upper(), value.lower())))
