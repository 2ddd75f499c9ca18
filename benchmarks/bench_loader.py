"""What one order costs on its way from the wire to `model.Order`: transport, page, record. Exits 1 if a promise fails.

`python -m benchmarks.bench_loader [--orders N] [--rounds N]`. CPU seconds of this process, the best of the rounds.
"""

from __future__ import annotations

import argparse
import json
import platform
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

from amazon_orders.amazon import INCLUDED, OrderPage, Transport
from amazon_orders.amazon.parsing import parse_fast
from amazon_orders.amazon.schemas import load_by_schema, load_order
from amazon_orders.sandbox import Clock, SimulatedAmazon
from benchmarks.__main__ import Figure

PAGE_BYTES = 300_000
CALLS = 200


def records(count: int) -> list[bytes]:
    """Orders as the simulated Amazon writes them, every data set included."""
    amazon = SimulatedAmazon(clock=Clock(start=datetime(2026, 11, 20, tzinfo=UTC)))
    seller = amazon.add_seller(marketplaces=["DE", "FR", "GB"])
    seller.generate(count, shipped=0.3, business=0.1)
    documents = [seller.order(order_id) for order_id in seller.order_ids()]
    return [json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() for document in documents]


def best(what: Callable[[], object], rounds: int) -> float:
    """CPU seconds of the quickest round: the machine may be busy, the code cannot be faster than it is."""
    seen = []
    for _ in range(rounds):
        begun = time.process_time()
        what()
        seen.append(time.process_time() - begun)
    return min(seen)


def page_of(rows: list[bytes]) -> bytes:
    """A page of 100 orders and about 300 KB, as large as real ones: fields that the library does not read fill it."""
    each = (PAGE_BYTES - sum(map(len, rows[:100]))) // 100 - 15
    filling = b',"filling":"' + b"x" * max(0, each) + b'"}'
    return b'{"orders":[' + b",".join(row[:-1] + filling for row in rows[:100]) + b'],"pagination":{"nextToken":"n"}}'


def loader_figures(rows: list[bytes], rounds: int) -> list[Figure]:
    """Records that are parsed already, by the compiled loader and by the schema that it is made from."""
    count = len(rows)
    data = [parse_fast(row) for row in rows]
    parse = best(lambda: [parse_fast(row) for row in rows], rounds) / count * 1e6
    compiled = best(lambda: [load_order(record, INCLUDED) for record in data], rounds) / count * 1e6
    few = data[: max(count // 10, 1)]
    schema = best(lambda: [load_by_schema(record, INCLUDED) for record in few], rounds) / len(few) * 1e6
    return [
        Figure(f"parse ({parse_fast.__module__}), us an order", f"{parse:.1f}", "", True),
        Figure("schema, built beforehand, us an order", f"{schema:.1f}", "", True),
        Figure("compiled loader, us an order", f"{compiled:.1f}", "", True),
        Figure("times as fast as the schema", f"{schema / compiled:.1f}", ">= 10", schema / compiled >= 10),
    ]


def page_figures(body: bytes, rounds: int) -> list[Figure]:
    """A page as sync takes it: guesses, one question to the ledger, records."""
    known = {record.digest for record in OrderPage(body, INCLUDED).records(frozenset())}

    def taken(ledger: frozenset[bytes] | set[bytes]) -> list[bool]:
        page = OrderPage(body, INCLUDED)
        page.digests()
        return [record.unchanged for record in page.records(ledger)]

    new = best(lambda: taken(frozenset()), rounds) / 100 * 1e6
    unchanged = best(lambda: taken(known), rounds) / 100 * 1e6
    recognised = sum(taken(known))
    return [
        Figure(f"page of {len(body) // 1000} KB: records recognised", str(recognised), "100", recognised == 100),
        Figure("unchanged record, us", f"{unchanged:.1f}", "<= 8", unchanged <= 8),
        Figure("new record, told apart and parsed, us", f"{new:.1f}", "", True),
    ]


def call_figures(body: bytes, rounds: int) -> list[Figure]:
    """A page over a kept connection to a server in another process."""
    server = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.bench_loader", "--serve", str(len(body))],
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert server.stdout is not None
    transport = Transport()
    try:
        url = server.stdout.readline().strip()

        def calls() -> None:
            for _ in range(CALLS):
                assert len(transport.send("GET", url, operation="searchOrders").body) == len(body)

        each = best(calls, rounds) / CALLS * 1e3
    finally:
        transport.close()
        server.kill()
        server.wait()
    return [Figure(f"call for {len(body) // 1000} KB, ms", f"{each:.2f}", "<= 1.2", each <= 1.2)]


def serve(size: int) -> None:
    """Answer whatever is asked with so many bytes."""
    answer = f"HTTP/1.1 200 OK\r\nContent-Length: {size}\r\n\r\n".encode() + b"x" * size
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    connection, _ = listener.accept()
    asked = b""
    while piece := connection.recv(65536):
        asked += piece
        while b"\r\n\r\n" in asked:
            _, _, asked = asked.partition(b"\r\n\r\n")
            connection.sendall(answer)


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.bench_loader")
    parser.add_argument("--orders", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--serve", type=int, default=0, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve)
        return 0
    rows = records(max(options.orders, 100))
    body = page_of(rows)
    figures = [
        *loader_figures(rows, options.rounds),
        *page_figures(body, options.rounds * 3),
        *call_figures(body, options.rounds),
    ]
    lines = sum(len(json.loads(row)["orderItems"]) for row in rows) / len(rows)
    print(f"Python {platform.python_version()}, {platform.machine()}, {len(rows)} orders of {lines:.2f} lines")
    for figure in figures:
        promised = f"{figure.promised:>8}{'' if figure.holds else '   <- does not hold'}"
        print(f"{figure.what:<46}{figure.seen:>10}{promised}")
    return 0 if all(figure.holds for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
