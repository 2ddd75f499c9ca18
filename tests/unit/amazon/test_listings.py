"""Listings: one quantity at a time, every SKU under its own name, and what Amazon has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amazon_orders.errors import AmazonRejected, AmazonThrottled, AmazonUnavailable
from amazon_orders.model import ListingFacts, ListingIssue, Submission
from tests.unit.amazon.desk import GERMANY, body_of, client_of, path_of, query_of
from tests.unit.amazon.wire import Counter, Peer, answer, hanging_up, says, serving

ITEMS = "/listings/2021-08-01/items/A1SELLER"
ACCEPTED = {"sku": "SKU-1", "status": "ACCEPTED", "submissionId": "f1dc2914", "issues": []}
ITEM = {
    "sku": "SKU-1",
    "summaries": [
        {"marketplaceId": "A13V1IB3VIYZZH", "asin": "B000000000", "productType": "SHOES", "status": []},
        {
            "marketplaceId": GERMANY,
            "asin": "B071VG5N9D",
            "productType": "LUGGAGE",
            "status": ["BUYABLE", "DISCOVERABLE"],
            "itemName": "Koffer",
        },
    ],
    "fulfillmentAvailability": [
        {"fulfillmentChannelCode": "DEFAULT", "quantity": 7},
        {"fulfillmentChannelCode": "AMAZON_EU"},
    ],
    "issues": [{"code": "90220", "message": "'size' is  required.", "severity": "WARNING"}],
}


@pytest.fixture
def peer() -> Iterator[Peer]:
    with serving(says(answer())) as there:
        yield there


# Writing


def test_a_quantity_is_merged_so_that_handling_times_stay(peer: Peer) -> None:
    client = client_of(peer, answer(200, ACCEPTED))
    done = client.listings.patch_quantity("SKU-1", marketplace_id=GERMANY, quantity=10)
    assert done == Submission(status="ACCEPTED", submission_id="f1dc2914")
    assert done.accepted
    heard = peer.heard[-1]
    assert heard.line.startswith(f"PATCH {ITEMS}/SKU-1?")
    assert query_of(heard) == {"marketplaceIds": GERMANY, "includedData": "issues"}
    assert body_of(heard) == {
        "productType": "PRODUCT",
        "patches": [
            {
                "op": "merge",
                "path": "/attributes/fulfillment_availability",
                "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 10}],
            }
        ],
    }


def test_a_quantity_that_amazon_finds_invalid_is_told_with_its_issues(peer: Peer) -> None:
    issue = {"code": "90000900", "message": "The attributes are invalid.", "severity": "ERROR"}
    client = client_of(peer, answer(200, ACCEPTED | {"status": "INVALID", "issues": [issue, "x"]}))
    done = client.listings.patch_quantity("SKU-1", marketplace_id=GERMANY, quantity=0)
    assert not done.accepted
    assert done.issues == (ListingIssue(code="90000900", severity="ERROR", message="The attributes are invalid."),)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20).filter(lambda sku: sku not in (".", "..")))
def test_every_sku_is_one_part_of_the_path(sku: str) -> None:
    with serving(says(answer())) as peer:
        client = client_of(peer, answer(200, ACCEPTED))
        client.listings.patch_quantity(sku, marketplace_id=GERMANY, quantity=1)
        path = path_of(peer.heard[-1])
        assert path.startswith(f"{ITEMS}/")
        named = path.removeprefix(f"{ITEMS}/")
        assert "/" not in named
        assert unquote(named) == sku


def test_what_names_no_listing_is_not_sent(peer: Peer) -> None:
    client = client_of(peer)
    with pytest.raises(ValueError, match="names nothing"):
        client.listings.patch_quantity("", marketplace_id=GERMANY, quantity=1)
    with pytest.raises(ValueError, match="names nothing"):
        client.listings.get("", GERMANY)
    assert peer.heard == []


@pytest.mark.parametrize("sku", [".", ".."])
def test_a_sku_that_no_address_can_name_is_refused_unsent(peer: Peer, sku: str) -> None:
    client = client_of(peer)
    with pytest.raises(AmazonRejected, match="no address"):
        client.listings.patch_quantity(sku, marketplace_id=GERMANY, quantity=1)
    with pytest.raises(AmazonRejected, match="no address"):
        client.listings.get(sku, GERMANY)
    assert peer.heard == []


@pytest.mark.parametrize("quantity", [-1, 2**31])
def test_a_quantity_that_is_none_is_not_sent(peer: Peer, quantity: int) -> None:
    client = client_of(peer)
    with pytest.raises(ValueError, match="quantity"):
        client.listings.patch_quantity("SKU-1", marketplace_id=GERMANY, quantity=quantity)
    assert peer.heard == []


LOST = {
    "reset": hanging_up(b""),
    "a failure": says(answer(503, b"<html>Service Unavailable</html>"))[0],
    "nothing": says(answer(200, b"{}"))[0],
    "a page": says(answer(200, b"<html></html>"))[0],
    "no submission": says(answer(200, {"sku": "SKU-1", "status": "ACCEPTED"}))[0],
    "no status": says(answer(200, {"sku": "SKU-1", "submissionId": "x", "status": 7}))[0],
}


@pytest.mark.parametrize("script", LOST.values(), ids=list(LOST))
def test_a_quantity_that_may_have_arrived_is_not_sent_again_by_itself(peer: Peer, script: Any) -> None:
    client = client_of(peer, script, answer(200, ACCEPTED))
    with pytest.raises(AmazonUnavailable) as caught:
        client.listings.patch_quantity("SKU-1", marketplace_id=GERMANY, quantity=1)
    assert caught.value.outcome_unknown
    assert client.calls == {"patchListingsItem": 1}


# Reading


def test_a_listing_is_what_it_is_in_its_marketplace(peer: Peer) -> None:
    client = client_of(peer, answer(200, ITEM))
    assert client.listings.get("SKU 1/a", GERMANY) == ListingFacts(
        sku="SKU-1",
        asin="B071VG5N9D",
        product_type="LUGGAGE",
        title="Koffer",
        statuses=("BUYABLE", "DISCOVERABLE"),
        channels={"DEFAULT": 7, "AMAZON_EU": None},
        issues=(ListingIssue(code="90220", severity="WARNING", message="'size' is required."),),
    )
    assert path_of(peer.heard[-1]) == f"{ITEMS}/SKU%201%2Fa"
    assert query_of(peer.heard[-1]) == {
        "marketplaceIds": GERMANY,
        "includedData": "summaries,fulfillmentAvailability,issues",
    }


@pytest.mark.parametrize(
    ("change", "channels"),
    [
        ({"fulfillmentAvailability": None}, {}),
        ({"fulfillmentAvailability": []}, {}),
        ({"fulfillmentAvailability": "DEFAULT"}, {}),
        ({"fulfillmentAvailability": [{"quantity": 7}, None, {"fulfillmentChannelCode": ""}]}, {}),
        ({"fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": "7"}]}, {"DEFAULT": None}),
        ({"fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": -7}]}, {"DEFAULT": None}),
        ({"fulfillmentAvailability": [{"fulfillmentChannelCode": "DEFAULT", "quantity": True}]}, {"DEFAULT": None}),
    ],
    ids=str,
)
def test_a_channel_is_known_only_where_amazon_names_it(
    peer: Peer, change: dict[str, Any], channels: dict[str, int | None]
) -> None:
    facts = client_of(peer, answer(200, ITEM | change)).listings.get("SKU-1", GERMANY)
    assert facts is not None
    assert facts.channels == channels


@pytest.mark.parametrize(
    "change", [{"summaries": []}, {"summaries": None}, {"summaries": [None, {"asin": 7}]}], ids=str
)
def test_a_listing_that_is_not_in_the_marketplace_says_so(peer: Peer, change: dict[str, Any]) -> None:
    facts = client_of(peer, answer(200, ITEM | change)).listings.get("SKU-1", GERMANY)
    assert facts is not None
    assert (facts.asin, facts.product_type, facts.title, facts.statuses) == ("", "", "", ())


def test_a_sku_that_amazon_does_not_know_has_no_listing(peer: Peer) -> None:
    client = client_of(peer, answer(404, {"errors": [{"code": "NOT_FOUND", "message": "SKU not found"}]}))
    assert client.listings.get("SKU-1", GERMANY) is None


def test_a_refusal_is_not_an_absence(peer: Peer) -> None:
    client = client_of(peer, answer(400, {"errors": [{"code": "BAD_REQUEST", "message": "Invalid input"}]}))
    with pytest.raises(AmazonRejected):
        client.listings.get("SKU-1", GERMANY)


@pytest.mark.parametrize("said", [{}, {"sku": ""}, {"sku": 7}, [], None], ids=str)
def test_a_listing_that_is_none_is_amazons_failure(peer: Peer, said: Any) -> None:
    with pytest.raises(AmazonUnavailable):
        client_of(peer, answer(200, said)).listings.get("SKU-1", GERMANY)
    with pytest.raises(AmazonUnavailable):
        client_of(peer, answer(200, {"items": [ITEM, said]})).listings.search(["SKU-1"], GERMANY)


def page(*skus: str, token: Any = None) -> bytes:
    return answer(200, {"numberOfResults": 99, "items": [ITEM | {"sku": sku} for sku in skus]} | _more(token))


def _more(token: Any) -> dict[str, Any]:
    return {} if token is None else {"pagination": {"nextToken": token}}


def test_listings_are_searched_twenty_at_a_time_and_on_every_page(peer: Peer) -> None:
    wanted = [f"SKU-{number}" for number in range(45)]
    client = client_of(
        peer,
        page(*wanted[:10], token="t/2="),
        page(*wanted[10:20]),
        page(*wanted[20:39]),  # SKU-39 is unknown
        page(*wanted[40:]),
    )
    found = client.listings.search([*wanted, "SKU-0"], GERMANY)
    assert list(found) == [sku for sku in wanted if sku != "SKU-39"]
    assert found["SKU-3"].asin == "B071VG5N9D"
    first, second, third, fourth = map(query_of, peer.heard[1:])
    assert first == {
        "marketplaceIds": GERMANY,
        "identifiers": ",".join(wanted[:20]),
        "identifiersType": "SKU",
        "includedData": "summaries,fulfillmentAvailability,issues",
        "pageSize": "20",
    }
    assert second == first | {"pageToken": "t/2="}
    assert (third["identifiers"], fourth["identifiers"]) == (",".join(wanted[20:40]), ",".join(wanted[40:]))
    assert path_of(peer.heard[-1]) == ITEMS


def test_a_sku_with_a_comma_is_asked_for_alone(peer: Peer) -> None:
    client = client_of(peer, page("a", "b"), answer(200, ITEM | {"sku": "a,b"}), answer(404))
    assert set(client.listings.search(["a", "a,b", "b", ",c"], GERMANY)) == {"a", "b", "a,b"}
    assert query_of(peer.heard[1])["identifiers"] == "a,b"
    assert [path_of(heard) for heard in peer.heard[2:]] == [f"{ITEMS}/a%2Cb", f"{ITEMS}/%2Cc"]


def test_nothing_is_asked_for_nothing(peer: Peer) -> None:
    client = client_of(peer)
    assert client.listings.search([], GERMANY) == {}
    with pytest.raises(ValueError, match="SKU"):
        client.listings.search(["a", ""], GERMANY)
    assert peer.heard == []


@pytest.mark.parametrize("token", ["same", 7, ["x"]], ids=str)
def test_pages_without_end_are_amazons_failure(peer: Peer, token: Any) -> None:
    client = client_of(peer, page("SKU-1", token=token))
    with pytest.raises(AmazonUnavailable):
        client.listings.search(["SKU-1"], GERMANY)
    assert client.calls["searchListingsItems"] <= 2


def test_every_call_takes_a_token_under_its_plan(peer: Peer) -> None:
    buckets = Counter({"patchListingsItem": 1})
    client = client_of(peer, answer(200, ACCEPTED), answer(200, ITEM), page("SKU-1"), buckets=buckets)
    client.listings.patch_quantity("SKU-1", marketplace_id=GERMANY, quantity=1)
    client.listings.get("SKU-1", GERMANY)
    client.listings.search(["SKU-1"], GERMANY)
    with pytest.raises(AmazonThrottled):
        client.listings.patch_quantity("SKU-1", marketplace_id=GERMANY, quantity=1)
    assert [row[1:] for row in buckets.taken] == [
        ("patchListingsItem", 5, 5),
        ("getListingsItem", 5, 10),
        ("searchListingsItems", 5, 5),
    ]
