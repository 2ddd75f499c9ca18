"""The Django shop runs: migrated, synced from the command line and by the button, in processes of its own."""

from __future__ import annotations

import ast
import json
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

from amazon_orders.sandbox import Clock, Line, Seller, SimulatedAmazon, order
from tests.docs.pages import Reader

EXAMPLE = Path(__file__).parents[2] / "examples" / "django_shop"
MUG, HELD = "306-0000000-0000001", "306-0000000-0000002"
PREPARED = """
import json, sys
from django.contrib.auth.models import User
from store.models import Product
from amazon_orders.integrations.django import get_app
User.objects.create_user("staff", password="open")
Product.objects.create(sku="MUG-WHITE", title="White mug", stock=10)
get_app().connections.add(json.loads(sys.argv[-1]))
"""
CHECKED = '''
from datetime import UTC, datetime

from store.adapter import open_store
from store.models import Line, Order, Product

from amazon_orders.testing import ShopOrder


class BackDoor:
    """One parcel for each order, and no partial cancellation: what the shop cannot do is not here."""

    def orders(self):
        for order in Order.objects.all():
            units = {}
            for line in order.lines.filter(product__isnull=False):
                units[str(line.product_id)] = units.get(str(line.product_id), 0) + line.quantity
            yield ShopOrder(ref=str(order.pk), key=order.reference, total=order.total, lines=units, status=order.status,
                            country=(order.address or {}).get("country", ""))

    def stock(self, product):
        return Product.objects.get(pk=product).stock

    def set_stock(self, product, units):
        Product.objects.filter(pk=product).update(stock=units)

    def ship(self, ref, lines, carrier, service, tracking):
        if sum(lines.values()) < sum(line.quantity for line in Line.objects.filter(order=ref, product__isnull=False)):
            raise NotImplementedError
        Order.objects.filter(pk=ref).update(
            status="shipped", carrier=carrier, tracking=tracking, sent_at=datetime.now(UTC))


def shop(adapter):
    return BackDoor()
'''


class Project:
    """A copy of the shop in a folder of its own, and its commands."""

    def __init__(self, folder: Path, amazon: SimulatedAmazon, seller: Seller) -> None:
        self.folder, self.amazon, self.seller = folder, amazon, seller
        shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("__pycache__", "*.db", "*.key"))
        (folder / "amazon-orders.key").write_text(Fernet.generate_key().decode())
        self.environment = Reader(folder).environment | {
            "SECRET_KEY": "x", "LWA_CLIENT_ID": amazon.client_id, "LWA_CLIENT_SECRET": amazon.client_secret,
        }  # fmt: skip

    def manage(self, *words: str) -> str:
        return self._python("manage.py", *words)

    def run(self, program: str, *words: str) -> str:
        """A program of the project's own."""
        ready = "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'settings'; django.setup()"
        return self._python("-c", f"{ready}\n{program}", *words).strip()

    def _python(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, *words], cwd=self.folder, env=self.environment, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


class Site:
    """The project as its process serves it, and somebody's browser."""

    def __init__(self, project: Project) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-u", "manage.py", "runserver", "--noreload", "0"], cwd=project.folder,
            env=project.environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.url = next(found[0] for line in self.process.stdout if (found := re.search(r"http://[\d.]+:\d+", line)))
        self.browser = requests.Session()

    def close(self) -> None:
        self.process.terminate()
        self.process.communicate(timeout=10)

    def get(self, path: str) -> str:
        return self.browser.get(self.url + path, timeout=10).text

    def post(self, path: str, **form: str) -> int:
        """Without a token, as another site's form would be."""
        return self.browser.post(self.url + path, data=form, timeout=10, allow_redirects=False).status_code

    def send(self, path: str, **form: str) -> int:
        """The form of the page, with its token."""
        token = re.search(r'csrfmiddlewaretoken" value="([^"]+)"', self.get(path))
        assert token
        return self.post(path, csrfmiddlewaretoken=token[1], **form)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    amazon = SimulatedAmazon(clock=Clock.real(), speed=None)
    seller = amazon.add_seller(region="eu", marketplaces=["DE"])
    hour = amazon.clock.now() - timedelta(hours=1)
    seller.add(
        order(MUG, Line(sku="MUG-WHITE", quantity=2, item="9.98", shipping="4.99"), created=hour),
        order(HELD, Line(sku="NOBODY-KNOWS", item="9.99"), created=hour),
    )
    project = Project(tmp_path_factory.mktemp("django") / "shop", amazon, seller)
    with amazon.serve() as url:
        project.manage("migrate", "--verbosity", "0")
        connection = {
            "name": "de", "seller_id": seller.seller_id, "region": "eu", "marketplaces": ["DE"], "store": "shop",
            "active": True, "sync_from": "2020-01-01T00:00:00Z", "endpoint": url, "refresh_token": seller.refresh_token,
            "token_endpoint": f"{url}/auth/o2/token",
        }  # fmt: skip
        project.run(PREPARED, json.dumps(connection))
        project.manage("amazon_orders", "sync")
        yield project


@pytest.fixture
def site(project: Project) -> Iterator[Site]:
    site = Site(project)
    yield site
    site.close()


def test_orders_come_in_by_the_command(project: Project) -> None:
    program = "from store.models import *; print([(o.reference, str(o.total), o.to_pack) for o in Order.objects.all()])"
    assert (MUG, "14.97", True) in ast.literal_eval(project.run(program))  # the receiver put it on the packing list


def test_the_button_works_for_staff_alone_and_parcels_go_back(project: Project, site: Site) -> None:
    assert site.post("/amazon/") == 403  # without the page's token
    assert "password" in site.get("/amazon/")  # somebody has to log in
    assert site.send("/login/?next=/amazon/", username="staff", password="open") == 302
    assert site.post("/amazon/") == 403
    assert "Synchronize Orders" in site.get("/amazon/")
    with closing(sqlite3.connect(project.folder / "shop.db")) as db, db:
        sent = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
        db.execute(
            "UPDATE store_order SET carrier='DHL', tracking='00340434', sent_at=? WHERE reference=?", (sent, MUG)
        )
    with project.amazon.lock:  # Amazon says nothing, and nobody waits for it
        assert site.send("/amazon/") == 302
        assert "Running." in site.get("/amazon/")
    end = time.monotonic() + 20
    while not project.seller.confirmations(MUG):
        assert time.monotonic() < end, site.get("/amazon/")
        time.sleep(0.1)
    page = site.get("/amazon/")
    told = {row[0]: row[1:] for part in page.split("<tr>") if (row := re.findall(r"<td>(.*?)</td>", part, re.DOTALL))}
    assert [told[MUG][0], told[HELD][0]] == ["placed", "held"]
    assert "SKU" in told[HELD][2]
    assert project.seller.confirmations(MUG)[0].tracking == "00340434"


def test_the_projects_checks_and_migrations_are_clean(project: Project) -> None:
    program = "from django.core.management import call_command as c; c('check'); c('makemigrations', '--check')"
    assert project.run(program) == "System check identified no issues (0 silenced).\nNo changes detected"


def test_the_adapter_keeps_every_promise(project: Project) -> None:
    (project.folder / "checked.py").write_text(CHECKED)
    said = project.manage("amazon_orders", "check-adapter", "checked:open_store")
    assert said.count("\n  kept  ") > 60, said


def test_what_embeds_the_library_is_short() -> None:
    """Lines of code without the docstring, comments and blank lines; the adapter is counted for itself."""
    settings = (EXAMPLE / "settings.py").read_text(encoding="utf-8")
    assert "INSTALLED_APPS" in settings[: settings.index('"amazon_orders.integrations.django",  # new')]
    added = [
        *code((EXAMPLE / "store" / "amazon.py").read_text(encoding="utf-8")),
        *code(settings[settings.index("AMAZON_ORDERS = {") :]),
        *(line for name in ("settings.py", "urls.py", "store/apps.py") for line in code((EXAMPLE / name).read_text())
          if "integrations.django" in line or "import amazon" in line or "amazon." in line),
    ]  # fmt: skip
    assert len(added) < 40
    assert len(code((EXAMPLE / "store" / "adapter.py").read_text(encoding="utf-8"))) < 100


def code(text: str) -> list[str]:
    lines = [line.strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith(("#", '"""'))]
