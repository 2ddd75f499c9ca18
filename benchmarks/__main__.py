"""The figures, as a table: what was measured, what was promised, and whether it holds. Exits 1 if one does not."""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, NamedTuple

from benchmarks import stock

PYTHON = sys.executable


class Figure(NamedTuple):
    """One line of the table."""

    what: str
    seen: str
    promised: str
    holds: bool


@contextmanager
def amazon(orders: int) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A simulated Amazon with so many orders in a process of its own, on the second core where there is one."""
    server = subprocess.Popen(
        [PYTHON, "-m", "benchmarks.serve", str(orders)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    _pin(server.pid, -1)
    assert server.stdout is not None
    try:
        yield server.stdout.readline().strip(), server
    finally:
        server.kill()
        server.wait()


def _pin(pid: int, core: int) -> None:
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) > 1:
        os.sched_setaffinity(pid, {cores[core]})


def run(module: str, url: str, *options: str, tell: Any = None) -> dict[str, Any]:
    """One measuring process in a fresh folder on the first core; its last line is JSON."""
    with tempfile.TemporaryDirectory(prefix="amazon-orders-bench-") as folder:
        child = subprocess.Popen(
            [PYTHON, "-m", f"benchmarks.{module}", url, folder, *options],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        _pin(child.pid, 0)
        assert child.stdout is not None
        if tell is not None:
            child.stdout.readline()
            tell()
            _say(child.stdin, "go on")
        answer = child.stdout.read()
        if child.wait():
            raise SystemExit(f"benchmarks.{module} failed")
        result: dict[str, Any] = json.loads(answer.splitlines()[-1])
        return result


def _say(pipe: IO[str] | None, text: str) -> None:
    assert pipe is not None
    pipe.write(text + "\n")
    pipe.flush()


def large(orders: int) -> dict[str, Any]:
    """Syncs of a hundred new orders on a ledger that holds so many; the simulated Amazon gets them when asked to."""
    with amazon(100) as (url, server), tempfile.TemporaryDirectory(prefix="amazon-orders-bench-") as folder:
        child = subprocess.Popen(
            [PYTHON, "-m", "benchmarks.large", url, folder, str(orders)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        _pin(child.pid, 0)
        assert child.stdout is not None
        assert server.stdout is not None
        for line in child.stdout:
            if line.strip() != "more":
                result: dict[str, Any] = json.loads(line)
                child.wait()
                return result
            _say(server.stdin, "more 100")
            server.stdout.readline()
            _say(child.stdin, "go on")
        raise SystemExit("benchmarks.large failed")


def import_cpu() -> float:
    """CPU seconds of `import amazon_orders` beyond a bare interpreter, median of 5."""
    probe = "import time; a = time.process_time(); import amazon_orders; print(time.process_time() - a)"
    return statistics.median(
        float(subprocess.run([PYTHON, "-c", probe], capture_output=True, text=True, check=True).stdout)
        for _ in range(5)
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks")
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--parcels", type=int, default=10_000)
    parser.add_argument("--listings", type=int, default=50_000)
    parser.add_argument("--ledger", type=int, default=1_000_000)
    options = parser.parse_args()
    n = options.orders
    with amazon(n) as (url, server):

        def cancel() -> None:
            assert server.stdout is not None
            _say(server.stdin, "cancel one silently")
            server.stdout.readline()

        pairs = [(run("ours", url), run("peer", url)) for _ in range(options.rounds)]
        again = run("ours", url, "--again", tell=cancel)
    ours = sorted((pair[0] for pair in pairs), key=lambda result: float(result["first"]["cpu"]))[len(pairs) // 2]
    ratios = [(mine["first"]["placed"] / mine["first"]["wall"]) / (his["orders"] / his["wall"]) for mine, his in pairs]
    peer = pairs[0][1]
    first, second, unchanged = ours["first"], again["second"], again["unchanged"]
    with amazon(options.parcels) as (url, _):
        parcels = [run("shipments", url) for _ in range(options.rounds)]
    with amazon(options.many) as (url, _):
        big = run("ours", url)
    figures = [
        *_speed(n, ours, first, ratios, peer),
        *_later(n, unchanged, second, again),
        *_size(ours, big, options.many),
        *_large([(large(0), large(options.ledger)) for _ in range(options.rounds)]),
        *_parcels(parcels),
        *_stock(options.listings),
        *_hosts(options.rounds),
    ]
    _print(figures, ours)
    return 0 if all(figure.holds for figure in figures) else 1


def _speed(
    n: int, ours: dict[str, Any], first: dict[str, Any], ratios: list[float], peer: dict[str, Any]
) -> list[Figure]:
    cpu = first["cpu"] / n * 1000
    rate = n / first["wall"]
    ratio = statistics.median(ratios)
    calls = sum(first["calls"].values()) / n
    pages = first["calls"]["searchOrders"]
    shop = ours["shop"]
    return [
        Figure("orders in the shop, read back", str(shop["orders"]), str(n), shop["orders"] == n),
        Figure("orders whose lines do not add up", str(shop["unbalanced"]), "0", shop["unbalanced"] == 0),
        Figure("CPU an order, ms", f"{cpu:.3f}", "<= 0.35", cpu <= 0.35),
        Figure("orders a second", f"{rate:,.0f}", ">= 2,000", rate >= 2000),
        Figure(
            "python-amazon-sp-api, orders a second", f"{peer['orders'] / peer['wall']:,.0f}", "", peer["orders"] == n
        ),
        Figure("times its orders a second (median of pairs)", f"{ratio:.1f}", ">= 3", ratio >= 3),
        Figure("API calls an order", f"{calls:.4f}", "<= 0.011", calls <= 0.011),
        Figure("ledger commits a page", f"{first['commits'] / pages:.2f}", "<= 2.2", first["commits"] / pages <= 2.2),
    ]


def _later(n: int, unchanged: dict[str, Any], second: dict[str, Any], again: dict[str, Any]) -> list[Figure]:
    each = unchanged["cpu"] / unchanged["seen"] * 1e6
    calls = sum(second["calls"].values())
    others = len(set(again["changed"]) - set(again["cancelled"]))
    return [
        Figure(
            "unchanged orders seen again", str(unchanged["unchanged"]), f">= {n - 1}", unchanged["unchanged"] >= n - 1
        ),
        Figure("CPU an unchanged order, us", f"{each:.1f}", "<= 20", each <= 20),
        Figure("calls of a second sync", str(calls), "<= 2", calls <= 2),
        Figure(
            "silent cancellations found and carried out",
            str(len(again["cancelled"])),
            "1",
            len(again["cancelled"]) == 1,
        ),
        Figure("other orders written by the second sync", str(others), "0", others == 0),
    ]


def _size(ours: dict[str, Any], big: dict[str, Any], many: int) -> list[Figure]:
    growth = big["rss_mb"] - ours["rss_mb"]
    cpu = import_cpu()
    return [
        Figure(f"orders in the shop of {many:,}", str(big["shop"]["orders"]), str(many), big["shop"]["orders"] == many),
        Figure(f"memory at {many:,} beyond that at the first size, MB", f"{growth:.1f}", "<= 5", growth <= 5),
        Figure("import amazon_orders, CPU s", f"{cpu:.3f}", "<= 0.15", cpu <= 0.15),
    ]


def _large(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[Figure]:
    """On a ledger of many orders against an empty one; the least disturbed run of each."""
    empty = min(pair[0]["wall"] for pair in pairs)
    full = min(pair[1]["wall"] for pair in pairs)
    orders = pairs[0][1]["orders"]
    page = min(pair[1]["page_ms"] for pair in pairs)
    growth = min(pair[1]["growth_mb"] for pair in pairs) - min(pair[0]["growth_mb"] for pair in pairs)
    return [
        Figure(
            f"100 new orders on a ledger of {orders:,}, times an empty one",
            f"{full / empty:.2f}",
            "<= 1.2",
            full <= 1.2 * empty,
        ),
        Figure("slowest page of its lists, ms", f"{page:.1f}", "<= 50", page <= 50),
        Figure("memory that its syncs take beyond an empty one's, MB", f"{growth:.1f}", "<= 5", growth <= 5),
    ]


def _parcels(runs: list[dict[str, Any]]) -> list[Figure]:
    best = min(runs, key=lambda run: float(run["wall"]))
    rate = best["parcels"] / best["wall"]
    waiting = best["parcels"] - best["enqueued"]
    return [
        Figure(f"parcels decided and written, a second ({waiting:,} wait)", f"{rate:,.0f}", ">= 2,000", rate >= 2000)
    ]


def _stock(listings: int) -> list[Figure]:
    found = stock.figures(listings)
    n, calls = f"{listings:,}", sum(found["idle"].values())
    feeds = -(-listings // stock.FULL_FEED)
    return [
        Figure(f"changes found among {n} stock levels", str(found["found"]), "1000", found["found"] == stock.CHANGED),
        Figure("CPU of that comparison, s (best)", f"{found['cpu']:.2f}", "<= 2", found["cpu"] <= 2),
        Figure("peak memory of that comparison, MB", f"{found['rss_mb']:.1f}", "<= 150", found["rss_mb"] <= 150),
        Figure(f"feeds for {n} quantities", str(found["feeds"]), str(feeds), found["feeds"] == feeds),
        Figure(
            "quantities that are right at Amazon then", str(found["right"]), str(listings), found["right"] == listings
        ),
        Figure("calls of a run with nothing to do", str(calls), "1", calls == 1),
    ]


def _hosts(rounds: int) -> list[Figure]:
    """The best run, since a shop's own commits wait for the disk."""
    runs = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="amazon-orders-bench-") as folder:
            said = subprocess.run(
                [PYTHON, "-m", "benchmarks.oscar", folder], capture_output=True, text=True, check=True
            )
        runs.append(json.loads(said.stdout.splitlines()[-1]))
    pages, single = (max(run[what] for run in runs) for what in ("in_pages", "one_by_one"))
    return [
        Figure("orders a second into django-oscar on SQLite, in pages", f"{pages:.0f}", ">= 100", pages >= 100),
        Figure("the same, one by one, which no sync does", f"{single:.0f}", "", True),
        Figure(
            "runs that left every order in it",
            str(sum(run["right"] for run in runs)),
            str(rounds),
            all(run["right"] for run in runs),
        ),
    ]


def _print(figures: list[Figure], ours: dict[str, Any]) -> None:
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.machine()}")
    print(f"ledger {ours['ledger_pragmas']}  shop {ours['shop_pragmas']}  peak memory {ours['rss_mb']:.1f} MB")
    width = max(len(figure.what) for figure in figures)
    print(f"{'figure':<{width}}  {'seen':>12}  {'promised':>12}")
    for figure in figures:
        mark = "" if figure.holds else "   <- does not hold"
        print(f"{figure.what:<{width}}  {figure.seen:>12}  {figure.promised:>12}{mark}")


if __name__ == "__main__":
    sys.exit(main())
