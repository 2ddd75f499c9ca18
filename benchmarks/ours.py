"""The importing process: this library into the SQLite shop. Prints what it measured as JSON."""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet

from amazon_orders import App, Config
from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.sandbox import CATALOGUE
from benchmarks.serve import REFRESH_TOKEN, SELLER


def make(folder: Path, url: str) -> App:
    shop = Shop.open(folder / "shop.db")
    shop.add_products(
        {"sku": row.sku, "asin": row.asin, "ean": row.ean, "title": row.title, "stock": 10**6} for row in CATALOGUE
    )
    shop.close()
    (folder / "key").write_bytes(Fernet.generate_key())
    app = App(
        Config.from_mapping(
            {
                "ledger": {"url": "sqlite:///ledger.db", "key_file": "key"},
                "lwa": {"client_id": "amzn1.application-oa2-client.sandbox", "client_secret": "sandbox-secret"},
                "stores": {"shop": {"adapter": "sqlite", "path": "shop.db"}},
            },
            folder=folder,
        )
    )
    app.connections.add(
        {
            "name": "de",
            "active": True,
            "seller_id": SELLER,
            "region": "eu",
            "marketplaces": ["DE", "FR"],
            "store": "shop",
            "refresh_token": REFRESH_TOKEN,
            "endpoint": url,
            "token_endpoint": f"{url}/auth/o2/token",
            # Amazon takes five quantities a second: publishing the first time would be measured, not importing.
            "publish_stock": False,
            "sync_from": datetime.now(UTC) - timedelta(days=30),
        }
    )
    return app


def measured(app: App, **options: Any) -> dict[str, Any]:
    """One sync: CPU and wall seconds of this process, and what the report says."""
    app.ledger  # noqa: B018 - opened before the clock starts, as a running worker has it
    commits = app.ledger.commits
    cpu, wall = time.process_time(), time.perf_counter()
    report = app.sync(**options)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    flow = report.connections[0].flows[0].as_dict()
    return {"cpu": cpu, "wall": wall, "commits": app.ledger.commits - commits, **flow}


def read_back(folder: Path) -> dict[str, Any]:
    """What the shop's own file says, past the adapter."""
    with closing(sqlite3.connect(folder / "shop.db")) as shop:
        orders, total = shop.execute("SELECT count(*), sum(CAST(total AS REAL)) FROM orders").fetchone()
        (lines,) = shop.execute("SELECT count(*) FROM order_lines WHERE kind = 'item'").fetchone()
        unbalanced = 0
        for order_total, shipping, parts in shop.execute(
            "SELECT o.total, o.shipping, group_concat(l.total, ' ') FROM orders o JOIN order_lines l"
            " ON l.order_id = o.id GROUP BY o.id"
        ):
            cents = sum(round(float(part) * 100) for part in parts.split()) + round(float(shipping) * 100)
            unbalanced += cents != round(float(order_total) * 100)
        (journal,) = shop.execute("PRAGMA journal_mode").fetchone()
    return {
        "orders": orders,
        "lines": lines,
        "total": round(total or 0, 2),
        "unbalanced": unbalanced,
        "journal": journal,
    }


def main() -> None:
    url, folder = sys.argv[1], Path(sys.argv[2])
    app = make(folder, url)
    results: dict[str, Any] = {"first": measured(app)}
    results["rss_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    if "--again" in sys.argv:
        print("ready for the silent cancellation", flush=True)
        sys.stdin.readline()
        before = _rows(folder)
        results["second"] = measured(app)
        changed = before ^ _rows(folder)
        results["changed"] = sorted({row[0] for row in changed})
        results["cancelled"] = sorted(row[0] for row in changed if row[1] == "cancelled")
        app.ledger.cursors.save(_rewound(app))
        results["unchanged"] = measured(app)
    results["shop"] = read_back(folder)
    results["ledger_pragmas"] = app.ledger.pragmas()
    results["shop_pragmas"] = _shop_pragmas(folder)
    print(json.dumps(results), flush=True)


def _rows(folder: Path) -> set[tuple[Any, ...]]:
    """Every order of the shop as it stands."""
    with closing(sqlite3.connect(folder / "shop.db")) as shop:
        return set(shop.execute("SELECT external_id, status, total, updated_at FROM orders"))


def _rewound(app: App) -> Any:
    """The orders cursor as if nothing had been read: every record comes by again, unchanged."""
    from dataclasses import replace

    cursor = app.ledger.cursors.get("de", "orders")
    assert cursor is not None
    return replace(cursor, watermark=datetime.now(UTC) - timedelta(days=29))


def _shop_pragmas(folder: Path) -> dict[str, Any]:
    from amazon_orders.adapters.sqlite import open_store

    store = open_store({"path": str(folder / "shop.db")})
    return dict(store.pragmas())


if __name__ == "__main__":
    main()
