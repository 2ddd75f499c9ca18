"""The Flask shop runs: orders of a simulated Amazon appear in it at the press of a button."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from cryptography.fernet import Fernet

from amazon_orders import App
from amazon_orders.sandbox import Clock, Line, Seller, SimulatedAmazon, order
from tests.docs.pages import Reader

EXAMPLE = Path(__file__).parents[2] / "examples" / "flask_shop"
MUG, HELD = "306-0000000-0000001", "306-0000000-0000002"
CHECKED = """
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from adapter import ShopAdapter
from shop import Shop

from amazon_orders.testing import ShopOrder


def open_store(config):
    shop = Shop(Path("checked.db"))
    shop.add("MUG-BLUE", "Blue mug", 1000)
    return ShopAdapter(shop)


class BackDoor:
    # One parcel for each order, and no partial cancellation: what the shop cannot do is not here.

    def __init__(self, shop):
        self.transaction = shop.transaction

    def orders(self):
        with self.transaction() as db:
            for order in db.execute("SELECT * FROM orders").fetchall():
                sums = "SELECT product_id, sum(quantity) FROM lines WHERE order_id = ? AND product_id > 0 GROUP BY 1"
                units = {str(product): units for product, units in db.execute(sums, (order["id"],))}
                yield ShopOrder(ref=str(order["id"]), key=order["reference"], total=Decimal(order["total"]),
                                lines=units, status=order["status"])

    def stock(self, product):
        with self.transaction() as db:
            return db.execute("SELECT stock FROM products WHERE id = ?", (product,)).fetchone()[0]

    def set_stock(self, product, units):
        with self.transaction() as db:
            db.execute("UPDATE products SET stock = ? WHERE id = ?", (units, product))

    def ship(self, ref, lines, carrier, service, tracking):
        with self.transaction() as db:
            whole = "SELECT sum(quantity) FROM lines WHERE order_id = ? AND product_id > 0"
            if sum(lines.values()) < db.execute(whole, (ref,)).fetchone()[0]:
                raise NotImplementedError
            parcel = (ref, carrier, tracking, datetime.now(UTC).isoformat())
            db.execute("INSERT INTO parcels (order_id, carrier, tracking, sent_at) VALUES (?, ?, ?, ?)", parcel)
            db.execute("UPDATE orders SET status = 'shipped' WHERE id = ?", (ref,))


def shop(adapter):
    return BackDoor(adapter.shop)
"""


class Site:
    """The shop as its process serves it, and somebody's browser."""

    def __init__(self, folder: Path, environment: dict[str, str], amazon: SimulatedAmazon, seller: Seller) -> None:
        self.folder, self.environment, self.amazon, self.seller = folder, environment, amazon, seller
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "shop", "run", "--port", "0"], cwd=folder, env=environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stderr is not None
        for line in self.process.stderr:
            if found := re.search(r"http://[\d.]+:\d+", line):
                self.url = found[0]
                break
        self.browser = requests.Session()

    def close(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=10)

    def get(self, path: str) -> str:
        return self.browser.get(self.url + path, timeout=10).text

    def post(self, path: str, **form: str) -> requests.Response:
        return self.browser.post(self.url + path, data=form, timeout=10, allow_redirects=False)

    def press(self) -> requests.Response:
        """The button of the page."""
        token = re.search(r'name="token" value="([^"]+)"', self.get("/amazon"))
        assert token
        return self.post("/amazon/sync", token=token[1])

    def waits_for(self, text: str, path: str = "/amazon", *, without: str | None = None) -> str:
        end = time.monotonic() + 20
        while text not in (page := self.get(path)) or (without and without in page):
            assert time.monotonic() < end, page
            time.sleep(0.1)
        return page


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("flask") / "shop"
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__", "*.db", "*.key"))
    (folder / "amazon-orders.key").write_text(Fernet.generate_key().decode())
    amazon = SimulatedAmazon(clock=Clock.real(), speed=None)
    seller = amazon.add_seller(region="eu", marketplaces=["DE"])
    hour = amazon.clock.now() - timedelta(hours=1)
    seller.add(
        order(MUG, Line(sku="MUG-WHITE", quantity=2, item="9.98", shipping="4.99"), created=hour),
        order(HELD, Line(sku="NOBODY-KNOWS", item="9.99"), created=hour),
    )
    environment = Reader(folder).environment | {
        "SECRET_KEY": "x", "STAFF_PASSWORD": "open", "LWA_CLIENT_ID": amazon.client_id,
        "LWA_CLIENT_SECRET": amazon.client_secret,
    }  # fmt: skip
    with amazon.serve() as url:
        connect = [
            "connect", "de", f"seller_id={seller.seller_id}", "region=eu", "marketplaces=DE", f"endpoint={url}",
            f"token_endpoint={url}/auth/o2/token", "sync_from=2020-01-01T00:00:00Z",
        ]  # fmt: skip
        done = subprocess.run(
            [sys.executable, "tasks.py", *connect], cwd=folder, env=environment, input=seller.refresh_token,
            capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        with closing(sqlite3.connect(folder / "shop.db")) as db, db:
            db.execute("INSERT INTO products (sku, title, stock) VALUES ('MUG-WHITE', 'White mug', 10)")
        site = Site(folder, environment, amazon, seller)
        yield site
        site.close()


def test_only_staff_and_only_their_own_form_may_synchronize(site: Site) -> None:
    site.browser.cookies.clear()
    for answer in (site.post("/amazon/sync"), site.browser.get(site.url + "/amazon", allow_redirects=False, timeout=5)):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/login")
    assert site.post("/login", password="wrong").status_code == 401
    answer = site.post("/login", password="open")
    assert "SameSite=Strict" in answer.headers["Set-Cookie"]
    assert site.post("/amazon/sync", token="guessed").status_code == 403
    assert site.browser.get(site.url + "/amazon/sync", timeout=5).status_code == 405


def test_orders_appear_at_the_press_of_the_button(site: Site) -> None:
    site.post("/login", password="open")
    with site.amazon.lock:  # Amazon says nothing, and nobody waits for it
        assert site.press().status_code == 303
        site.waits_for("Running.")
    page = site.waits_for(HELD)
    rows = [re.findall(r"<td>(.*?)</td>", row) for row in page.split("<tr>")]
    told = {row[0]: row[1:] for row in rows if row}
    assert told[MUG][:2] == ["placed", "1"]
    assert told[HELD][0] == "held"
    assert "SKU" in told[HELD][2]
    assert told[HELD][3]
    assert "1: 2 x" in site.waits_for(MUG, "/")  # the listener put it on the packing list
    with closing(sqlite3.connect(site.folder / "shop.db")) as db:
        assert db.execute("SELECT reference, total FROM orders").fetchall() == [(MUG, "14.97")]
        assert db.execute("SELECT stock FROM products").fetchall() == [(8,)]


def test_a_sync_elsewhere_is_told_and_does_no_harm(site: Site) -> None:
    site.post("/login", password="open")
    with App.from_file(site.folder / "amazon-orders.toml") as elsewhere:
        lease = elsewhere.ledger.leases.acquire("de")
        site.press()
        page = site.waits_for('role="alert"')
        elsewhere.ledger.leases.release(lease)
    assert "de is being worked on by" in page
    assert "try again later" in page
    site.press()
    site.waits_for("", without='role="alert"')


def test_the_same_from_cron_and_parcels_go_back(site: Site) -> None:
    for _ in range(2):
        done = subprocess.run(
            [sys.executable, "tasks.py", "sync"], cwd=site.folder, env=site.environment, capture_output=True, text=True,
            timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        with closing(sqlite3.connect(site.folder / "shop.db")) as db, db:
            db.execute(
                "INSERT OR IGNORE INTO parcels SELECT 1, id, 'DHL', '00340434161094042557', ? FROM orders",
                (datetime.now(UTC).isoformat(),),
            )
    (parcel,) = site.seller.confirmations(MUG)
    assert (parcel.carrier_code, parcel.tracking) == ("DHL", "00340434161094042557")


def test_the_adapter_keeps_every_promise(site: Site) -> None:
    (site.folder / "checked.py").write_text(CHECKED)
    done = subprocess.run(
        ["amazon-orders", "check-adapter", "checked.py"], cwd=site.folder, env=site.environment, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert done.stdout.count("\n  kept  ") > 60, done.stdout


def test_what_embeds_the_library_is_short() -> None:
    added = (EXAMPLE / "amazon.py").read_text(encoding="utf-8").splitlines()
    changed = [line for line in (EXAMPLE / "shop.py").read_text(encoding="utf-8").splitlines() if "embed" in line]
    assert sum(bool(line.strip()) for line in [*added, *changed]) < 40
