"""A small shop on Flask, as it may have been before anybody thought of Amazon: tables, staff, a packing list.

`flask --app shop run` starts it. What is new in it is marked.
"""

from __future__ import annotations

import functools
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask, abort, redirect, render_template, request, session, url_for

TABLES = """
CREATE TABLE IF NOT EXISTS products (id INTEGER PRIMARY KEY, sku TEXT UNIQUE, title TEXT, stock INTEGER);
CREATE TABLE IF NOT EXISTS orders (
    id INTEGER PRIMARY KEY, reference TEXT UNIQUE, currency TEXT, total TEXT, status TEXT, takes_stock INTEGER,
    address TEXT, created_at TEXT);
CREATE TABLE IF NOT EXISTS lines (
    order_id INTEGER REFERENCES orders, product_id INTEGER REFERENCES products, item TEXT, title TEXT, quantity INTEGER,
    gross TEXT);
CREATE TABLE IF NOT EXISTS parcels (
    id INTEGER PRIMARY KEY, order_id INTEGER REFERENCES orders, carrier TEXT, tracking TEXT, sent_at TEXT);
CREATE TABLE IF NOT EXISTS to_pack (order_id INTEGER PRIMARY KEY);
"""


class Shop:
    """The database. Threads and processes may share the file: each transaction has a connection of its own."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self.transaction() as db:
            for statement in TABLES.split(";"):
                db.execute(statement)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """All of it or nothing; durable at the end. One writer at a time."""
        db = sqlite3.connect(self.path, timeout=10, isolation_level=None)
        db.row_factory = sqlite3.Row
        try:
            db.execute("BEGIN IMMEDIATE")
            yield db
            db.execute("COMMIT")
        finally:
            db.close()  # what was not committed is undone

    def add(self, sku: str, title: str, stock: int) -> None:
        """Sell a product."""
        with self.transaction() as db:
            db.execute("INSERT INTO products (sku, title, stock) VALUES (?, ?, ?)", (sku, title, stock))

    def put_on_packing_list(self, order: str) -> None:
        """Once for each order."""
        with self.transaction() as db:
            db.execute("INSERT OR IGNORE INTO to_pack VALUES (?)", (order,))

    def packing_list(self) -> list[sqlite3.Row]:
        """The orders to pack."""
        with self.transaction() as db:
            return db.execute(
                "SELECT o.id, o.reference, l.quantity, l.title FROM to_pack JOIN orders o ON o.id = to_pack.order_id"
                " JOIN lines l ON l.order_id = o.id WHERE o.status = 'new' AND l.product_id IS NOT NULL ORDER BY o.id"
            ).fetchall()


def staff_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """Who is not logged in has to log in; whoever posts shows that the form came from us (CSRF)."""

    @functools.wraps(view)
    def checked(**path: str) -> Any:
        if "token" not in session:
            return redirect(url_for("login"), 303)
        if request.method == "POST" and not secrets.compare_digest(request.form.get("token", ""), session["token"]):
            abort(403)
        return view(**path)

    return checked


def create_app() -> Flask:
    """The site. `SECRET_KEY` and `STAFF_PASSWORD` come from the environment."""
    app = Flask(__name__)
    app.config.update(SECRET_KEY=os.environ["SECRET_KEY"], SESSION_COOKIE_SAMESITE="Strict")
    shop = Shop(Path("shop.db"))

    @app.route("/login", methods=["GET", "POST"])
    def login() -> Any:
        given = request.form.get("password", "").encode()
        if request.method == "POST" and secrets.compare_digest(given, os.environ["STAFF_PASSWORD"].encode()):
            session["token"] = secrets.token_urlsafe()
            return redirect(url_for("packing"), 303)
        return render_template("login.html"), 401 if request.method == "POST" else 200

    @app.get("/")
    @staff_only
    def packing() -> Any:
        return render_template("packing.html", rows=shop.packing_list())

    from amazon import embed, open_app  # new: orders from Amazon

    embed(app, open_app(shop))
    return app
