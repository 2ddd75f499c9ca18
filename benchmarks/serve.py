"""The simulated Amazon in a process of its own: prints its address, serves until it is stopped."""

from __future__ import annotations

import sys
import time
from datetime import timedelta

from amazon_orders.sandbox import Clock, SimulatedAmazon

SELLER = "A1SANDBOXSELLER"
REFRESH_TOKEN = "Atzr|benchmark"


def main() -> None:
    orders = int(sys.argv[1])
    amazon = SimulatedAmazon(seed=42, clock=Clock.real(), speed=1e5)
    seller = amazon.add_seller(SELLER, "eu", ["DE", "FR"], REFRESH_TOKEN)
    ids = seller.generate(orders, span=timedelta(days=5), imbalance=False)
    amazon.warm()
    with amazon.serve() as url:
        print(url, flush=True)
        for command in sys.stdin:
            if command.strip() == "cancel one silently":
                seller.cancel_silently(ids[len(ids) // 2])
            if command.startswith("more "):
                seller.generate(int(command.split()[1]), span=timedelta(seconds=20), imbalance=False)
                amazon.warm()
            print(time.process_time(), flush=True)


if __name__ == "__main__":
    main()
