"""A seller gives consent by a link; an authorisation that is gone is asked for once, told once, and replaced."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from amazon_orders.adapters.sqlite import open_store
from amazon_orders.errors import AmazonOrdersError
from amazon_orders.hooks import Hooks, hookimpl
from amazon_orders.sandbox import Fault
from tests.story.command_line import SELLER, CommandLine
from tests.story.world import World, world

BACK = "https://shop.example/amazon/back"
APPLICATION = "amzn1.sellerapps.app.00000000-0000-0000-0000-000000000001"


class Listener:
    def __init__(self) -> None:
        self.failed: list[tuple[str, str]] = []

    @hookimpl
    def on_connection_failed(self, connection: str, error: AmazonOrdersError) -> None:
        self.failed.append((connection, error.code))


def error_of(report: Any) -> dict[str, Any]:
    error = report.connections[0].flows[0].error
    assert error is not None
    return dict(error)


class TestAnAuthorisationThatIsGone:
    def test_login_with_amazon_is_asked_once_and_listeners_are_told_once(self, tmp_path: Path) -> None:
        listener = Listener()
        hooks = Hooks("shop")
        with world(tmp_path) as made:
            hooks.register(open_store({"path": str(tmp_path / "shop.db")}), "sqlite")
            hooks.register(listener, "listener")
            made.app.close()
            made._stores = {"shop": hooks}
            made.restart()
            made.connect()
            made.seller.revoke()
            for _ in range(4):
                assert error_of(made.sync())["code"] == "amazon_auth"
                made.clock.advance(900)
                made.restart()
            assert made.amazon.calls.count("token") == 1
            assert listener.failed == [("de", "amazon_auth")]

    def test_an_access_token_that_dies_with_it_is_not_tried_for_ever(self, shop: World) -> None:
        shop.sync()
        shop.seller.revoke()
        shop.amazon.reset_calls()
        for _ in range(3):
            assert error_of(shop.sync())["code"] == "amazon_auth"
        assert shop.amazon.calls.count("token") == 1
        assert shop.amazon.calls.count("searchOrders") <= 1

    def test_the_other_connections_go_on(self, shop: World) -> None:
        other = shop.amazon.add_seller("A2OTHERSELLER", "eu", ["DE"], refresh_token="Atzr|other")
        shop.connect(name="other", seller_id="A2OTHERSELLER", marketplaces=["DE"], refresh_token="Atzr|other")
        order_id = other.place("MUG-WHITE")
        shop.clock.advance(300)
        shop.seller.revoke()
        for _ in range(2):
            report = shop.sync()
            assert [bool(part.flows[0].error) for part in report.connections] == [True, False]
        assert set(shop.shop_orders()) == {order_id}

    def test_a_new_token_is_tried_at_once(self, shop: World) -> None:
        shop.seller.revoke()
        shop.sync()
        shop.sync()
        shop.amazon.lwa.authorise(shop.seller.seller_id, "Atzr|new")
        shop.app.connections.set("de", {"refresh_token": "Atzr|new"})
        assert shop.sync().errors == []

    def test_a_new_token_in_the_environment_is_noticed(self, shop: World, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STORY_TOKEN", "Atzr|story")
        shop.app.connections.set("de", {"refresh_token": "env:STORY_TOKEN"})
        shop.seller.revoke()
        shop.sync()
        shop.amazon.lwa.authorise(shop.seller.seller_id, "Atzr|new")
        monkeypatch.setenv("STORY_TOKEN", "Atzr|new")
        assert shop.sync().errors == []
        assert shop.app.ledger.authorisations.refused("de") is None

    def test_a_person_may_try_again_with_a_test(self, shop: World) -> None:
        shop.seller.revoke()
        shop.sync()
        shop.amazon.lwa.authorise(shop.seller.seller_id, "Atzr|story")  # the same one lives again
        assert error_of(shop.sync())["code"] == "amazon_auth"
        assert shop.app.connections.test("de").ok
        assert shop.sync().errors == []

    def test_a_wrong_client_secret_is_the_applications_fault_and_marks_no_connection(self, shop: World) -> None:
        shop.amazon.lwa.client_secret = "another"
        assert error_of(shop.sync())["code"] == "amazon_auth"
        shop.amazon.lwa.client_secret = shop.app.config.client_secret
        assert shop.sync().errors == []

    def test_an_outage_marks_nothing(self, shop: World) -> None:
        shop.amazon.faults.add(Fault(operation="token", kind="503", times=4))
        assert error_of(shop.sync())["code"] == "amazon_unavailable"
        assert shop.sync().errors == []

    def test_a_dry_run_says_it_and_writes_nothing(self, shop: World) -> None:
        shop.seller.revoke()
        assert error_of(shop.sync(dry_run=True))["code"] == "amazon_auth"
        assert shop.app.ledger.authorisations.refused("de") is None


@pytest.fixture
def line(tmp_path: Path) -> CommandLine:
    made = CommandLine(tmp_path)
    made.open_shop()
    text = made.config.read_text().replace('application_id = ""', f'application_id = "{APPLICATION}"')
    if APPLICATION not in text:
        text = text.replace("[lwa]\n", f'[lwa]\napplication_id = "{APPLICATION}"\n')
    made.config.write_text(text.replace("[lwa]\n", f'[lwa]\nredirect_uri = "{BACK}"\n'))
    made.must(
        "connection", "add", "de", f"seller_id={SELLER}", "region=eu", "marketplaces=DE,FR", "store=shop",
        "active=true", "--authorise-later",
    )  # fmt: skip
    return made


def ask(line: CommandLine, *words: str) -> dict[str, Any]:
    link = line.document("connection", "authorise", "de", *words)
    assert isinstance(link, dict)
    return link


def answer(line: CommandLine, link: dict[str, Any], **changes: str) -> Any:
    code = line.amazon.lwa.consent(SELLER, link["redirect_uri"])
    words = {"--code": code, "--state": link["state"], "--seller-id": SELLER} | changes
    return line.run("connection", "authorise", "de", *(word for pair in words.items() for word in pair))


class TestConsent:
    def test_the_link_leads_to_the_sellers_own_page(self, line: CommandLine) -> None:
        link = ask(line)
        assert set(link) == {"url", "state", "redirect_uri", "expires_at"}
        parts = urlsplit(link["url"])
        assert (parts.scheme, parts.netloc) == ("https", "sellercentral-europe.amazon.com")
        assert parts.path == "/apps/authorize/consent"
        assert parse_qs(parts.query) == {
            "application_id": [APPLICATION], "state": [link["state"]], "redirect_uri": [BACK],
        }  # fmt: skip
        assert parse_qs(urlsplit(ask(line, "--beta")["url"]).query)["version"] == ["beta"]

    def test_without_json_the_link_alone_goes_to_stdout(self, line: CommandLine) -> None:
        result = line.must("connection", "authorise", "de")
        assert result.stdout.startswith("https://sellercentral")
        assert len(result.stdout.splitlines()) == 1

    def test_the_code_becomes_the_authorisation(self, line: CommandLine) -> None:
        assert line.run("sync").exit_code == 4
        result = answer(line, ask(line))
        assert result.exit_code == 0, result.stderr
        line.must("sync")
        assert [row["new"] for row in line.lines("connection", "history", "de") if row["field"] == "refresh_token"] == [
            "***"
        ]
        assert line.amazon.sellers[SELLER].refresh_token.encode() not in line.everything_on_disk()

    def test_a_state_counts_once(self, line: CommandLine) -> None:
        link = ask(line)
        assert answer(line, link).exit_code == 0
        again = answer(line, link)
        assert again.exit_code == 2
        assert "was used before" in again.stderr

    def test_a_state_that_nobody_gave_out_never_reaches_amazon(self, line: CommandLine) -> None:
        link = ask(line)
        line.amazon.reset_calls()
        assert answer(line, link | {"state": "made-up"}).exit_code == 2
        assert line.amazon.calls.count("token") == 0

    def test_a_state_is_good_for_ten_minutes(self, line: CommandLine) -> None:
        in_time, late = ask(line), ask(line)
        line.clock.advance(599)
        assert answer(line, in_time).exit_code == 0
        line.clock.advance(1)
        assert answer(line, late).exit_code == 2

    def test_the_state_of_another_connection_is_refused(self, line: CommandLine) -> None:
        line.must(
            "connection", "add", "other", "seller_id=A2OTHERSELLER", "region=eu", "marketplaces=DE", "store=shop",
            "--authorise-later",
        )  # fmt: skip
        link = line.document("connection", "authorise", "other")
        assert answer(line, link).exit_code == 2

    def test_another_sellers_consent_is_refused(self, line: CommandLine) -> None:
        result = answer(line, ask(line), **{"--seller-id": "A9STRANGER"})
        assert result.exit_code == 2
        assert "Another seller" in result.stderr

    def test_a_code_that_is_used_up_is_said_without_being_shown(self, line: CommandLine) -> None:
        result = answer(line, ask(line), **{"--code": "CANARYCODE"})
        assert result.exit_code == 4
        assert "good for five minutes, once" in result.stderr
        assert "CANARYCODE" not in result.output

    def test_the_code_may_come_from_standard_input(self, line: CommandLine) -> None:
        link = ask(line)
        code = line.amazon.lwa.consent(SELLER, BACK)
        words = ("connection", "authorise", "de", "--code", "-", "--state", link["state"])
        assert line.run(*words, stdin=code + "\n").exit_code == 0

    def test_the_state_is_kept_as_a_hash(self, line: CommandLine) -> None:
        assert ask(line)["state"].encode() not in line.everything_on_disk()

    @pytest.mark.parametrize(
        "address",
        ["http://shop.example/back", "https://shop.example/back#x", "ftp://shop.example", "shop.example", "https://"],
    )
    def test_an_address_that_amazon_would_refuse_is_refused_here(self, line: CommandLine, address: str) -> None:
        result = line.run("connection", "authorise", "de", "--redirect-uri", address, "--json")
        assert result.exit_code == 2
        assert json.loads(result.stdout)["error"]["code"] == "config"
        assert "redirect_uri" in result.stderr

    def test_an_address_on_this_machine_may_be_http(self, line: CommandLine) -> None:
        assert "localhost" in ask(line, "--redirect-uri", "http://localhost:8000/back")["url"]

    def test_what_is_missing_is_named(self, line: CommandLine) -> None:
        text = line.config.read_text()
        line.config.write_text(text.replace(f'redirect_uri = "{BACK}"\n', "").replace(APPLICATION, ""))
        assert "redirect_uri" in line.run("connection", "authorise", "de").stderr
        assert "application_id" in line.run("connection", "authorise", "de", "--redirect-uri", BACK).stderr

    @pytest.mark.parametrize("words", [["--code", "x"], ["--state", "x"]])
    def test_code_and_state_go_together(self, line: CommandLine, words: list[str]) -> None:
        assert line.run("connection", "authorise", "de", *words).exit_code == 2

    def test_a_lost_answer_is_not_asked_for_again(self, line: CommandLine) -> None:
        line.amazon.faults.add(Fault(operation="token", kind="reset"))
        assert answer(line, ask(line)).exit_code == 75
        assert line.amazon.calls.count("token") == 1
