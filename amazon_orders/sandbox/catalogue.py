"""What the simulated sellers sell; a demo shop is filled with the same products."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class CatalogueItem:
    """One product. EANs lie in the range that GS1 keeps for use inside a shop."""

    sku: str
    asin: str
    ean: str
    title: str
    price: Decimal
    """Gross, in the marketplace's currency; in yen a hundred times as much."""


def _ean(number: int) -> str:
    digits = f"20{number:010}"
    total = sum(int(digit) * (3 if index % 2 else 1) for index, digit in enumerate(digits))
    return f"{digits}{-total % 10}"


def _tees() -> list[tuple[str, str, str]]:
    return [
        (f"TEE-{color.upper()}-{size}", f"Cotton T-shirt, {color}, {size}", "19.90")
        for color in ("red", "blue", "black", "white")
        for size in ("S", "M", "L", "XL")
    ]


_ROWS: list[tuple[str, str, str]] = [
    *_tees(),
    ("MUG-WHITE", "Stoneware mug, white, 350 ml", "12.50"),
    ("MUG-BLUE", "Stoneware mug, blue, 350 ml", "12.50"),
    ("MUG-SET-4", "Stoneware mugs, set of 4", "39.90"),
    ("BOWL-GREY", "Cereal bowl, grey", "9.95"),
    ("PLATE-GREY", "Dinner plate, grey", "11.95"),
    ("TEAPOT-GLASS", "Glass teapot with strainer, 1.2 l", "27.49"),
    ("KETTLE-STEEL", "Water kettle, brushed steel, 1.7 l", "44.99"),
    ("CUTTING-BOARD-OAK", "Cutting board, oiled oak", "34.00"),
    ("KNIFE-CHEF-20", "Chef's knife, 20 cm", "59.00"),
    ("TOWEL-LINEN-2", "Linen kitchen towels, pack of 2", "17.80"),
    ("APRON-NAVY", "Apron, navy, adjustable", "24.90"),
    ("BAG-CANVAS", "Canvas shopping bag", "8.99"),
    ("BACKPACK-20L", "Backpack, 20 l, water-repellent", "64.95"),
    ("CAP-BLACK", "Cap, black", "14.90"),
    ("SCARF-WOOL", "Wool scarf, charcoal", "38.50"),
    ("SOCKS-3PK", "Socks, pack of 3", "10.99"),
    ("CANDLE-CEDAR", "Scented candle, cedar", "21.00"),
    ("LAMP-DESK", "Desk lamp, dimmable", "49.90"),
    ("NOTEBOOK-A5", "Notebook A5, dotted", "7.49"),
    ("PEN-GEL-10", "Gel pens, pack of 10", "6.49"),
    ("PUZZLE-1000", "Puzzle, 1000 pieces, harbour", "16.99"),
    ("BOTTLE-750", "Drinking bottle, 750 ml", "22.95"),
    ("UMBRELLA-FOLD", "Folding umbrella", "18.75"),
    ("CHARGER-USB-C", "USB-C charger, 30 W", "19.99"),
]

CATALOGUE: tuple[CatalogueItem, ...] = tuple(
    CatalogueItem(sku, f"B0SBX{number:05}", _ean(number), title, Decimal(price))
    for number, (sku, title, price) in enumerate(_ROWS, 1)
)

BY_SKU: dict[str, CatalogueItem] = {item.sku: item for item in CATALOGUE}
