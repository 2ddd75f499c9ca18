"""Many processes at once on one ledger: each order is claimed by one of them, each lease held by one."""

from __future__ import annotations

import subprocess
import sys

from amazon_orders.ledger import Ledger
from tests.unit.ledger.made import KEY

START = """
import sys, time
from datetime import UTC, datetime
from amazon_orders.errors import Busy
from amazon_orders.ledger import Ledger
ledger = Ledger.open(sys.argv[1], key=sys.argv[2], now=lambda: datetime.now(UTC))
print("ready", flush=True)
sys.stdin.readline()
"""

CLAIM = """
ids = [f"303-{count:07d}-0000000" for count in range(200)]
new = []
for start in range(0, 200, 20):
    claims = ledger.claims.take("shop", "de", {one: one for one in ids[start:start + 20]}, 1)
    new += [one for one, claim in claims.items() if claim.new]
print(*new)
"""

LEASE = """
end = time.monotonic() + 1.5
held = 0
while time.monotonic() < end:
    try:
        lease = ledger.leases.acquire("de")
    except Busy:
        continue
    with ledger.transaction(lease):
        cursor = ledger.cursors.get("de", "orders")
        from amazon_orders.ledger import Cursor
        seen = cursor.counters["held"] if cursor else 0
        ledger.cursors.save(Cursor(connection="de", flow="orders", counters={"held": seen + 1}))
    held += 1
    ledger.leases.release(lease)
print(held)
"""


def at_once(url: str, code: str, processes: int) -> list[str]:
    """Run `code` in some processes that begin together; what each printed."""
    workers = [
        subprocess.Popen(
            [sys.executable, "-c", START + code, url, KEY], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for _ in range(processes)
    ]
    for worker in workers:
        assert worker.stdout is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        assert worker.stdin is not None
        worker.stdin.write("go\n")
        worker.stdin.flush()
    outputs = [worker.communicate()[0] for worker in workers]
    assert [worker.returncode for worker in workers] == [0] * processes
    return outputs


def test_of_four_processes_that_claim_the_same_orders_one_makes_each_claim(url: str, ledger: Ledger) -> None:
    new = [one for output in at_once(url, CLAIM, 4) for one in output.split()]
    assert len(new) == 200
    assert len(set(new)) == 200


def test_of_four_processes_one_at_a_time_holds_a_lease(url: str, ledger: Ledger) -> None:
    counts = [int(output) for output in at_once(url, LEASE, 4)]
    cursor = ledger.cursors.get("de", "orders")
    assert cursor is not None
    assert cursor.counters["held"] == sum(counts) > 10
    assert ledger.leases.acquire("de").fence == sum(counts) + 1
