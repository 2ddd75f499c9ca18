"""The library as a Django app: on the Oscar shop in this process, and on a bare project in one of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.db import transaction

from amazon_orders.errors import AmazonOrdersError
from amazon_orders.integrations.django import build_app, get_app, signals
from amazon_orders.integrations.django.management.commands.amazon_orders import ProjectSession
from amazon_orders.sandbox import Clock, SimulatedAmazon
from tests.story.world import START

ROOT = Path(__file__).parents[3]


class Project:
    """An Oscar shop whose settings name the library, and a seller."""

    def __init__(self, folder: Path, settings: Callable[..., None]) -> None:
        self.clock = Clock(start=START)
        self.amazon = SimulatedAmazon(seed=7, clock=self.clock)
        self.seller = self.amazon.add_seller(
            seller_id="A1SANDBOXSELLER", region="eu", marketplaces=["DE"], refresh_token="Atzr|story"
        )
        (folder / "ao.key").write_text(Fernet.generate_key().decode())
        self.values: dict[str, Any] = {
            "ledger": {"url": "sqlite:///ledger.db", "key_file": "ao.key"},
            "lwa": {"client_id": self.amazon.client_id, "client_secret": self.amazon.client_secret},
            "stores": {"shop": {"adapter": "oscar", "vat_rates": {"DE": "19"}}},
        }
        self.change = settings
        settings(AMAZON_ORDERS=self.values, BASE_DIR=folder)

    def app(self) -> Any:
        """As `get_app`, with the simulated Amazon in place of the network."""
        return build_app(adapter=self.amazon.transport(), now=self.clock.now, pause=self.clock.sleep)

    def session(self) -> ProjectSession:
        """The same for the command."""
        return ProjectSession(adapter=self.amazon.transport(), now=self.clock.now, sleep=self.clock.sleep)

    def connect(self) -> None:
        """One connection."""
        with self.app() as app:
            app.connections.add(
                {
                    "name": "de",
                    "active": True,
                    "seller_id": "A1SANDBOXSELLER",
                    "region": "eu",
                    "marketplaces": ["DE"],
                    "store": "shop",
                    "refresh_token": "Atzr|story",
                    "sync_from": START - timedelta(days=30),
                }
            )


@pytest.fixture
def project(shop: Any, tmp_path: Path, settings: Callable[..., None]) -> Project:
    shop.add_product("MUG-WHITE", 50)
    return Project(tmp_path, settings)


@pytest.fixture
def heard() -> Iterator[list[tuple[str, dict[str, Any]]]]:
    """Every signal that is sent, by name."""
    found: list[tuple[str, dict[str, Any]]] = []
    listening = []
    for name in ("order_placed", "order_held", "run_finished", "connection_failed"):

        def listen(sender: Any, name: str = name, **arguments: Any) -> None:
            arguments.pop("signal")
            found.append((name, arguments))

        getattr(signals, name).connect(listen)
        listening.append((getattr(signals, name), listen))
    yield found
    for signal, receiver in listening:
        signal.disconnect(receiver)


def problems() -> list[str]:
    return [f"{message.id}: {message.msg}" for message in run_checks() if str(message.id).startswith("amazon_orders.")]


def test_settings_are_all_that_a_shop_needs(project: Project, shop: Any) -> None:
    project.connect()
    order = project.seller.place(("MUG-WHITE", 2))
    project.clock.advance(180)
    with project.app() as app:
        app.sync()
    assert [seen.key for seen in shop.orders()] == [order]


def test_the_command_is_the_command_line(project: Project, shop: Any, capsys: pytest.CaptureFixture[str]) -> None:
    project.connect()
    order = project.seller.place(("MUG-WHITE", 2))
    project.clock.advance(180)
    call_command("amazon_orders", "sync", "--json", session=project.session())
    report = json.loads(capsys.readouterr().out)
    assert report["connections"][0]["name"] == "de"
    assert [seen.key for seen in shop.orders()] == [order]
    call_command("amazon_orders", "plugins", "--json", session=project.session())
    assert "oscar" in capsys.readouterr().out


def test_the_commands_exit_code_is_kept(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError) as failed:
        call_command("amazon_orders", "orders", "show", "306-1", session=project.session())
    assert failed.value.returncode == 2
    assert capsys.readouterr().err


def test_events_are_signals_with_the_arguments_of_their_hook(project: Project, shop: Any, heard: list[Any]) -> None:
    project.connect()
    order = project.seller.place(("MUG-WHITE", 2))
    project.seller.place(("BOWL-GREY", 1))
    project.clock.advance(180)
    with project.app() as app:
        app.sync()
    (seen,) = shop.orders()
    assert ("order_placed", {"connection": "de", "amazon_order_id": order, "ref": seen.ref}) in heard
    assert [name for name, _ in heard].count("order_held") == 1
    assert heard[-1][0] == "run_finished"


def test_a_signal_waits_for_the_end_of_a_transaction(project: Project, heard: list[Any]) -> None:
    from amazon_orders.integrations.django import tells

    with transaction.atomic():
        tells.on_order_placed("de", "306-1", "7")
        assert heard == []
    assert heard == [("order_placed", {"connection": "de", "amazon_order_id": "306-1", "ref": "7"})]
    with transaction.atomic():
        tells.on_order_placed("de", "306-2", "8")
        transaction.set_rollback(True)
    assert len(heard) == 1


def test_a_receiver_that_fails_stops_nothing(project: Project, heard: list[Any], caplog: Any) -> None:
    from amazon_orders.integrations.django import tells

    def fail(**_: Any) -> None:
        raise ValueError

    signals.order_placed.connect(fail)
    try:
        tells.on_order_placed("de", "306-1", "7")
    finally:
        signals.order_placed.disconnect(fail)
    assert [name for name, _ in heard] == ["order_placed"]


def test_right_settings_pass_the_check(project: Project) -> None:
    assert problems() == []


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"ledgr": {}}, "amazon_orders.E001"),
        ({"stores": {"shop": {"adapter": "oscar", "colour": "red"}}}, "amazon_orders.E002"),
        ({"stores": {"shop": {"adapter": "nowhere.open_store"}}}, "amazon_orders.E002"),
        ({"ledger": {"url": "sqlite:///ledger.db", "key_file": "gone.key"}}, "amazon_orders.E003"),
        ({"ledger": {"url": "sqlite:///ledger.db"}}, "amazon_orders.W002"),
        ({"config": "amazon-orders.toml"}, "amazon_orders.E001"),
    ],
)
def test_wrong_settings_are_named_before_anything_starts(
    project: Project, values: dict[str, Any], problem: str
) -> None:
    project.change(AMAZON_ORDERS=project.values | values)
    assert [text.partition(":")[0] for text in problems()] == [problem]


def test_requests_in_a_transaction_are_warned_of(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings as django_settings

    monkeypatch.setitem(django_settings.DATABASES["default"], "ATOMIC_REQUESTS", True)
    assert [text.partition(":")[0] for text in problems()] == ["amazon_orders.W003"]


def test_a_project_without_the_setting_is_told_so(project: Project) -> None:
    from django.conf import settings as django_settings

    project.change()
    del django_settings.AMAZON_ORDERS
    assert [text.partition(":")[0] for text in problems()] == ["amazon_orders.W001"]
    with pytest.raises(AmazonOrdersError, match="AMAZON_ORDERS is missing"):
        build_app()


def test_a_process_has_one_app(project: Project) -> None:
    from amazon_orders.integrations.django import building

    building._shared.clear()
    try:
        assert get_app() is get_app()
    finally:
        get_app().close()
        building._shared.clear()


def test_a_bare_project_brings_its_own_adapter(tmp_path: Path) -> None:
    (tmp_path / "bare.py").write_text(
        textwrap.dedent(
            """
            SECRET_KEY = "a test"
            INSTALLED_APPS = ["amazon_orders.integrations.django"]
            DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "bare.db"}}
            AMAZON_ORDERS = {
                "ledger": {"url": "sqlite:///ledger.db"},
                "stores": {"mine": {"adapter": "mine.open_store", "colour": "red"}},
            }
            """
        )
    )
    (tmp_path / "mine.py").write_text(
        textwrap.dedent(
            """
            from amazon_orders import hookimpl

            class Mine:
                @hookimpl
                def store_find_products(self, attribute, values): return []
                @hookimpl
                def store_find_orders(self, keys): return {}
                @hookimpl
                def store_place_order(self, order, key): raise NotImplementedError
                @hookimpl
                def store_cancel_order(self, ref, reason, key): return False
                @hookimpl
                def store_list_stock(self, attribute): return []
                @hookimpl
                def store_list_shipments(self, since): return []

            def open_store(config):
                assert config == {"colour": "red"}, config
                return Mine()
            """
        )
    )

    def django(*words: str) -> subprocess.CompletedProcess[str]:
        surroundings = os.environ | {
            "DJANGO_SETTINGS_MODULE": "bare",
            "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}",
            "AMAZON_ORDERS_KEY": Fernet.generate_key().decode(),
        }
        return subprocess.run(
            [sys.executable, "-m", "django", *words],
            cwd=tmp_path,
            env=surroundings,
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )

    checked = django("check")
    assert "no issues" in checked.stdout, checked.stderr
    rows = [json.loads(row) for row in django("amazon_orders", "plugins", "--json").stdout.splitlines()]
    assert {"mine.open_store", "django"} <= {row["plugin"] for row in rows}
    assert django("amazon_orders", "connection", "show", "nobody").returncode == 2
