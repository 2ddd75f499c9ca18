"""The example adapter does what its page says: built, installed, its own tests green, and orders synced through it."""

from __future__ import annotations

import ast
import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography.fernet import Fernet

from amazon_orders import App, Connection
from amazon_orders.sandbox import Clock, Line, SimulatedAmazon, order

EXAMPLES = Path(__file__).parents[2] / "examples"
EXAMPLE = EXAMPLES / "kiosk_adapter"
PUBLIC = ("", ".adapters.http", ".errors", ".model", ".sandbox", ".testing", ".integrations.django")
KEY = "a-kiosk-key"
MUG, TWO, GIFT = (f"306-0000000-000000{number}" for number in (1, 2, 3))
TOTALS = {MUG: Decimal("9.99"), TWO: Decimal("34.97"), GIFT: Decimal("17.49")}


def environment(folder: Path, packages: Path, **more: str) -> dict[str, str]:
    plain = {"PATH": os.environ["PATH"], "HOME": str(folder), "NO_COLOR": "1", "PYTHONPATH": str(packages)}
    return plain | {"PYTHONDONTWRITEBYTECODE": "1"} | more


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example as somebody would copy it."""
    folder = tmp_path_factory.mktemp("adapter") / "source"
    return shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("build", "*.egg-info", "__pycache__"))


@pytest.fixture(scope="module")
def packages(source: Path) -> Path:
    """What pip builds of it without a network, in a folder of its own; its tests do not come along."""
    target = source.parent / "packages"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet", "--no-index"]
    done = subprocess.run(
        [*pip, "--no-deps", "--no-build-isolation", "--target", str(target), str(source)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert {path.name for path in target.iterdir()} >= {"amazon_orders_kiosk"}
    assert not (target / "tests").exists()
    return target


@pytest.mark.timeout(120)
def test_its_own_tests_are_green_and_its_page_tells_what_is_skipped(source: Path, packages: Path) -> None:
    tests = shutil.copytree(source / "tests", source.parent / "tests")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:cacheprovider", "-p", "no:xdist", "-W", "error", "."],
        cwd=tests, env=environment(tests, packages), capture_output=True, text=True, timeout=110, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    passed, skipped = map(int, re.findall(r"(\d+) (?:passed|skipped)", done.stdout)[-2:])
    assert passed > 120
    why = dict(re.findall(r"^SKIPPED \[(\d+)\] [^:]+:\d+: (.+)$", done.stdout, re.MULTILINE))
    told = dict(re.findall(r"^\| (\d+) \| (.+) \|$", (source / "README.md").read_text(), re.MULTILINE))
    assert why == told
    assert sum(map(int, why)) == skipped


@pytest.mark.parametrize("path", sorted(EXAMPLES.rglob("*.py")), ids=lambda path: str(path.relative_to(EXAMPLES)))
def test_an_example_uses_public_names_alone(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert not [name.name for name in node.names if name.name.partition(".")[0] == "amazon_orders"]
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            root, dot, rest = node.module.partition(".")
            if root == "amazon_orders":
                assert dot + rest in PUBLIC or node.module == "amazon_orders.integrations.django.signals"
                public = getattr(import_module(node.module), "__all__", None)
                assert public is None or {name.name for name in node.names} <= {*public}


@pytest.mark.parametrize("path", sorted((EXAMPLE / "amazon_orders_kiosk").glob("*.py")), ids=lambda path: path.name)
def test_each_module_of_it_is_short(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) < 150


class Kiosk:
    """The example's shop, as a process."""

    def __init__(self, source: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.process = subprocess.Popen(
            [sys.executable, str(source / "tests" / "kiosk.py"), "--port", str(port), "--api-key", KEY],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        assert "is open" in self.process.stdout.readline()

    def close(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=10)

    def fail(self, **fault: Any) -> None:
        requests.post(f"{self.url}/faults", json=[fault], timeout=5).raise_for_status()

    def items(self, path: str) -> list[dict[str, Any]]:
        found = requests.get(f"{self.url}/api/v1{path}", headers={"Authorization": f"Bearer {KEY}"}, timeout=5).json()
        items: list[dict[str, Any]] = found["items"]
        return items

    def orders(self) -> dict[str, Decimal]:
        """Reference -> total; each reference once, and no draft left."""
        found = self.items("/orders")
        assert len({order["reference"] for order in found}) == len(found)
        assert {order["status"] for order in found} <= {"open"}
        return {order["reference"]: Decimal(order["total"]) for order in found}

    def ship(self, key: str) -> None:
        ref = next(order["id"] for order in self.items("/orders") if order["reference"] == key)
        parcel = {"carrier": "DHL", "service": "", "tracking": "00340434161094042557"}
        where = f"{self.url}/api/v1/orders/{ref}/shipments"
        requests.post(where, json=parcel, headers={"Authorization": f"Bearer {KEY}"}, timeout=5).raise_for_status()


class Desk:
    """A folder with a config file, a connection to a simulated Amazon, and the shop's address."""

    def __init__(self, folder: Path, packages: Path, source: Path) -> None:
        self.folder, self.source = folder, source
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.amazon = SimulatedAmazon(clock=Clock.real(), speed=None)
        self.seller = self.amazon.add_seller(region="eu", marketplaces=["DE"])
        self.environment = environment(folder, packages, SECRET=self.amazon.client_secret, KIOSK_API_KEY=KEY)
        lines = {
            MUG: [Line(sku="MUG-WHITE", item="9.99", tax="1.60")],
            TWO: [Line(sku="MUG-WHITE", item="9.99", tax="1.60"), Line(sku="TEE-BLACK-L", quantity=2, item="24.98")],
            GIFT: [Line(sku="TEE-BLACK-L", item="12.50", shipping="4.99", tax="2.79")],
        }
        hour = self.amazon.clock.now() - timedelta(hours=1)
        self.seller.add(*(order(key, *some, created=hour) for key, some in lines.items()))

    def command(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=self.folder, env=self.environment | more, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip

    def prepare(self, amazon: str) -> None:
        """The config file, the key, and the connection."""
        (self.folder / "amazon-orders.key").write_text(Fernet.generate_key().decode())
        config = self.folder / "amazon-orders.toml"
        config.write_text(
            f"""
            [ledger]
            key_file = "amazon-orders.key"
            [lwa]
            client_id = "{self.amazon.client_id}"
            client_secret = "env:SECRET"
            [stores.shop]
            adapter = "kiosk"
            url = "http://127.0.0.1:{self.port}/api/v1"
            api_key = "env:KIOSK_API_KEY"
            deadline = 10
            """
        )
        with App.from_file(config) as app:
            app.connections.add(
                Connection(
                    name="de", seller_id=self.seller.seller_id, region="eu", marketplaces=("DE",), store="shop",
                    active=True, sync_from=datetime(2020, 1, 1, tzinfo=UTC), endpoint=amazon,
                    token_endpoint=f"{amazon}/auth/o2/token", refresh_token=self.seller.refresh_token,
                )
            )  # fmt: skip

    def waits_at_most(self, seconds: int) -> None:
        """From now on the shop has to answer in so many seconds."""
        config = self.folder / "amazon-orders.toml"
        config.write_text(config.read_text().replace("deadline = 10", f"deadline = {seconds}"))

    def why_failed(self) -> str:
        """What `orders explain` says of the one order that failed."""
        with App.from_file(self.folder / "amazon-orders.toml") as app:
            (row,) = app.orders.list(status="failed")
            return str(app.orders.explain(row.amazon_order_id).order.trace)

    def sync(self, **more: str) -> str:
        """What the command says. No key is ever in it."""
        return self._quiet(self.command(str(Path(sys.executable).with_name("amazon-orders")), "sync", **more))

    def sync_here(self, *, again: bool = False) -> str:
        """The same in this process. `again`: what failed is tried again without the minutes that a run waits for it."""
        with App.from_file(self.folder / "amazon-orders.toml") as app:
            reports = [app.sync("de")]
            failed = list(app.orders.list(status="failed")) if again else []
            reports += [app.orders.retry(row.amazon_order_id) for row in failed]
            said = [flow.as_dict() for report in reports for done in report.connections for flow in done.flows]
        assert KEY not in str(said)
        return str(said)

    def _quiet(self, done: subprocess.CompletedProcess[str]) -> str:
        assert KEY not in done.stdout + done.stderr
        return done.stdout + done.stderr

    @contextmanager
    def kiosk(self) -> Iterator[Kiosk]:
        kiosk = Kiosk(self.source, self.port)
        try:
            yield kiosk
        finally:
            kiosk.close()


@pytest.fixture
def desk(tmp_path: Path, packages: Path, source: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    made = Desk(tmp_path, packages, source)
    monkeypatch.syspath_prepend(packages)
    monkeypatch.setenv("KIOSK_API_KEY", KEY)
    monkeypatch.setenv("SECRET", made.amazon.client_secret)
    with made.amazon.serve() as url:
        made.prepare(url)
        yield made


@pytest.mark.timeout(120)
def test_orders_go_in_and_parcels_come_back_through_the_installed_adapter(desk: Desk) -> None:
    with desk.kiosk() as kiosk:
        said = desk.sync()
        assert kiosk.orders() == TOTALS, said
        assert {product["sku"]: product["stock"] for product in kiosk.items("/products")} == {
            "MUG-WHITE": 98,
            "TEE-BLACK-L": 97,
        }
        kiosk.ship(MUG)
        desk.sync()
        (parcel,) = desk.seller.confirmations(MUG)
        assert (parcel.carrier_code, parcel.tracking) == ("DHL", "00340434161094042557")


@pytest.mark.timeout(120)
def test_a_shop_that_is_down_loses_nothing(desk: Desk) -> None:
    assert "gave no answer" in desk.sync_here()  # nobody listens
    with desk.kiosk() as kiosk:
        kiosk.fail(kind="drop", methods=["GET", "POST", "PATCH", "DELETE"], after=8, times=999)
        assert "gave no answer" in desk.sync_here()  # it goes away in the middle of a run
        kiosk.fail(kind="none")
        assert 0 < sum(order["status"] == "open" for order in kiosk.items("/orders")) < len(TOTALS)
        desk.sync_here(again=True)
        assert kiosk.orders() == TOTALS


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    ("step", "kind", "says"),
    [
        pytest.param("POST", "lose", "gave no answer to POST /orders", id="the draft's answer is lost"),
        pytest.param("PATCH", "lose", "gave no answer to PATCH /orders/K2", id="the order's answer is lost"),
        pytest.param("POST", "late", "did not answer POST /orders in 2 s", id="the draft is made too late"),
        pytest.param("PATCH", "late", "did not answer PATCH /orders/K2 in 2 s", id="the order is made too late"),
    ],
)
def test_an_answer_that_does_not_arrive_places_no_order_twice(desk: Desk, step: str, kind: str, says: str) -> None:
    with desk.kiosk() as kiosk:
        kiosk.fail(kind=kind, methods=[step], after=1, times=1)
        if kind == "late":
            desk.waits_at_most(2)
        assert "'placed': 2" in desk.sync_here()
        assert says in desk.why_failed()
        end = time.monotonic() + 10
        while len(kiosk.items("/orders")) < len(TOTALS):  # it is done all the same
            assert time.monotonic() < end
            time.sleep(0.1)
        desk.sync_here(again=True)
        assert kiosk.orders() == TOTALS


@pytest.mark.timeout(120)
def test_a_wrong_key_is_told_and_nothing_is_lost(desk: Desk) -> None:
    with desk.kiosk() as kiosk:
        said = " ".join(desk.sync(KIOSK_API_KEY="wrong-key-1").split())
        assert "(401 to GET /products). Nothing was written. Make a key" in said
        assert "wrong-key-1" not in said
        assert kiosk.orders() == {}
        desk.sync()
        assert kiosk.orders() == TOTALS
