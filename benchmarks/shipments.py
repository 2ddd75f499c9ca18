"""Ten thousand parcels of the shop, decided and written to the outbox: what it takes. Prints JSON."""

from __future__ import annotations

import json
import sqlite3
import sys
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from amazon_orders.ledger import Ledger
from amazon_orders.model import FlowReport
from amazon_orders.sync.commanding import read
from amazon_orders.sync.lease import Keeper
from amazon_orders.sync.shipments import SOURCE
from benchmarks.ours import make


def ship_all(folder: Path) -> int:
    """Every open order of the shop leaves in one parcel; how many there are."""
    now = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    with closing(sqlite3.connect(folder / "shop.db")) as shop:
        shop.execute(
            "INSERT INTO shipments (order_id, carrier, service, tracking, shipped_at, updated_at)"
            " SELECT id, 'DHL', 'DHL Paket', printf('0034043416%010d', id), ?, ? FROM orders",
            (now, now),
        )
        shop.execute(
            "INSERT INTO shipment_lines (shipment_id, line_id, quantity) SELECT s.id, l.id, l.quantity FROM shipments s"
            " JOIN order_lines l ON l.order_id = s.order_id WHERE l.kind = 'item'"
        )
        shop.commit()
        (count,) = shop.execute("SELECT count(*) FROM shipments").fetchone()
    return int(count)


def enqueued(ledger: Ledger) -> int:
    """Commands in the outbox that are to be sent."""
    return sum(row.state == "intended" for row in ledger.outbox.open("de", SOURCE.kinds[0]))


def main() -> None:
    url, folder = sys.argv[1], Path(sys.argv[2])
    app = make(folder, url)
    app.sync(only=["orders"])
    parcels = ship_all(folder)
    work = app.work(app.connections.get("de"))
    lease = app.ledger.leases.acquire("de")
    work.keeper = Keeper(app.ledger, lease, seconds=3600, now=app.now)
    report = FlowReport(flow="shipments")
    cpu, wall = time.process_time(), time.perf_counter()
    read(work, SOURCE, report)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(json.dumps({"parcels": parcels, "enqueued": enqueued(app.ledger), "cpu": cpu, "wall": wall}), flush=True)


if __name__ == "__main__":
    main()
