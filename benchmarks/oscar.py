"""Orders placed in a django-oscar shop on SQLite, in process, one by one and a page at once; prints JSON.

The shop's database is durable as Django has it, and the orders have one line each.
"""

from __future__ import annotations

import json
import os
import sys
import time
import warnings
from pathlib import Path
from typing import Any

ORDERS = 300
PAGE = 100


def main(folder: Path) -> None:
    """One measuring process in a fresh folder."""
    warnings.simplefilter("ignore")  # Oscar's own, while its apps are imported
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.stores.oscar.settings"
    os.environ["OSCAR_TEST_DB"] = str(folder / "oscar.db")
    import django
    from django.conf import settings

    settings.DATABASES["default"]["OPTIONS"].pop("init_command")  # the tests' one gives durability up
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0, run_syncdb=True)
    from amazon_orders.adapters.oscar import open_store
    from amazon_orders.testing import orders as make
    from tests.stores.oscar.shop import OscarShop

    shop = OscarShop()
    shop.add_countries()
    product = str(shop.add_product("SKU-1", 10 * ORDERS).pk)
    store = open_store({"vat_rates": {"DE": "19"}})

    def orders(number: int) -> dict[str, Any]:
        made = [make.order(make.new_key(), [make.line(product)], shipping="4.99") for _ in range(number)]
        return {order.amazon_order_id: order for order in made}

    store.store_place_orders(orders(PAGE))
    singles, pages = orders(ORDERS), [orders(PAGE) for _ in range(ORDERS // PAGE)]
    begun = time.perf_counter()
    for key, order in singles.items():
        store.store_place_order(order, key)
    between = time.perf_counter()
    for page in pages:
        store.store_place_orders(page)
    ended = time.perf_counter()
    placed = len(shop.orders())
    print(
        json.dumps(
            {
                "right": placed == PAGE + 2 * ORDERS,
                "one_by_one": ORDERS / (between - begun),
                "in_pages": ORDERS / (ended - between),
            }
        )
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
