"""Stock of a large shop: what a comparison takes, and in how many feeds everything goes out.

`serve N` is a simulated Amazon with so many listings; without it one process measures in a fresh folder, prints JSON.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from amazon_orders import App, Config

CHANGED = 1_000
ROUNDS = 3
FULL_FEED = 25_000


def serve(listings: int) -> None:
    """Listings of ten pieces each; reports and feeds are done at once. Each line of input is answered in JSON."""
    from amazon_orders.sandbox import Clock, SimulatedAmazon
    from benchmarks.serve import REFRESH_TOKEN, SELLER

    amazon = SimulatedAmazon(seed=42, clock=Clock.real(), speed=1e5)
    seller = amazon.add_seller(SELLER, "eu", ["DE", "FR"], REFRESH_TOKEN)
    seller.report_delay = seller.feed_delay = 0
    for number in range(listings):
        seller.list_item(_sku(number), 10)
    with amazon.serve() as url:
        print(url, flush=True)
        for _ in sys.stdin:
            feeds = [len(feed.marketplace_ids) for feed in seller.feeds()]
            right = sum(seller.quantity(_sku(number)) == 7 for number in range(listings))
            print(json.dumps({"feeds": len(feeds), "places": max(feeds, default=0), "right": right}), flush=True)


def measure(url: str, folder: Path, listings: int) -> None:
    """The first process: takes everything in, changes a thousand, compares; then changes all and sends them."""
    app = _made(folder, url, listings)
    for _ in range(3):
        _calls(app)
    idle = _calls(app)
    _set(folder, 9, CHANGED)
    app.close()
    compared = [_alone("compare", url, folder) for _ in range(ROUNDS)]
    _set(folder, 10, CHANGED)
    _set(folder, 7, listings)
    cpu = time.process_time()
    everything = [_calls(app) for _ in range(3)]
    print(
        json.dumps(
            {
                "listings": listings,
                "idle": idle,
                "cpu": min(result["cpu"] for result in compared),
                "found": compared[0]["found"],
                "rss_mb": max(result["rss_mb"] for result in compared),
                "sent": everything,
                "sent_cpu": time.process_time() - cpu,
                "sent_rss_mb": _peak(),
            }
        ),
        flush=True,
    )


def compare(folder: Path) -> None:
    """A process of its own: one comparison that sends nothing."""
    app = _open(folder)
    app.ledger  # noqa: B018 - opened before the clock starts, as a running worker has it
    app.hooks("shop")
    cpu = time.process_time()
    plan = app.sync("de", only=["stock"], dry_run=True).plan
    cpu = time.process_time() - cpu
    print(json.dumps({"cpu": cpu, "found": len(plan), "rss_mb": _peak()}), flush=True)


def figures(listings: int) -> dict[str, Any]:
    """All of it, with the simulated Amazon in a process of its own."""
    import tempfile

    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.stock", "serve", str(listings)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    assert server.stdin is not None
    try:
        url = server.stdout.readline().strip()
        with tempfile.TemporaryDirectory(prefix="amazon-orders-bench-") as folder:
            found = _alone("measure", url, Path(folder), str(listings))
        server.stdin.write("how is it?\n")
        server.stdin.flush()
        return {**found, **json.loads(server.stdout.readline())}
    finally:
        server.kill()
        server.wait()


def _alone(what: str, url: str, folder: Path, *options: str) -> dict[str, Any]:
    words = [sys.executable, "-m", "benchmarks.stock", what, url, str(folder), *options]
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    if said.returncode:
        raise SystemExit(f"benchmarks.stock {what} failed: {said.stderr[-2000:]}")
    result: dict[str, Any] = json.loads(said.stdout.splitlines()[-1])
    return result


def _made(folder: Path, url: str, listings: int) -> App:
    from amazon_orders.adapters.sqlite.shop import Shop
    from benchmarks.ours import make

    app = make(folder, url)
    app.connections.set("de", {"publish_stock": True})
    shop = Shop.open(folder / "shop.db")
    shop.add_products({"sku": _sku(number), "title": "part", "stock": 10} for number in range(listings))
    shop.close()
    return app


def _open(folder: Path) -> App:
    return App(
        Config.from_mapping(
            {
                "ledger": {"url": "sqlite:///ledger.db", "key_file": "key"},
                "lwa": {"client_id": "amzn1.application-oa2-client.sandbox", "client_secret": "sandbox-secret"},
                "stores": {"shop": {"adapter": "sqlite", "path": "shop.db"}},
            },
            folder=folder,
        )
    )


def _calls(app: App) -> dict[str, int]:
    """One sync: Amazon's operations and how often each was called."""
    calls: dict[str, int] = {}
    for flow in app.sync(at_once=True).connections[0].flows:
        if flow.error:
            raise SystemExit(str(flow.error))
        for operation, count in flow.calls.items():
            calls[operation] = calls.get(operation, 0) + count
    return calls


def _set(folder: Path, count: int, parts: int) -> None:
    with closing(sqlite3.connect(folder / "shop.db")) as shop, shop:
        shop.execute("UPDATE products SET stock = ? WHERE sku LIKE 'PART-%' AND sku < ?", (count, _sku(parts)))


def _sku(number: int) -> str:
    return f"PART-{number:06}"


def _peak() -> float:
    """Megabytes at most of this process. `ru_maxrss` begins with those of the process that started it."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def main() -> None:
    match sys.argv[1:]:
        case ["serve", listings]:
            serve(int(listings))
        case ["measure", url, folder, listings]:
            measure(url, Path(folder), int(listings))
        case ["compare", _, folder]:
            compare(Path(folder))
        case [*rest]:
            print(json.dumps(figures(int(rest[0]) if rest else 50_000), indent=2))


if __name__ == "__main__":
    main()
