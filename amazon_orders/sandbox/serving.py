"""A simulated Amazon with one seller, served until interrupted: what `amazon-orders sandbox serve` runs."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from amazon_orders.sandbox.clock import Clock
from amazon_orders.sandbox.demo import demo_orders
from amazon_orders.sandbox.projection import DATA_SETS
from amazon_orders.sandbox.server import serve_forever
from amazon_orders.sandbox.simulation import SimulatedAmazon


def serve(
    port: int = 0,
    orders: int = 0,
    seed: int = 42,
    *,
    speed: float | None = 1.0,
    marketplaces: Iterable[str] = ("DE", "FR", "GB"),
    echo: Callable[[str], object] = print,
) -> None:
    """Serve on 127.0.0.1 until interrupted. `orders` 0: the orders of the demo; else so many drawn from `seed`.

    `echo` gets each line of what a connection needs: URL, seller id, refresh token, client id and secret. They open
    nothing but this simulation. Raises OSError when the port is taken.
    """
    amazon = SimulatedAmazon(seed, Clock.real(), speed)
    seller = amazon.add_seller(region="eu", marketplaces=marketplaces)
    if orders:
        seller.generate(orders)
    else:
        seller.add(*demo_orders(amazon.clock.now()))
    amazon.warm(DATA_SETS)

    def ready(url: str) -> None:
        for name, value in (
            ("url", url),
            ("token url", f"{url}/auth/o2/token"),
            ("seller id", seller.seller_id),
            ("marketplaces", ",".join(marketplaces)),
            ("orders", str(len(seller.shelf))),
            ("refresh token", seller.refresh_token),
            ("client id", amazon.client_id),
            ("client secret", amazon.client_secret),
        ):
            echo(f"{name:<14} {value}")

    serve_forever(amazon.answer, port, ready)
