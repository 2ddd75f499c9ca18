"""A package is confirmed once: what is sent, and what is known after every way a call can end."""

from __future__ import annotations

import socket
import time
import traceback
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from amazon_orders.errors import (
    AmazonAuthError,
    AmazonError,
    AmazonRejected,
    AmazonThrottled,
    AmazonUnavailable,
    LeaseLost,
)
from amazon_orders.model import Carrier, Units
from tests.unit.amazon.desk import GERMANY, ITEM, JAPAN, ORDER, TRACKING, body_of, client_of, package, path_of
from tests.unit.amazon.wire import Counter, Heard, Peer, Say, answer, dripping, hanging_up, says, serving

DONE = answer(204, b"")


@pytest.fixture
def peer() -> Iterator[Peer]:
    with serving(says(DONE)) as there:
        yield there


def confirm(client: Any, confirm: Any = None, **options: Any) -> None:
    values = {"marketplace_id": GERMANY, "package_reference_id": "1"}
    client.confirm_shipment(confirm or package(), **(values | options))


def sent(peer: Peer) -> list[Heard]:
    return [heard for heard in peer.heard if "shipmentConfirmation" in heard.line]


def test_a_package_is_told_as_amazons_model_says(peer: Peer) -> None:
    confirm(client_of(peer, DONE), package_reference_id="7")
    (heard,) = sent(peer)
    assert heard.line == f"POST /orders/v0/orders/{ORDER}/shipmentConfirmation HTTP/1.1"
    assert heard.headers["content-type"] == "application/json"
    assert heard.headers["x-amz-access-token"] == "Atza|1"
    assert body_of(heard) == {
        "marketplaceId": GERMANY,
        "packageDetail": {
            "packageReferenceId": "7",
            "carrierCode": "DHL",
            "shippingMethod": "Paket",
            "trackingNumber": TRACKING,
            "shipDate": "2026-11-20T11:30:15.250Z",
            "orderItems": [{"orderItemId": ITEM, "quantity": 2}, {"orderItemId": "2", "quantity": 1}],
        },
    }


def test_a_check_runs_before_each_time_it_is_sent_and_never_for_what_is_only_read(peer: Peer) -> None:
    said: list[str] = []
    renewed = answer(200, {"access_token": "Atza|2", "token_type": "bearer", "expires_in": 3600})
    client = client_of(peer, answer(403, {}), renewed, DONE, answer(404, {}))
    client.before_write(lambda: said.append("checked"))
    confirm(client)
    assert (len(sent(peer)), said) == (2, ["checked", "checked"])
    with pytest.raises(AmazonRejected):
        client.get_order(ORDER)
    assert said == ["checked", "checked"]


def test_a_check_that_raises_keeps_it_from_being_sent(peer: Peer) -> None:
    def lost() -> None:
        raise LeaseLost("taken over")

    client = client_of(peer, DONE)
    client.before_write(lost)
    with pytest.raises(LeaseLost):
        confirm(client)
    assert sent(peer) == []
    assert client.calls == {}


def test_another_carrier_goes_by_its_name(peer: Peer) -> None:
    confirm(client_of(peer, DONE), package(carrier=Carrier(code="Other", name="Müller & Söhne"), method=""))
    detail = body_of(sent(peer)[0])["packageDetail"]
    assert (detail["carrierCode"], detail["carrierName"]) == ("Other", "Müller & Söhne")
    assert "shippingMethod" not in detail


@pytest.mark.parametrize(
    ("marketplace", "cod", "said"),
    [(JAPAN, True, "DirectPayment"), (JAPAN, False, None), (GERMANY, True, None), (GERMANY, False, None)],
)
def test_money_at_the_door_is_told_in_japan_only(peer: Peer, marketplace: str, cod: bool, said: str | None) -> None:
    confirm(client_of(peer, DONE), marketplace_id=marketplace, cod=cod)
    assert body_of(sent(peer)[0]).get("codCollectionMethod") == said


def test_a_ship_date_is_told_in_universal_time(peer: Peer) -> None:
    tokyo = timezone(timedelta(hours=9))
    confirm(client_of(peer, DONE), package(ship_date=datetime(2026, 11, 20, 3, 0, tzinfo=tokyo)))
    assert body_of(sent(peer)[0])["packageDetail"]["shipDate"] == "2026-11-19T18:00:00.000Z"


@pytest.mark.parametrize(
    ("changes", "number"),
    [
        ({}, ""),
        ({}, "0"),
        ({}, "-1"),
        ({}, "1.0"),
        ({}, "P1"),
        ({}, "²"),
        ({"tracking": ""}, "1"),
        ({"units": ()}, "1"),
        ({"units": (Units(order_item_id=ITEM, quantity=0),)}, "1"),
        ({"carrier": Carrier(code="Other")}, "1"),
        ({"ship_date": datetime(2026, 11, 20)}, "1"),  # noqa: DTZ001
        ({"amazon_order_id": ""}, "1"),
        ({"amazon_order_id": ".."}, "1"),
    ],
    ids=str,
)
def test_what_amazon_cannot_take_is_not_sent(peer: Peer, changes: dict[str, Any], number: str) -> None:
    client = client_of(peer, DONE)
    with pytest.raises(ValueError, match=r"\w"):
        confirm(client, package(**changes), package_reference_id=number)
    assert sent(peer) == []
    assert client.calls == {}


# It may have arrived: never again, and said so


def silent(_: Heard, __: Say) -> bool:
    time.sleep(1.5)
    return False


LOST = {
    "reset after it was sent": hanging_up(b""),
    "reset within the answer": hanging_up(b"HTTP/1.1 2"),
    "an answer without end": dripping(answer(204, b"") + b"x" * 500, at_once=10, pause=0.05),
    "no answer": silent,
    "a failure": says(answer(500))[0],
    "a page of somebody's": says(answer(503, b"<html>Service Unavailable</html>", Content_Type="text/html"))[0],
    "a redirect": says(answer(302, b"", Location="https://example.com/"))[0],
    "a success that is none": says(answer(200, b"{}"))[0],
    "a page of a hotel": says(answer(200, b"<html>Welcome</html>"))[0],
}


@pytest.mark.parametrize("script", LOST.values(), ids=list(LOST))
def test_what_may_have_arrived_is_never_sent_again(peer: Peer, script: Any) -> None:
    client = client_of(peer, script, DONE, deadline=0.8)
    with pytest.raises(AmazonUnavailable) as caught:
        confirm(client)
    assert caught.value.outcome_unknown
    assert "not known" in str(caught.value)
    assert client.calls == {"confirmShipment": 1}
    assert len(sent(peer)) == 1


def test_a_connection_that_was_kept_and_is_gone_leaves_the_outcome_open(peer: Peer) -> None:
    client = client_of(peer, DONE, hanging_up(b""), DONE)
    confirm(client)
    with pytest.raises(AmazonUnavailable) as caught:
        confirm(client, package_reference_id="2")
    assert caught.value.outcome_unknown
    assert len(sent(peer)) == 2


# It certainly did not arrive


def nowhere() -> str:
    """An address where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return f"http://127.0.0.1:{gone.getsockname()[1]}"


def test_nobody_there_is_certain_and_is_tried_again(peer: Peer) -> None:
    client = client_of(peer, elsewhere=nowhere())
    with pytest.raises(AmazonUnavailable) as caught:
        confirm(client)
    assert not caught.value.outcome_unknown
    assert "nothing was lost" in str(caught.value).lower()
    assert client.calls == {"confirmShipment": 4}


def test_a_name_that_is_not_found_is_certain(peer: Peer, monkeypatch: pytest.MonkeyPatch) -> None:
    client = client_of(peer, elsewhere="http://localhost:9")
    look_up, asked = socket.getaddrinfo, []

    def unknown(host: Any, *rest: Any, **options: Any) -> Any:
        if host != "localhost":
            return look_up(host, *rest, **options)
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(AmazonUnavailable) as caught:
        confirm(client)
    assert not caught.value.outcome_unknown
    assert len(asked) == 4


def test_each_try_takes_a_token_of_its_own(peer: Peer) -> None:
    client = client_of(peer, elsewhere=nowhere(), buckets=Counter({"confirmShipment": 2}))
    with pytest.raises(AmazonThrottled):
        confirm(client)
    assert client.calls == {"confirmShipment": 2}


def test_a_token_that_expired_is_renewed_and_the_package_sent_once_more(peer: Peer) -> None:
    denied = answer(401, {"errors": [{"code": "Unauthorized", "message": "Access is denied."}]})
    renewed = answer(200, {"access_token": "Atza|2", "expires_in": 3600})
    confirm(client_of(peer, denied, renewed, DONE))
    assert [heard.headers["x-amz-access-token"] for heard in sent(peer)] == ["Atza|1", "Atza|2"]


CERTAIN: list[tuple[int, type[AmazonError]]] = [
    (400, AmazonRejected),
    (403, AmazonAuthError),
    (404, AmazonRejected),
    (409, AmazonRejected),
    (413, AmazonRejected),
    (429, AmazonThrottled),
]


@pytest.mark.parametrize(("status", "error"), CERTAIN)
def test_a_refusal_is_certain(peer: Peer, status: int, error: type[AmazonError]) -> None:
    refused = answer(status, {"errors": [{"code": "Invalid Input", "message": "Invalid Input"}]})
    renewed = answer(200, {"access_token": "Atza|2", "expires_in": 3600})
    client = client_of(peer, refused, *([renewed, refused] if status == 403 else []))
    with pytest.raises(error) as caught:
        confirm(client)
    assert (caught.value.status, caught.value.amazon_code) == (status, "Invalid Input")
    assert not getattr(caught.value, "outcome_unknown", False)


def test_a_refusal_does_not_repeat_the_tracking_number(peer: Peer) -> None:
    refused = answer(400, {"errors": [{"code": "InvalidInput", "message": f"TrackingNumber '{TRACKING}' is bad"}]})
    with pytest.raises(AmazonRejected) as caught:
        confirm(client_of(peer, refused))
    told = "".join(traceback.format_exception(caught.value)) + repr(vars(caught.value))
    assert TRACKING not in told
    assert "is bad" in str(caught.value)


def test_an_order_id_cannot_leave_its_place_in_the_path(peer: Peer) -> None:
    confirm(client_of(peer, DONE), package(amazon_order_id="../../feeds/2021-06-30/feeds?x=1#"))
    assert path_of(peer.heard[-1]) == (
        "/orders/v0/orders/..%2F..%2Ffeeds%2F2021-06-30%2Ffeeds%3Fx%3D1%23/shipmentConfirmation"
    )
