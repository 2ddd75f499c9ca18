"""Somebody at a command line in one folder, with a simulated Amazon in process and a small shop."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from amazon_orders.adapters.sqlite.shop import Shop
from amazon_orders.cli.root import root
from amazon_orders.cli.session import Session
from amazon_orders.sandbox import CATALOGUE, Clock, SimulatedAmazon

TOKEN = "Atzr|story-of-a-command-line"
SELLER = "A1SANDBOXSELLER"
PLACES = ("DE", "FR", "GB")


class CommandLine:
    """`run` is the command with this folder's config; what it prints and how it ends is the result."""

    def __init__(self, folder: Path, *, speed: float | None = None) -> None:
        self.folder = folder
        self.clock = Clock()
        self.amazon = SimulatedAmazon(clock=self.clock, speed=speed)
        self.seller = self.amazon.add_seller(SELLER, region="eu", marketplaces=PLACES, refresh_token=TOKEN)
        self.config = folder / "amazon-orders.toml"
        self.session = Session(adapter=self.amazon.transport(), now=self.clock.now, sleep=self.clock.sleep)

    def run(self, *words: str, stdin: str | None = None, config: Path | None = None) -> Result:
        """Run one command line; a fault of the program fails the test with its traceback."""
        session = Session(adapter=self.session.adapter, now=self.session.now, sleep=self.session.sleep)
        # The last word of a bug is its place, which is what a failing test has to show.
        result = CliRunner().invoke(root, ["--config", str(config or self.config), *words], input=stdin, obj=session)
        assert "This is a fault of amazon-orders" not in result.stderr, result.stderr
        return result

    def must(self, *words: str, stdin: str | None = None) -> Result:
        """Run a command line that has to work."""
        result = self.run(*words, stdin=stdin)
        assert result.exit_code == 0, f"{words}: exit {result.exit_code}\n{result.stdout}\n{result.stderr}"
        return result

    def document(self, *words: str) -> Any:
        """The JSON document that a command prints."""
        return json.loads(self.must(*words, "--json").stdout)

    def lines(self, *words: str) -> list[Any]:
        """The JSON lines that a command prints."""
        return [json.loads(line) for line in self.must(*words, "--json").stdout.splitlines()]

    def open_shop(self) -> None:
        """Make the folder with `init`, tell it the simulated application, and fill the shop."""
        client = ["--client-id", self.amazon.client_id]
        self.must("init", *client, "--client-secret-env", "STORY_SECRET")
        text = self.config.read_text(encoding="utf-8")
        self.config.write_text(text.replace("env:STORY_SECRET", self.amazon.client_secret), encoding="utf-8")
        shop = Shop.open(self.folder / "shop.db")
        shop.add_products({"sku": item.sku, "title": item.title, "stock": 100} for item in CATALOGUE)
        shop.close()

    def connect(self, name: str = "de", *settings: str) -> Result:
        """Add a connection that takes everything, by the command line."""
        return self.must(
            "connection",
            "add",
            name,
            f"seller_id={SELLER}",
            "region=eu",
            "marketplaces=DE,FR,GB",
            "store=shop",
            "active=true",
            "sync_from=2026-10-01T00:00:00Z",
            *settings,
            "--refresh-token-file",
            "-",
            stdin=TOKEN + "\n",
        )

    def buy(self, *lines: Any, **options: Any) -> str:
        """A buyer orders; five minutes pass, so that Amazon shows the order."""
        order_id = self.seller.place(*lines, **options)
        self.clock.advance(300)
        return order_id

    def look(self, query: str) -> list[tuple[Any, ...]]:
        """Ask the shop's file itself."""
        with closing(sqlite3.connect(self.folder / "shop.db")) as shop:
            return shop.execute(query).fetchall()

    def everything_on_disk(self) -> bytes:
        """All bytes of the folder's files."""
        return b"".join(path.read_bytes() for path in sorted(self.folder.iterdir()) if path.is_file())
