"""`amazon-orders demo`: the main job in one folder, without an account, a network or a shop."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from ..errors import ConfigError
from . import outcome
from .everywhere import Command
from .output import say
from .session import Session, pass_session

if TYPE_CHECKING:
    from ..model import Connection
    from ..sandbox import SimulatedAmazon

FOLDER = Path("amazon-orders-demo")
NAME = "demo"


@click.command(cls=Command)
@click.option("--orders", type=click.IntRange(0, 5000), default=0, metavar="N", help="N more orders, drawn by chance.")
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help=f"The folder to make. Default: ./{FOLDER}, numbered if it exists.",
)
@pass_session
def demo(session: Session, orders: int, folder: Path | None) -> int:
    """See orders arrive: a simulated Amazon, a small shop, one sync."""
    from ..app import App
    from ..sandbox import Clock, SimulatedAmazon
    from ..settings import DEFAULT_FILE
    from .demo_text import Story, tell
    from .folder import Answers, make_folder

    folder = _fresh(folder)
    amazon = SimulatedAmazon(clock=Clock.real())
    config = folder / DEFAULT_FILE
    make_folder(config, Answers(client_id=amazon.client_id, client_secret=amazon.client_secret))
    products = _fill_shop(folder / Answers.shop)
    with amazon.serve() as url, App.from_file(config) as app:
        say(f"A simulated Amazon is at {url} until the demo ends.")
        connection = app.connections.add(_connection(amazon, orders, url))
        begun = time.perf_counter()
        first = app.sync(NAME)
        seconds = time.perf_counter() - begun
        second = app.sync(NAME)
        seller = amazon.sellers[connection.seller_id]
        story = Story(
            folder=folder,
            products=products,
            connection=connection,
            at_amazon=len(seller.order_ids()),
            first=first,
            second=second,
            seconds=seconds,
            in_shop=_orders_in(folder / Answers.shop),
        )
        tell(story, app)
    session.code = outcome.worst((outcome.of_report(first), outcome.of_report(second)))
    return session.code


def _fresh(wanted: Path | None) -> Path:
    """A folder that is not there yet, so that a second demo leaves the first one alone."""
    if wanted is not None:
        if wanted.exists() and any(wanted.iterdir()):
            raise ConfigError(
                f"Nothing was touched: the folder {wanted} is not empty.",
                problems={"--dir": "name a new folder"},
                record=str(wanted),
            )
        return wanted
    folder, number = FOLDER, 1
    while folder.exists():
        number += 1
        folder = FOLDER.with_name(f"{FOLDER.name}-{number}")
    return folder


def _connection(amazon: SimulatedAmazon, orders: int, url: str) -> Connection:
    """A seller at the simulated Amazon, with orders, and the connection to it."""
    from ..model import Connection
    from ..sandbox import DATA_SETS, demo_orders

    places = ("DE", "FR", "GB")
    seller = amazon.add_seller(region="eu", marketplaces=places)
    seller.add(*demo_orders(amazon.clock.now()))
    seller.generate(orders)
    amazon.warm(DATA_SETS)
    return Connection(
        name=NAME,
        active=True,
        seller_id=seller.seller_id,
        region=seller.region,
        marketplaces=places,
        refresh_token=seller.refresh_token,
        store="shop",
        sync_from=amazon.clock.now() - timedelta(days=14),
        endpoint=url,
        token_endpoint=f"{url}/auth/o2/token",
    )


def _fill_shop(path: Path) -> int:
    """Stock the shop with what the seller sells; answers how many products."""
    from ..adapters.sqlite.shop import Shop
    from ..sandbox import CATALOGUE

    shop = Shop.open(path)
    try:
        return len(
            shop.add_products(
                {"sku": item.sku, "asin": item.asin, "ean": item.ean, "title": item.title, "stock": 100}
                for item in CATALOGUE
            )
        )
    finally:
        shop.close()


def _orders_in(path: Path) -> int:
    """Orders in the shop, asked of the shop itself."""
    from ..adapters.sqlite.shop import Shop

    shop = Shop.open(path)
    try:
        return len(shop.orders())
    finally:
        shop.close()
