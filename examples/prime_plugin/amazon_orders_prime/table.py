"""The table of SKUs: a CSV file with the columns `seller_sku` and `product`."""

from __future__ import annotations

import csv
from pathlib import Path

from amazon_orders.errors import ConfigError


def read_table(path: str) -> dict[str, str]:
    """Seller SKU -> value of the shop's product attribute. `ConfigError` says which line is wrong."""
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            return _pairs(csv.DictReader(file), path)
    except (OSError, UnicodeDecodeError) as error:
        words = getattr(error, "strerror", None) or "it is no UTF-8 text"
        raise ConfigError(f"The table of SKUs {path} cannot be read: {words}.", record="PRIME_SKUS") from error


def _pairs(rows: csv.DictReader[str], path: str) -> dict[str, str]:
    pairs: dict[str, str] = {}
    for row in rows:
        sku, product = row.get("seller_sku"), row.get("product")
        if not sku or not product or pairs.get(sku, product) != product:
            raise ConfigError(
                f"The table of SKUs {path} is wrong in line {rows.line_num}: each line needs a seller_sku and a "
                "product, and no SKU may have two products.",
                record="PRIME_SKUS",
            )
        pairs[sku] = product
    return pairs
