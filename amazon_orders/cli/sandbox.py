"""`amazon-orders sandbox …`: a simulated Amazon to try things against, without an account."""

from __future__ import annotations

import contextlib
import signal
import threading

import click

from ..errors import ConfigError
from .everywhere import Group
from .output import document, json_option, say, show

PORT = 8077


@click.group(cls=Group)
def sandbox() -> None:
    """A simulated Amazon on this machine."""


@sandbox.command()
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0: any free one.")
@click.option("--orders", type=click.IntRange(0, 100_000), metavar="N", help="Draw N orders. Default: the demo's.")
@click.option("--seed", type=int, default=42, show_default=True, help="The same seed draws the same orders.")
@json_option
def serve(port: int, orders: int | None, seed: int, as_json: bool) -> None:
    """Serve a simulated Amazon with one seller until it is stopped; Ctrl-C and SIGTERM are no failure."""
    from ..sandbox import DATA_SETS, Clock, SimulatedAmazon, demo_orders

    amazon = SimulatedAmazon(seed, Clock.real())
    seller = amazon.add_seller(region="eu", marketplaces=("DE", "FR", "GB"))
    if orders is None:
        seller.add(*demo_orders(amazon.clock.now()))
    else:
        seller.generate(orders)
    amazon.warm(DATA_SETS)
    facts = {
        "url": "",
        "token_url": "",
        "seller_id": seller.seller_id,
        "region": seller.region,
        "marketplaces": "DE,FR,GB",
        "orders": len(seller.shelf),
        "client_id": amazon.client_id,
        "client_secret": amazon.client_secret,
        "refresh_token": seller.refresh_token,
    }
    stopped = threading.Event()
    try:
        # Before anybody is told that it serves: a stop that comes at once is one, too.
        signal.signal(signal.SIGTERM, lambda _number, _frame: stopped.set())
        with amazon.serve(port) as url, contextlib.suppress(KeyboardInterrupt):
            facts |= {"url": url, "token_url": f"{url}/auth/o2/token"}
            if as_json:
                document(facts)
            else:
                for name, value in facts.items():
                    show(f"{name:<14} {value}")
                say(_hint(facts))
            say(f"Serving a simulated Amazon at {url} until it is stopped (Ctrl-C).")
            stopped.wait()
    except OSError as error:
        from ..settings import in_words

        raise ConfigError(
            f"Port {port} cannot be used: {in_words(error)}.",
            problems={"--port": "choose another, or 0 for any free one"},
            record="--port",
        ) from error


def _hint(facts: dict[str, object]) -> str:
    return f"""
These open nothing but this simulation. To connect a shop to it, in a folder made with `amazon-orders init`:

  export LWA_CLIENT_ID={facts["client_id"]} LWA_CLIENT_SECRET={facts["client_secret"]}
  echo '{facts["refresh_token"]}' | amazon-orders connection add try seller_id={facts["seller_id"]} \\
      region={facts["region"]} marketplaces={facts["marketplaces"]} store=shop active=true \\
      sync_from=2020-01-01T00:00:00Z endpoint={facts["url"]} token_endpoint={facts["token_url"]} \\
      --refresh-token-file -
  amazon-orders sync
"""
