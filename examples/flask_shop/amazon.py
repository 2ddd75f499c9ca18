"""The library inside this shop: an `App`, a page with a button, and a listener."""

from __future__ import annotations

import threading
from itertools import islice
from typing import Any

from adapter import ShopAdapter
from flask import Flask, redirect, render_template, url_for
from shop import Shop, staff_only

from amazon_orders import App, Config, Hooks, hookimpl


class PackingList:
    def __init__(self, shop: Shop) -> None:
        self.shop = shop

    @hookimpl
    def on_order_placed(self, ref: str) -> None:
        self.shop.put_on_packing_list(ref)


def open_app(shop: Shop) -> App:
    hooks = Hooks("shop")
    hooks.register(ShopAdapter(shop), "shop")
    hooks.register(PackingList(shop), "packing")
    return App(Config.from_file("amazon-orders.toml"), hooks={"shop": hooks})


def embed(site: Flask, amazon: App) -> None:
    running, said = threading.Lock(), [""]

    def sync() -> None:
        with running:
            said[:] = [error["message"] for error in amazon.sync().errors]

    @site.get("/amazon")
    @staff_only
    def amazon_orders() -> Any:
        orders = [amazon.orders.explain(row.amazon_order_id) for row in islice(amazon.orders.list(), 50)]
        return render_template("amazon.html", orders=orders, running=running.locked(), said=said)

    @site.post("/amazon/sync")
    @staff_only
    def synchronize() -> Any:
        if not running.locked():  # of two that come in at once the second waits, and finds nothing new
            threading.Thread(target=sync, name="amazon", daemon=True).start()
        return redirect(url_for("amazon_orders"), 303)
