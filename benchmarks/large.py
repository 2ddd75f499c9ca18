"""A sync of a hundred new orders on a ledger that holds so many already: what it takes. Prints JSON.

The many are made of one real page that is copied within the database, so that every row looks as the library wrote it.
"""

from __future__ import annotations

import json
import resource
import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from benchmarks.ours import make, measured

NEW = 100
ROUNDS = 5


def sync_new(app: Any) -> dict[str, Any]:
    """A hundred orders arrive at Amazon, then one sync."""
    print("more", flush=True)
    sys.stdin.readline()
    return measured(app, only=["orders"])


def fill(folder: Path, wanted: int) -> int:
    """Copy the ledger's orders until there are so many; how many there are."""
    with closing(sqlite3.connect(folder / "ledger.db")) as ledger:
        ledger.execute("PRAGMA synchronous = OFF")
        columns = [row[1] for row in ledger.execute("PRAGMA table_info(ao_orders)")]
        copied = {
            "amazon_order_id": "substr(amazon_order_id, 1, 4) || printf('%07d', (? + rowid) / 10000000)"
            " || '-' || printf('%07d', (? + rowid) % 10000000)",
            "store_ref": "'copy-' || (? + rowid)",
            "digest": "randomblob(length(digest))",
            "created_at": "strftime('%Y-%m-%dT%H:%M:%S.000000Z', created_at, '-' || ((? + rowid) % 700) || ' days')",
            "token": "NULL",
            "next_try": "NULL",
            "watched": "0",
        }
        (count,) = ledger.execute("SELECT count(*) FROM ao_orders").fetchone()
        step = 0
        while count < wanted:
            step += 1
            base = step * 100_000_000
            select = ", ".join(copied.get(name, name) for name in columns)
            ledger.execute(
                f"INSERT INTO ao_orders ({', '.join(columns)}) SELECT {select} FROM ao_orders LIMIT ?",
                (*[base] * select.count("?"), wanted - count),
            )
            ledger.commit()
            (count,) = ledger.execute("SELECT count(*) FROM ao_orders").fetchone()
        return int(count)


def page_time(app: Any) -> float:
    """The slowest page of fifty of a list: the first, one far down, and those of single states. Seconds."""
    slowest = 0.0
    for status in (None, "placed", "held", "attention"):
        rows = iter(app.ledger.orders.list(status=status, limit=None))
        for skip in (0, 5_000):
            for _ in range(skip):
                next(rows, None)
            last = next(rows, None)
            if last is None:
                continue
            begun = time.perf_counter()
            list(app.ledger.orders.list(status=status, after=last, limit=50))
            slowest = max(slowest, time.perf_counter() - begun)
    return slowest


def main() -> None:
    url, folder, wanted = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    app = make(folder, url)
    measured(app, only=["orders"])
    app.close()
    orders = fill(folder, wanted)
    sync_new(app)  # everything is loaded and compiled
    rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    runs = [sync_new(app) for _ in range(ROUNDS)]
    print(
        json.dumps(
            {
                "orders": orders,
                "placed": [run["placed"] for run in runs],
                "cpu": min(run["cpu"] for run in runs),
                "wall": min(run["wall"] for run in runs),
                "page_ms": page_time(app) * 1000,
                "growth_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - rss,
            }
        ),
        flush=True,
    )


if __name__ == "__main__":
    main()
