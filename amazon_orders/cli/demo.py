"""`amazon-orders demo`: the main job in both directions, in one folder, without an account, a network or a shop."""

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
    from ..app import App
    from ..model import Connection, Report
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
    """See orders arrive and parcels, refunds and stock go back: a simulated Amazon, a small shop, one connection."""
    from ..app import App
    from ..sandbox import Clock, SimulatedAmazon
    from ..settings import DEFAULT_FILE
    from .demo_day import STOCK, open_offers, work_a_day
    from .demo_text import Story, tell_the_way_back, tell_the_way_in
    from .folder import Answers, make_folder

    folder = _fresh(folder)
    amazon = SimulatedAmazon(clock=Clock.real())
    config = folder / DEFAULT_FILE
    shop = folder / Answers.shop
    make_folder(config, Answers(client_id=amazon.client_id, client_secret=amazon.client_secret))
    # Enough of each product for every order that is drawn.
    products = _fill_shop(shop, STOCK + orders)
    with amazon.serve() as url, App.from_file(config) as app:
        say(f"A simulated Amazon is at {url} until the demo ends.")
        connection = app.connections.add(_connection(amazon, orders, url))
        seller = amazon.sellers[connection.seller_id]
        open_offers(seller, STOCK + orders)
        story = Story(folder=folder, products=len(products), connection=connection, seller=seller)
        runs = [_timed(app)]
        tell_the_way_in(story, app, *runs[0])
        day = work_a_day(shop, seller, products)
        # Told in the second run; looked for in the third, which also finds that the refund may go; its answer is in
        # the fourth.
        runs += [_timed(app) for _ in range(3)]
        tell_the_way_back(story, app, day, [report for report, _ in runs], _orders_in(shop))
    session.code = outcome.worst(outcome.of_report(report) for report, _ in runs)
    return session.code


def _timed(app: App) -> tuple[Report, float]:
    """A sync as a person calls it, and its seconds."""
    begun = time.perf_counter()
    report = app.sync(NAME, at_once=True)
    return report, time.perf_counter() - begun


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
    from .demo_day import REASONS

    places = ("DE", "FR", "GB")
    seller = amazon.add_seller(region="eu", marketplaces=places)
    seller.add(*demo_orders(amazon.clock.now()))
    seller.generate(orders)
    # As fast as a demo; the real one takes minutes for each.
    seller.feed_delay = seller.report_delay = seller.confirm_delay = seller.listing_delay = 0.0
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
        cancellation_reasons=REASONS,
        endpoint=url,
        token_endpoint=f"{url}/auth/o2/token",
    )


def _fill_shop(path: Path, units: int) -> dict[str, str]:
    """Stock the shop with what the seller sells; its products by SKU."""
    from ..adapters.sqlite.shop import Shop
    from ..sandbox import CATALOGUE

    shop = Shop.open(path)
    try:
        added = shop.add_products(
            {"sku": item.sku, "asin": item.asin, "ean": item.ean, "title": item.title, "stock": units}
            for item in CATALOGUE
        )
        return dict(zip((item.sku for item in CATALOGUE), added, strict=True))
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
