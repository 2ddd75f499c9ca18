"""The same orders through python-amazon-sp-api: the 2026 search, a plain insert and a commit per order, no rules."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sp_api.api.orders.orders_2026_01_01 import OrdersV20260101
from sp_api.auth import AccessTokenClient
from sp_api.base import Marketplaces

from benchmarks.serve import REFRESH_TOKEN

DATA_SETS = ["BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION", "CANCELLATION", "FULFILLMENT", "PACKAGES", "TAX"]


class Loopback(str):
    """An http address. The client takes the host header from the ninth character on, as if all addresses were https."""

    def __getitem__(self, at: object) -> str:
        return self.split("//", 1)[1]


def main() -> None:
    url, folder = sys.argv[1], Path(sys.argv[2])
    scheme, host = url.split("://")
    AccessTokenClient.scheme, AccessTokenClient.host = f"{scheme}://", host
    client = OrdersV20260101(
        marketplace=Marketplaces.DE,
        refresh_token=REFRESH_TOKEN,
        credentials={
            "lwa_app_id": "amzn1.application-oa2-client.sandbox",
            "lwa_client_secret": "sandbox-secret",
        },
    )
    client.endpoint = Loopback(url)
    client.user_agent = "benchmark/1.0 (Language=Python/3)"
    shop = sqlite3.connect(folder / "peer.db")
    shop.execute("CREATE TABLE orders (id TEXT PRIMARY KEY, status TEXT, total TEXT, updated TEXT)")
    shop.execute("CREATE TABLE items (id TEXT PRIMARY KEY, order_id TEXT, sku TEXT, quantity INTEGER, total TEXT)")
    shop.commit()
    cpu, wall, calls = time.process_time(), time.perf_counter(), 0
    query = {
        "lastUpdatedAfter": (datetime.now(UTC) - timedelta(days=29)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "marketplaceIds": ["A1PA6795UKMFR9", "A13V1IB3VIYZZH"],
        "maxResultsPerPage": 100,
        "includedData": DATA_SETS,
    }
    token: dict[str, str] = {}
    while True:
        answer = client.search_orders(**query, **token)
        page = answer.payload
        calls += 1
        for order in page["orders"]:
            shop.execute(
                "INSERT INTO orders VALUES (?, ?, ?, ?)",
                (
                    order["orderId"],
                    order["fulfillment"]["fulfillmentStatus"],
                    order["proceeds"]["grandTotal"]["amount"],
                    order["lastUpdatedTime"],
                ),
            )
            for item in order["orderItems"]:
                shop.execute(
                    "INSERT INTO items VALUES (?, ?, ?, ?, ?)",
                    (
                        item["orderItemId"],
                        order["orderId"],
                        item["product"]["sellerSku"],
                        item["quantityOrdered"],
                        item["proceeds"]["proceedsTotal"]["amount"],
                    ),
                )
            shop.commit()
        if not answer.next_token:
            break
        token = {"paginationToken": answer.next_token}
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    (orders,) = shop.execute("SELECT count(*) FROM orders").fetchone()
    print(json.dumps({"cpu": cpu, "wall": wall, "calls": calls, "orders": orders}))


if __name__ == "__main__":
    main()
