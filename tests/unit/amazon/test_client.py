"""The client against a simulated Amazon and against scripted answers: quotas, tokens, clocks, and who is at fault."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from amazon_orders.amazon import (
    DATA_SETS,
    INCLUDED,
    PLANS,
    AmazonClient,
    LwaCredentials,
    OrderQuery,
    Participation,
    Transport,
)
from amazon_orders.errors import (
    AmazonAuthError,
    AmazonError,
    AmazonRejected,
    AmazonThrottled,
    AmazonUnavailable,
    ConfigError,
)
from amazon_orders.model import Connection
from amazon_orders.sandbox import Clock, Fault, Seller, SimulatedAmazon
from tests.unit.amazon.documents import full
from tests.unit.amazon.wire import Counter, Drawer, Peer, answer, hanging_up, says, serving

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
WEEK = OrderQuery(last_updated_after=NOW - timedelta(days=8))
SECRETS = ("Atzr|refresh", "sandbox-secret", "Atza|")
TOKEN = answer(200, {"access_token": "Atza|1", "token_type": "bearer", "expires_in": 3600})


class Desk:
    """A simulated Amazon with one seller, and a client that asks it."""

    def __init__(self) -> None:
        self.clock = Clock(start=NOW)
        self.amazon = SimulatedAmazon(seed=42, clock=self.clock, speed=None)
        self.seller: Seller = self.amazon.add_seller(refresh_token="Atzr|refresh")
        self.buckets = Counter()
        self.tokens = Drawer()
        self.ours_ahead = timedelta()
        self.transport = Transport(adapter=self.amazon.transport(), now=self.now, sleep=lambda _: None)
        self.client = self.new_client()

    def now(self) -> datetime:
        """Our clock, which may be wrong."""
        return self.clock.now() + self.ours_ahead

    def new_client(self, **settings: Any) -> AmazonClient:
        values = {
            "name": "de",
            "seller_id": "A1SANDBOXSELLER",
            "region": "eu",
            "marketplaces": ("DE", "FR"),
            "refresh_token": "Atzr|refresh",
        }
        return AmazonClient(
            Connection(**(values | settings)),
            LwaCredentials(self.amazon.client_id, self.amazon.client_secret, "amzn1.sellerapps.app.x"),
            transport=self.transport,
            buckets=self.buckets,
            tokens=self.tokens,
            now=self.now,
        )

    def fault(self, kind: str, operation: str = "searchOrders", **options: Any) -> None:
        self.amazon.faults.add(Fault(kind=kind, operation=operation, **options))


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def scripted() -> Iterator[Peer]:
    with serving(says(TOKEN)) as peer:
        yield peer


def scripted_client(peer: Peer, *answers: bytes, buckets: Counter | None = None) -> AmazonClient:
    """A client whose Amazon gives a token and then these answers."""
    peer.scripts[:] = says(TOKEN, *answers)
    return AmazonClient(
        Connection(
            name="de",
            seller_id="A1",
            region="eu",
            refresh_token="Atzr|refresh",
            endpoint=peer.url,
            token_endpoint=f"{peer.url}/auth/o2/token",
        ),
        LwaCredentials("client", "sandbox-secret"),
        transport=Transport(deadline=5, sleep=lambda _: None, now=lambda: NOW),
        buckets=buckets if buckets is not None else Counter(),
        tokens=Drawer(),
        now=lambda: NOW,
    )


def told(error: BaseException) -> str:
    """All that anybody can see of an error."""
    return "".join(traceback.format_exception(error)) + repr(vars(error))


# Asking


def test_pages_follow_each_other_until_the_last(desk: Desk) -> None:
    ids = desk.seller.generate(250)
    found: list[str] = []
    token, query = None, WEEK
    while True:
        page = desk.client.search_orders(query, token)
        found += [record.amazon_order_id for record in page.records(frozenset())]
        token, query = page.next_token, page.query or query
        if token is None:
            break
        desk.clock.advance(7)
    assert sorted(found) == sorted(ids)
    assert desk.client.calls == {"searchOrders": 3}
    assert page.last_updated_before is not None
    assert len(desk.buckets.taken) == 3


def test_a_page_knows_its_size_and_what_was_asked_for(desk: Desk) -> None:
    desk.seller.generate(3)
    page = desk.client.search_orders(WEEK)
    (record, *_) = page.records(frozenset())
    assert page.included == record.included == record.order().included == INCLUDED
    assert page.size > 3 * len(record.raw) / 2


def test_one_order_has_the_digest_that_its_page_gave_it(desk: Desk) -> None:
    (order_id,) = desk.seller.generate(1)
    (listed,) = desk.client.search_orders(WEEK).records(frozenset())
    alone = desk.client.get_order(order_id)
    assert (alone.digest, alone.raw, alone.amazon_order_id) == (listed.digest, listed.raw, order_id)
    assert alone.order() == listed.order()


def test_one_order_keeps_its_bytes_however_the_answer_is_written(scripted: Peer) -> None:
    raw = b'{ "orderId":"303-1" ,\n"x": "\xc3\xab}" }'
    frames = (b'{"order":', b"}"), (b' { "order" : ', b' , "y":[1]}'), (b'{"y":{"order":1},"order":', b"}")
    for before, after in frames:
        body = before + raw + after
        record = scripted_client(scripted, answer(200, body)).get_order("303-1")
        assert (record.raw, record.amazon_order_id) == (raw, "303-1")


def test_an_order_that_amazon_does_not_know_is_a_refusal(desk: Desk) -> None:
    with pytest.raises(AmazonRejected) as caught:
        desk.client.get_order("303-0000000-0000000")
    assert caught.value.status == 404
    assert caught.value.request_id
    assert not caught.value.retryable


def test_an_order_id_cannot_leave_its_place_in_the_path(scripted: Peer) -> None:
    client = scripted_client(scripted, answer(404))
    with pytest.raises(AmazonRejected):
        client.get_order("../../feeds?x=1#y")
    assert scripted.heard[-1].line.startswith("GET /orders/2026-01-01/orders/..%2F..%2Ffeeds%3Fx%3D1%23y?includedData=")


def test_the_account_tells_its_marketplaces(desk: Desk) -> None:
    assert desk.client.get_marketplace_participations() == tuple(
        Participation(marketplace_id=id_, country=country, is_participating=True, has_suspended_listings=False)
        for id_, country in zip(desk.seller.marketplace_ids, ("DE", "FR"), strict=True)
    )


def test_the_headers_are_those_that_amazon_demands(scripted: Peer) -> None:
    scripted_client(scripted, answer(200, {"orders": []})).search_orders(WEEK)
    headers = scripted.heard[-1].headers
    assert headers["x-amz-access-token"] == "Atza|1"
    assert re.fullmatch(r"20261120T1200\d\dZ", headers["x-amz-date"])
    assert headers["accept-encoding"] == "gzip"
    assert headers["user-agent"].startswith("amazon-order-sync/")
    assert "(Language=Python/3." in headers["user-agent"]


def test_a_search_names_every_bound_and_filter(scripted: Peer) -> None:
    query = OrderQuery(
        created_after=datetime(2026, 11, 1, tzinfo=UTC),
        created_before=datetime(2026, 11, 2, 3, 4, 5, 678_900, tzinfo=UTC),
        marketplace_ids=("A1", "A2"),
        fulfilled_by="MERCHANT",
        statuses=("UNSHIPPED", "SHIPPED"),
        page_size=50,
    )
    scripted_client(scripted, answer(200, {"orders": []})).search_orders(query, "tok/en+=")
    parts = urlsplit(scripted.heard[-1].line.split()[1])
    assert parts.path == "/orders/2026-01-01/orders"
    assert parse_qs(parts.query) == {
        "createdAfter": ["2026-11-01T00:00:00.000Z"],
        "createdBefore": ["2026-11-02T03:04:05.678Z"],
        "marketplaceIds": ["A1,A2"],
        "fulfilledBy": ["MERCHANT"],
        "fulfillmentStatuses": ["UNSHIPPED,SHIPPED"],
        "maxResultsPerPage": ["50"],
        "includedData": [",".join(DATA_SETS)],
        "paginationToken": ["tok/en+="],
    }


def test_a_search_is_as_short_as_it_may_be(scripted: Peer) -> None:
    scripted_client(scripted, answer(200, {"orders": []})).search_orders(WEEK)
    asked = parse_qs(urlsplit(scripted.heard[-1].line.split()[1]).query)
    assert set(asked) == {"lastUpdatedAfter", "maxResultsPerPage", "includedData"}


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"last_updated_after": NOW, "created_after": NOW},
        {"created_after": NOW, "last_updated_before": NOW},
        {"last_updated_after": NOW, "created_before": NOW},
        {"last_updated_after": NOW, "page_size": 0},
        {"last_updated_after": NOW, "page_size": 101},
    ],
    ids=str,
)
def test_a_search_against_amazons_rules_is_not_sent(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        OrderQuery(**wrong)


# Clocks


@pytest.mark.parametrize("minutes", [-15, -1, 0, 1, 15])
def test_an_upper_bound_is_never_too_late_for_amazon_whatever_our_clock_says(desk: Desk, minutes: int) -> None:
    desk.seller.generate(5)
    desk.ours_ahead = timedelta(minutes=minutes)
    for _ in range(3):
        query = replace(WEEK, last_updated_before=NOW + timedelta(hours=1))
        page = desk.client.search_orders(query)  # the simulated Amazon refuses a bound within its last two minutes
        assert page.records(frozenset())
        desk.clock.advance(30)
    asked = desk.amazon.calls.of("searchOrders")
    for call in asked[1:]:
        age = call.at - datetime.fromisoformat(call.params["lastUpdatedBefore"])
        assert timedelta(minutes=2) <= age <= timedelta(minutes=3)


@pytest.mark.parametrize("minutes", [-15, 0, 15])
def test_a_bound_in_the_past_is_sent_as_it_is(desk: Desk, minutes: int) -> None:
    desk.ours_ahead = timedelta(minutes=minutes)
    bound = NOW - timedelta(hours=1)
    desk.client.search_orders(OrderQuery(created_after=NOW - timedelta(days=1), created_before=bound))
    assert desk.amazon.calls[-1].params["createdBefore"] == "2026-11-20T11:00:00.000Z"


def test_the_second_page_is_asked_for_with_the_bounds_of_the_first(desk: Desk) -> None:
    desk.seller.generate(150)
    wanted = replace(WEEK, last_updated_before=NOW)
    first = desk.client.search_orders(wanted)
    first.records(frozenset())
    desk.clock.advance(61)
    assert first.query is not None
    second = desk.client.search_orders(first.query, first.next_token)
    assert len(second.records(frozenset())) == 50


def test_a_span_that_has_not_begun_at_amazon_is_empty_without_a_call(desk: Desk) -> None:
    desk.client.get_marketplace_participations()  # Amazon's clock is known now
    page = desk.client.search_orders(
        OrderQuery(last_updated_after=NOW - timedelta(seconds=30), last_updated_before=NOW)
    )
    assert page.records(frozenset()) == []
    assert (page.next_token, page.last_updated_before) == (None, None)
    assert desk.amazon.calls.count("searchOrders") == 0


# Quotas


def test_every_call_takes_a_token_under_the_published_plan(desk: Desk) -> None:
    (order_id,) = desk.seller.generate(1)
    desk.client.search_orders(WEEK)
    desk.client.get_order(order_id)
    desk.client.get_marketplace_participations()
    scope = "amzn1.sellerapps.app.x:A1SANDBOXSELLER:eu"
    assert desk.buckets.taken == [
        (scope, "searchOrders", 0.0056, 20),
        (scope, "getOrder", 0.5, 30),
        (scope, "getMarketplaceParticipations", 0.016, 15),
    ]


def test_connections_of_one_seller_share_their_buckets_and_others_do_not(desk: Desk) -> None:
    desk.amazon.add_seller("A2OTHER", refresh_token="Atzr|other")
    desk.new_client(name="de").search_orders(WEEK)
    desk.new_client(name="fr").search_orders(WEEK)
    desk.new_client(name="other", seller_id="A2OTHER", refresh_token="Atzr|other").search_orders(WEEK)
    scopes = [scope for scope, *_ in desk.buckets.taken]
    assert scopes[0] == scopes[1] != scopes[2]


def test_without_a_token_amazon_is_not_asked(desk: Desk) -> None:
    desk.buckets.tokens["searchOrders"] = 0
    with pytest.raises(AmazonThrottled) as caught:
        desk.client.search_orders(WEEK)
    assert caught.value.retry_after == pytest.approx(1 / 0.0056)
    assert caught.value.retryable
    assert desk.client.throttled == 1
    assert desk.client.calls == {}
    assert desk.amazon.calls.count("searchOrders") == 0


def test_a_reserved_call_takes_its_token_beforehand(desk: Desk) -> None:
    desk.buckets.tokens["searchOrders"] = 1
    assert desk.client.reserve("searchOrders")
    assert desk.buckets.tokens["searchOrders"] == 0
    assert not desk.client.reserve("searchOrders")
    desk.client.search_orders(WEEK)
    with pytest.raises(AmazonThrottled):
        desk.client.search_orders(WEEK)


def test_tokens_left_are_those_of_the_bucket(desk: Desk) -> None:
    desk.buckets.tokens["getOrder"] = 7
    assert desk.client.tokens_left("getOrder") == 7
    assert desk.client.tokens_left("searchOrders") == PLANS["searchOrders"].burst


def test_a_retry_takes_a_token_of_its_own(desk: Desk) -> None:
    desk.fault("500", times=2)
    desk.client.search_orders(WEEK)
    assert desk.client.calls == {"searchOrders": 3}
    assert len(desk.buckets.taken) == 3


def test_a_retry_without_a_token_ends_in_throttling(desk: Desk) -> None:
    desk.buckets.tokens["searchOrders"] = 2
    desk.fault("500", times=None)
    with pytest.raises(AmazonThrottled):
        desk.client.search_orders(WEEK)
    assert desk.amazon.calls.count("searchOrders") == 2


@pytest.mark.parametrize("headers", [{}, {"x_amzn_RateLimit_Limit": "0.01"}], ids=["no header", "a header"])
def test_when_amazon_says_too_many_the_bucket_is_emptied_and_nobody_waits(
    scripted: Peer, headers: dict[str, str]
) -> None:
    body = {"errors": [{"code": "QuotaExceeded", "message": "You exceeded your quota for the requested resource."}]}
    buckets = Counter()
    client = scripted_client(scripted, answer(429, body, **headers), buckets=buckets)
    with pytest.raises(AmazonThrottled) as caught:
        client.search_orders(WEEK)
    assert (caught.value.status, caught.value.amazon_code) == (429, "QuotaExceeded")
    assert caught.value.request_id == "request-1"
    assert caught.value.retry_after > 100
    assert [operation for _, operation in buckets.drained] == ["searchOrders"]
    assert client.throttled == 1
    assert sum("GET /orders" in request.line for request in scripted.heard) == 1


@pytest.mark.parametrize(
    ("header", "learned"),
    [
        ("0.0056", [0.0056]),
        ("0.016", [0.016]),
        ("5.0", [5.0]),
        ("0", []),
        ("-1", []),
        ("nan", []),
        ("inf", []),
        ("1e300", []),
        ("many", []),
        ("", []),
        (None, []),
    ],
)
def test_amazons_rate_is_learned_from_its_header(scripted: Peer, header: str | None, learned: list[float]) -> None:
    buckets = Counter()
    headers = {} if header is None else {"x_amzn_RateLimit_Limit": header}
    scripted_client(scripted, answer(200, {"orders": []}, **headers), buckets=buckets).search_orders(WEEK)
    assert [rate for _, _, rate in buckets.learned] == learned
    assert all(operation == "searchOrders" for _, operation, _ in buckets.learned)


def test_published_plans_are_those_of_amazons_models() -> None:
    assert {name: (plan.rate, plan.burst) for name, plan in PLANS.items()} == {
        "searchOrders": (0.0056, 20),
        "getOrder": (0.5, 30),
        "getMarketplaceParticipations": (0.016, 15),
        "confirmShipment": (2, 10),
        "createFeedDocument": (0.5, 15),
        "createFeed": (0.0083, 15),
        "getFeed": (2, 15),
        "getFeeds": (0.0222, 10),
        "getFeedDocument": (0.0222, 10),
        "patchListingsItem": (5, 5),
        "getListingsItem": (5, 10),
        "searchListingsItems": (5, 5),
        "createReport": (0.0167, 15),
        "getReport": (2, 15),
        "getReportDocument": (0.0167, 15),
    }


# Refusals


def test_a_token_that_expires_under_way_is_renewed_once(desk: Desk) -> None:
    desk.client.search_orders(WEEK)
    desk.amazon.lwa.forget_access_tokens()
    desk.client.search_orders(WEEK)
    assert desk.amazon.calls.count("token") == 2
    assert desk.client.calls == {"searchOrders": 3}


@pytest.mark.parametrize("status", [401, 403])
def test_access_that_stays_denied_is_told_after_one_new_token(scripted: Peer, status: int) -> None:
    denied = answer(status, {"errors": [{"code": "Unauthorized", "message": "Access is denied."}]})
    renewed = answer(200, {"access_token": "Atza|2", "expires_in": 3600})
    client = scripted_client(scripted, denied, renewed, denied)
    with pytest.raises(AmazonAuthError) as caught:
        client.search_orders(WEEK)
    assert [request.line.split()[0] for request in scripted.heard] == ["POST", "GET", "POST", "GET"]
    assert scripted.heard[3].headers["x-amz-access-token"] == "Atza|2"
    assert (caught.value.status, caught.value.amazon_code) == (status, "Unauthorized")
    assert not caught.value.retryable


def test_what_amazon_refuses_is_told_with_its_code_and_message(scripted: Peer) -> None:
    refusal = {"errors": [{"code": "InvalidInput", "message": "Invalid   Input\n", "details": "Muster"}]}
    client = scripted_client(scripted, answer(400, refusal))
    with pytest.raises(AmazonRejected) as caught:
        client.search_orders(WEEK)
    assert str(caught.value).startswith("[request-1] Amazon refuses searchOrders for connection de: InvalidInput")
    assert "Invalid Input" in str(caught.value)
    assert (caught.value.status, caught.value.amazon_code, caught.value.record) == (400, "InvalidInput", "de")
    assert "Muster" not in told(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Bad request</html>",
        b"",
        b"null",
        b'{"errors":[]}',
        b'{"errors":{}}',
        b'{"errors":[7]}',
        b'{"errors":[{"code":7,"message":[]}]}',
        b"[" * 10**6,
        b"\xff",
    ],
    ids=lambda body: repr(body[:20]),
)
def test_a_refusal_without_words_is_a_refusal(scripted: Peer, body: bytes) -> None:
    client = scripted_client(scripted, answer(400, body))
    with pytest.raises(AmazonRejected) as caught:
        client.search_orders(WEEK)
    assert caught.value.amazon_code == ""
    assert "400" in str(caught.value)


def test_a_refusal_that_repeats_a_token_does_not_pass_it_on(scripted: Peer) -> None:
    token = "Atza|" + "x" * 300
    refusal = {"errors": [{"code": token, "message": f"The token {token} is bad. " + "word " * 500}]}
    client = scripted_client(scripted, answer(400, refusal))
    with pytest.raises(AmazonRejected) as caught:
        client.search_orders(WEEK)
    assert "xxxxx" not in told(caught.value)
    assert len(str(caught.value)) < 500


@pytest.mark.parametrize("operation", ["searchOrders", "getOrder", "getMarketplaceParticipations"])
@pytest.mark.parametrize(
    "kind", ["html_200", "empty_200", "cut_json", "cut_connection", "reset", "html_503", "500", "503"]
)
def test_what_only_looks_like_an_answer_is_amazons_failure_for_every_operation(
    desk: Desk, kind: str, operation: str
) -> None:
    (order_id,) = desk.seller.generate(1)
    calls = {
        "searchOrders": lambda: desk.client.search_orders(WEEK).records(frozenset()),
        "getOrder": lambda: desk.client.get_order(order_id),
        "getMarketplaceParticipations": desk.client.get_marketplace_participations,
    }
    desk.fault(kind, operation, times=None)
    with pytest.raises(AmazonUnavailable) as caught:
        calls[operation]()
    assert caught.value.retryable
    assert caught.value.record == operation
    desk.amazon.faults.clear()
    assert calls[operation]()


def test_headers_that_are_cut_off_never_make_an_empty_page(scripted: Peer) -> None:
    client = scripted_client(scripted, b"")
    scripted.scripts[1] = hanging_up(answer(200, {"orders": []})[:60])
    with pytest.raises(AmazonUnavailable):
        client.search_orders(WEEK).records(frozenset())


def test_the_same_page_twice_is_amazons_failure(desk: Desk) -> None:
    desk.seller.generate(150)
    first = desk.client.search_orders(WEEK)
    first.records(frozenset())
    desk.fault("repeated_page")
    again = desk.client.search_orders(WEEK, first.next_token)
    with pytest.raises(AmazonUnavailable):
        again.records(frozenset())


@pytest.mark.parametrize(
    "payload",
    [None, {}, [None], [{}], [{"marketplace": {}}], [{"marketplace": {}, "participation": None}], ["DE"]],
    ids=str,
)
def test_participations_that_say_nothing_are_amazons_failure(scripted: Peer, payload: Any) -> None:
    client = scripted_client(scripted, answer(200, {"payload": payload}))
    with pytest.raises(AmazonUnavailable):
        client.get_marketplace_participations()


@pytest.mark.parametrize("order", [None, [], "x", 7], ids=repr)
def test_an_order_that_is_none_is_amazons_failure(scripted: Peer, order: Any) -> None:
    client = scripted_client(scripted, answer(200, {"order": order}))
    with pytest.raises(AmazonUnavailable):
        client.get_order("303-1")


@pytest.mark.parametrize("rest", [b"}", b"x", b'{"order":{}}', b"<html>"], ids=repr)
def test_an_order_with_something_behind_it_is_amazons_failure(scripted: Peer, rest: bytes) -> None:
    client = scripted_client(scripted, answer(200, b'{"order":{"orderId":"303-1"}}' + rest))
    with pytest.raises(AmazonUnavailable):
        client.get_order("303-1")


@pytest.mark.parametrize("field", ["endpoint", "token_endpoint"])
@pytest.mark.parametrize(
    "address", ["https://evil.example", "http://10.0.0.1", "http://127.0.0.1.evil.example", "127.0.0.1", "x"]
)
def test_nobody_takes_amazons_place_but_on_this_machine(desk: Desk, field: str, address: str) -> None:
    with pytest.raises(ConfigError):
        desk.new_client(**{field: address})


def test_nothing_secret_or_personal_is_logged_or_shown(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    desk.seller.add(full("303-2222222-0000002"))
    with caplog.at_level(logging.DEBUG):
        page = desk.client.search_orders(WEEK)
        records = page.records(frozenset())
        desk.client.get_order("303-2222222-0000002")
        errors: list[AmazonError] = []
        for kind in ("500", "429", "403"):
            desk.fault(kind, times=None)
            with pytest.raises(AmazonError) as caught:
                desk.client.search_orders(WEEK)
            errors.append(caught.value)
            desk.amazon.faults.clear()
    shown = caplog.text + repr((records, page, desk.client, desk.transport)) + "".join(map(told, errors))
    for private in (*SECRETS, "Muster", "Beispielweg", "zoe@", "00340000000000000001"):
        assert private not in shown
    assert "searchOrders answered 200" in caplog.text
