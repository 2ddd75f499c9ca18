"""Login with Amazon: who gets a token, for how long, and how it says no."""

from __future__ import annotations

import pytest

from amazon_orders.sandbox import Clock, Seller, SimulatedAmazon
from tests.unit.sandbox.application import ORDERS, PARTICIPATIONS, TOKEN_URL, Application


def test_a_refresh_token_buys_an_hour(app: Application, seller: Seller) -> None:
    body = app.lwa().json()
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 3600
    assert body["refresh_token"] == seller.refresh_token
    assert body["access_token"].startswith("Atza|")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"grant_type": ""}, 400, "invalid_request"),
        ({"refresh_token": ""}, 400, "invalid_request"),
        ({"client_id": ""}, 400, "invalid_request"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"client_secret": "guessed"}, 401, "invalid_client"),
        ({"client_id": "somebody-else"}, 401, "invalid_client"),
        ({"refresh_token": "Atzr|made-up"}, 400, "invalid_grant"),
        ({"scope": "sellingpartnerapi::notifications"}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "refresh_token": ""}, 400, "invalid_request"),
        ({"grant_type": "client_credentials", "refresh_token": "", "scope": "everything"}, 400, "invalid_scope"),
        ({"grant_type": "authorization_code", "code": "made-up", "redirect_uri": "https://x"}, 400, "invalid_grant"),
    ],
    ids=lambda value: " ".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else str(value),
)
def test_refusals_are_worded_as_amazon_does(app: Application, form: dict[str, str], status: int, error: str) -> None:
    response = app.lwa(**form)
    assert response.status_code == status
    body = response.json()
    assert body["error"] == error
    assert body["error_description"]
    assert body["request_id"] == response.headers["x-amzn-RequestId"]


def test_a_token_request_is_a_form(app: Application) -> None:
    response = app.session.post(TOKEN_URL, json={"grant_type": "refresh_token"})
    assert (response.status_code, response.json()["error"]) == (400, "invalid_request")


def test_an_access_token_ends_after_an_hour_by_the_clock(app: Application, clock: Clock) -> None:
    assert app.search().status_code == 200
    clock.advance(3599)
    assert app.search().status_code == 200
    clock.advance(1)
    response = app.search()
    assert response.status_code == 403
    assert "expired" in response.json()["errors"][0]["details"]
    app.log_in()
    assert app.search().status_code == 200


def test_revoking_ends_refresh_and_access_tokens(app: Application, seller: Seller) -> None:
    assert app.search().status_code == 200
    seller.revoke()
    assert app.search().status_code == 403
    assert app.lwa().json()["error"] == "invalid_grant"


def test_a_dead_access_token_can_be_replaced(app: Application, amazon: SimulatedAmazon) -> None:
    assert app.search().status_code == 200
    amazon.lwa.forget_access_tokens()
    assert app.search().status_code == 403
    app.log_in()
    assert app.search().status_code == 200


def test_a_consent_code_is_good_once_for_five_minutes_and_its_own_uri(
    app: Application, seller: Seller, clock: Clock
) -> None:
    def exchange(code: str, uri: str = "https://shop.example/back") -> int:
        form = {"grant_type": "authorization_code", "refresh_token": "", "code": code, "redirect_uri": uri}
        return app.lwa(**form).status_code

    code = seller.consent("https://shop.example/back")
    assert [exchange(code), exchange(code)] == [200, 400]
    assert exchange(seller.consent("https://shop.example/back"), "https://other.example") == 400
    late = seller.consent("https://shop.example/back")
    clock.advance(301)
    assert exchange(late) == 400


def test_consent_after_revoking_gives_a_token_that_works(app: Application, seller: Seller) -> None:
    seller.revoke()
    code = seller.consent("https://shop.example/back")
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": "https://shop.example/back"}
    body = app.lwa(**form, refresh_token="").json()
    assert app.lwa(refresh_token=body["refresh_token"]).status_code == 200


def test_a_grantless_token_opens_no_seller_operation(app: Application) -> None:
    body = app.lwa(grant_type="client_credentials", refresh_token="", scope="sellingpartnerapi::notifications").json()
    assert "refresh_token" not in body
    app.headers["x-amz-access-token"] = body["access_token"]
    assert [app.get(path).status_code for path in (ORDERS, PARTICIPATIONS)] == [403, 403]


def test_a_token_belongs_to_one_seller_and_its_region(app: Application, amazon: SimulatedAmazon) -> None:
    app.log_in()
    app.endpoint = "https://sellingpartnerapi-na.amazon.com"
    assert app.search().status_code == 403
    other = amazon.add_seller("A2OTHER", region="na", marketplaces=["US"])
    other.place("MUG-WHITE")
    amazon.clock.sleep(600)
    there = Application(amazon, other, "https://sellingpartnerapi-na.amazon.com")
    assert len(there.found()) == 1
    app.endpoint = "https://sellingpartnerapi-eu.amazon.com"
    assert app.found() == []


@pytest.mark.parametrize(
    ("agent", "status"),
    [
        ("Shop/1.0 (Language=Python/3.11)", 200),
        ("Shop/1.0 (Platform=Linux; Language=Python)", 200),
        (r"My\/Shop/1.0 (Language=Python/3.11; Platform=Linux)", 200),
        ("python-requests/2.32", 400),
        ("Shop/1.0 (Platform=Linux)", 400),
        ("Shop/1.0 (Language=)", 400),
        ("Shop/1.0 (Language=Python; Note=" + "x" * 500 + ")", 400),
    ],
)
def test_the_user_agent_names_the_language(app: Application, agent: str, status: int) -> None:
    app.log_in()
    app.headers["user-agent"] = agent
    assert app.search().status_code == status


def test_the_record_of_calls_holds_no_secret(app: Application, amazon: SimulatedAmazon, seller: Seller) -> None:
    app.search()
    token = app.headers["x-amz-access-token"]
    told = " ".join([repr(list(amazon.calls)), repr(amazon), repr(seller), repr(amazon.lwa)])
    for secret in (token, seller.refresh_token, amazon.client_secret):
        assert secret not in told
    assert amazon.calls.of("token")[0].params == {"grant_type": "refresh_token"}
