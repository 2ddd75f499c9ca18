"""Listings: one merchant quantity for each SKU, patched by call and by feed, moved by orders."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
import requests

from amazon_orders.sandbox import CATALOGUE, Clock, Fault, Seller, SimulatedAmazon
from tests.unit.sandbox.application import FEEDS, LISTINGS, Application

DE, FR = "A1PA6795UKMFR9", "A13V1IB3VIYZZH"
JSON = "application/json; charset=UTF-8"
HERE = LISTINGS.replace("{sellerId}", "A1SANDBOXSELLER")


def entry(quantity: Any = None, channel: str = "DEFAULT", **more: Any) -> dict[str, Any]:
    return {"fulfillment_channel_code": channel} | ({} if quantity is None else {"quantity": quantity}) | more


def body(
    *value: dict[str, Any],
    op: str = "merge",
    name: str = "fulfillment_availability",
    product_type: str = "PRODUCT",
) -> dict[str, Any]:
    return {
        "productType": product_type,
        "patches": [{"op": op, "path": f"/attributes/{name}", **({"value": list(value)} if value else {})}],
    }


def patch(app: Application, sku: str, document: dict[str, Any], **params: str) -> requests.Response:
    return app.call("PATCH", f"{HERE}/{quote(sku, safe='')}", document, **({"marketplaceIds": DE} | params))


def availability(app: Application, sku: str) -> Any:
    params = {"marketplaceIds": DE, "includedData": "attributes,fulfillmentAvailability"}
    item = app.get(f"{HERE}/{quote(sku, safe='')}", **params).json()
    return item["attributes"].get("fulfillment_availability", []), item["fulfillmentAvailability"]


def accepted(response: requests.Response) -> None:
    assert response.status_code == 200, response.text
    assert (response.json()["status"], response.json()["issues"]) == ("ACCEPTED", [])


def issues(response: requests.Response) -> list[str]:
    assert response.status_code == 200, response.text
    assert response.json()["status"] == "INVALID"
    return [issue["message"] for issue in response.json()["issues"]]


def test_the_catalogue_is_listed(app: Application, seller: Seller) -> None:
    item = app.get(f"{HERE}/MUG-WHITE", marketplaceIds=f"{DE},{FR}").json()
    assert item["sku"] == "MUG-WHITE"
    assert [(row["marketplaceId"], row["status"], row["itemName"]) for row in item["summaries"]] == [
        (marketplace, ["BUYABLE", "DISCOVERABLE"], "Stoneware mug, white, 350 ml") for marketplace in (DE, FR)
    ]
    assert set(item) == {"sku", "summaries"}
    assert seller.quantity("MUG-WHITE") == 1000


def test_merge_leaves_the_handling_time_alone_and_replace_does_not(app: Application, seller: Seller) -> None:
    seller.list_item("MUG-WHITE", quantity=10)
    accepted(patch(app, "MUG-WHITE", body(entry(7))))
    assert availability(app, "MUG-WHITE") == (
        [entry(7, lead_time_to_ship_max_days=2)],
        [{"fulfillmentChannelCode": "DEFAULT", "quantity": 7}],
    )
    accepted(patch(app, "MUG-WHITE", body(entry(5), op="replace")))
    assert availability(app, "MUG-WHITE")[0] == [entry(5)]
    accepted(patch(app, "MUG-WHITE", body(op="delete")))
    assert availability(app, "MUG-WHITE") == ([], [])
    assert seller.quantity("MUG-WHITE") is None
    assert [(row.quantity, row.why) for row in seller.quantity_history("MUG-WHITE")][1:] == [
        (10, "listed"),
        (7, "patched"),
        (5, "patched"),
        (None, "patched"),
    ]


def test_one_quantity_for_every_marketplace(app: Application) -> None:
    accepted(patch(app, "MUG-WHITE", body(entry(3)), marketplaceIds=FR))
    assert availability(app, "MUG-WHITE")[1] == [{"fulfillmentChannelCode": "DEFAULT", "quantity": 3}]


def test_a_quantity_converts_what_amazon_ships(app: Application, seller: Seller) -> None:
    seller.list_item("MUG-FBA", channel="AMAZON_EU")
    assert availability(app, "MUG-FBA")[1] == [{"fulfillmentChannelCode": "AMAZON_EU"}]
    assert seller.quantity("MUG-FBA") is None
    assert "cannot be set" in issues(patch(app, "MUG-FBA", body(entry(5, "AMAZON_EU"))))[0]
    assert seller.converted == []
    accepted(patch(app, "MUG-FBA", body(entry(5))))
    assert seller.converted == ["MUG-FBA"]
    assert availability(app, "MUG-FBA")[1] == [{"fulfillmentChannelCode": "DEFAULT", "quantity": 5}]


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        (body(entry(-1)), "minimum of 0"),
        (body(entry("7")), "whole number"),
        (body(entry(7.5)), "whole number"),
        (body(entry(True)), "whole number"),
        (body(entry(7, "MOON")), "not one of the account"),
        (body(entry(7, colour="red")), "invalid"),
        (body({"value": "x"}, name="fake_attribute"), "invalid"),
        (body({"value": "x"}, name="item_name"), "product type"),
        (body(entry(7), product_type="LUGGAGE"), "product type"),
    ],
)
def test_what_is_wrong_with_a_submission(app: Application, seller: Seller, document: Any, complaint: str) -> None:
    assert complaint in issues(patch(app, "MUG-WHITE", document))[0]
    assert seller.quantity("MUG-WHITE") == 1000


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"productType": "PRODUCT"},
        {"productType": "PRODUCT", "patches": []},
        {"productType": "PRODUCT", "patches": [{"op": "set", "path": "/attributes/fulfillment_availability"}]},
        {"productType": "PRODUCT", "patches": [{"op": "merge", "path": "fulfillment_availability", "value": [{}]}]},
        body(),
        body({"quantity": 5}),
    ],
    ids=["nothing", "no patches", "none", "op", "path", "no value", "no channel"],
)
def test_what_is_no_patch(app: Application, seller: Seller, document: Any) -> None:
    response = patch(app, "MUG-WHITE", document)
    assert (response.status_code, response.json()["errors"][0]["code"]) == (400, "BAD_REQUEST")
    assert seller.quantity("MUG-WHITE") == 1000


def test_an_unknown_sku(app: Application, seller: Seller) -> None:
    for response in (patch(app, "NOBODY", body(entry(1))), app.get(f"{HERE}/NOBODY", marketplaceIds=DE)):
        assert response.status_code == 404
        (error,) = response.json()["errors"]
        assert (error["code"], error["message"]) == ("NOT_FOUND", f"SKU 'NOBODY' not found in marketplace {DE}")
    seller.list_item("FRENCH", marketplace_ids=[FR])
    assert patch(app, "FRENCH", body(entry(1))).status_code == 404
    accepted(patch(app, "FRENCH", body(entry(1)), marketplaceIds=FR))


def test_a_sku_may_hold_anything(app: Application, seller: Seller) -> None:
    for sku in ("A/B", "50% off", "Größe L", "a+b c"):
        seller.list_item(sku, quantity=1)
        accepted(patch(app, sku, body(entry(2))))
        assert seller.quantity(sku) == 2


def test_a_preview_changes_nothing(app: Application, seller: Seller) -> None:
    params = {"mode": "VALIDATION_PREVIEW", "includedData": "identifiers,issues"}
    answer = patch(app, "MUG-WHITE", body(entry(1)), **params).json()
    assert (answer["status"], answer["identifiers"]) == ("VALID", [{"marketplaceId": DE, "asin": "B0SBX00017"}])
    issues(patch(app, "MUG-WHITE", body(entry(-1)), **params))
    assert seller.quantity("MUG-WHITE") == 1000


def test_accepted_is_not_live_yet(app: Application, seller: Seller, clock: Clock) -> None:
    seller.listing_delay = 600
    accepted(patch(app, "MUG-WHITE", body(entry(5))))
    clock.advance(300)
    accepted(patch(app, "MUG-WHITE", body(entry(4))))
    clock.advance(299)
    assert seller.quantity("MUG-WHITE") == 1000
    clock.advance(1)
    assert seller.quantity("MUG-WHITE") == 5
    clock.advance(300)
    assert seller.quantity("MUG-WHITE") == 4


def test_a_blocked_listing(app: Application, seller: Seller) -> None:
    seller.block_listing("MUG-WHITE", "Under review.")
    assert issues(patch(app, "MUG-WHITE", body(entry(1)))) == ["Under review."]
    seller.block_listing("MUG-WHITE", "")
    accepted(patch(app, "MUG-WHITE", body(entry(1))))


def test_who_may_not(app: Application, seller: Seller) -> None:
    other = LISTINGS.replace("{sellerId}", "A2OTHER")
    assert app.get(f"{other}/MUG-WHITE", marketplaceIds=DE).status_code == 403
    assert app.get(f"{HERE}/MUG-WHITE", marketplaceIds="ATVPDKIKX0DER").status_code == 403
    assert app.get(f"{HERE}/MUG-WHITE", marketplaceIds="invalid").status_code == 400
    assert app.get(f"{HERE}/MUG-WHITE").status_code == 400
    seller.roles = {"Tax Invoicing"}
    assert patch(app, "MUG-WHITE", body(entry(1))).status_code == 403


# Orders move quantities


def test_an_order_lowers_the_quantity_as_soon_as_it_is_pending(app: Application, seller: Seller) -> None:
    seller.list_item("MUG-WHITE", quantity=10)
    order_id = seller.place(("MUG-WHITE", 3), pending=True)
    assert seller.quantity("MUG-WHITE") == 7
    seller.pay(order_id)
    seller.ship(order_id)
    assert seller.quantity("MUG-WHITE") == 7
    seller.place(("MUG-WHITE", 9))
    assert seller.quantity("MUG-WHITE") == 0
    seller.place(("MUG-WHITE", 1), fulfilled_by="AMAZON")
    seller.place("UNKNOWN-SKU")
    assert [(row.quantity, row.why) for row in seller.quantity_history("MUG-WHITE")][1:] == [
        (10, "listed"),
        (7, "ordered"),
        (0, "ordered"),
    ]


@pytest.mark.parametrize(("reason", "left"), [("Ordered by mistake", 10), ("NoInventory", 7)])
def test_a_cancelled_order_gives_its_units_back_but_for_one_reason(seller: Seller, reason: str, left: int) -> None:
    seller.list_item("MUG-WHITE", quantity=10)
    order_id = seller.place(("MUG-WHITE", 3), pending=True)
    seller.cancel(order_id, reason=reason)
    assert seller.quantity("MUG-WHITE") == left


def test_somebody_types_a_quantity_into_seller_central(app: Application, seller: Seller) -> None:
    seller.set_quantity("MUG-WHITE", 4)
    assert availability(app, "MUG-WHITE")[1] == [{"fulfillmentChannelCode": "DEFAULT", "quantity": 4}]
    with pytest.raises(KeyError, match="NOBODY"):
        seller.set_quantity("NOBODY", 1)


# Search


def searched(app: Application, **params: str) -> list[str]:
    """SKUs of every page; the total is the same on each."""
    found: list[str] = []
    totals = set()
    while True:
        answer = app.get(HERE, **({"marketplaceIds": DE, "pageSize": "20"} | params))
        assert answer.status_code == 200, answer.text
        document = answer.json()
        totals.add(document["numberOfResults"])
        found += [item["sku"] for item in document["items"]]
        token = document.get("pagination", {}).get("nextToken")
        if token is None:
            assert len(totals) == 1
            return found
        params["pageToken"] = token


def test_pages_hold_every_listing_once(app: Application) -> None:
    everything = sorted(item.sku for item in CATALOGUE)
    assert searched(app, sortBy="sku", sortOrder="ASC") == everything
    assert searched(app, sortBy="sku", sortOrder="ASC", pageSize="7") == everything
    assert sorted(searched(app)) == everything


def test_listings_by_identifier(app: Application, seller: Seller) -> None:
    assert searched(app, identifiersType="SKU", identifiers="MUG-WHITE,NOBODY,CAP-BLACK", sortBy="sku") == [
        "MUG-WHITE",
        "CAP-BLACK",
    ]
    assert searched(app, identifiersType="ASIN", identifiers="B0SBX00017") == ["MUG-WHITE"]
    skus = ",".join(item.sku for item in CATALOGUE[:20])
    assert len(searched(app, identifiersType="SKU", identifiers=skus)) == 20
    for wrong in (
        {"identifiersType": "SKU", "identifiers": f"{skus},MUG-WHITE"},
        {"identifiers": "MUG-WHITE"},
        {"identifiersType": "SKU"},
        {"pageSize": "21"},
        {"colour": "red"},
        {"pageToken": "nonsense"},
    ):
        assert app.get(HERE, marketplaceIds=DE, **wrong).status_code == 400


def test_listings_by_what_became_of_them(app: Application, seller: Seller, clock: Clock) -> None:
    clock.advance(60)
    seller.set_quantity("MUG-WHITE", 0)
    seller.list_item("NEW")
    assert searched(app, withoutStatus="BUYABLE") == ["MUG-WHITE"]
    assert "MUG-WHITE" not in searched(app, withStatus="BUYABLE")
    assert searched(app, lastUpdatedAfter="2026-11-20T12:01:00Z", sortBy="sku") == ["NEW", "MUG-WHITE"]
    assert searched(app, createdAfter="2026-11-20T12:01:00Z") == ["NEW"]
    assert searched(app, withIssueSeverity="ERROR") == []


def test_a_search_shows_a_thousand_and_no_more(app: Application, seller: Seller) -> None:
    for number in range(1100):
        seller.list_item(f"S{number}")
    assert len(searched(app)) == len(searched(app, pageSize="19")) == 1000


def test_a_page_token_belongs_to_its_question(app: Application) -> None:
    token = app.get(HERE, marketplaceIds=DE, pageSize="5").json()["pagination"]["nextToken"]
    assert app.get(HERE, marketplaceIds=DE, pageSize="5", pageToken=token).status_code == 200
    assert app.get(HERE, marketplaceIds=FR, pageSize="5", pageToken=token).status_code == 400


# Feeds


def send(app: Application, clock: Clock, document: Any) -> tuple[str, dict[str, Any]]:
    """Send a listings feed and wait for it; its state and its report."""
    feed_id = app.feed("JSON_LISTINGS_FEED", json.dumps(document).encode(), JSON)
    clock.advance(60)
    report: dict[str, Any] = json.loads(app.report(feed_id))
    return app.get(f"{FEEDS}/{feed_id}").json()["processingStatus"], report


def feed(*messages: dict[str, Any], **header: str) -> dict[str, Any]:
    head = {"sellerId": "A1SANDBOXSELLER", "version": "2.0", "issueLocale": "en_US"} | header
    return {"header": head, "messages": list(messages)}


def message(number: Any, sku: str, *value: dict[str, Any], op: str = "merge", kind: str = "PATCH") -> dict[str, Any]:
    return {"messageId": number, "sku": sku, "operationType": kind, **body(*value, op=op)}


def test_a_feed_of_quantities(app: Application, seller: Seller, clock: Clock) -> None:
    seller.block_listing("CAP-BLACK", "Under review.")
    status, report = send(
        app,
        clock,
        feed(
            message(1, "MUG-WHITE", entry(5)),
            message(2, "NOBODY", entry(5)),
            message(3, "MUG-BLUE", entry(-5)),
            message(4, "CAP-BLACK", entry(5)),
            message(5, "BOWL-GREY", {"quantity": 5}),
            message(6, "PLATE-GREY", entry(6), op="replace"),
        ),
    )
    assert status == "DONE"
    assert report["summary"] == {
        "errors": 4,
        "warnings": 0,
        "messagesProcessed": 6,
        "messagesAccepted": 2,
        "messagesInvalid": 4,
    }
    assert [(row["messageId"], row["sku"], row["severity"]) for row in report["issues"]] == [
        (2, "NOBODY", "ERROR"),
        (3, "MUG-BLUE", "ERROR"),
        (4, "CAP-BLACK", "ERROR"),
        (5, "BOWL-GREY", "ERROR"),
    ]
    assert report["header"] == {"sellerId": "A1SANDBOXSELLER", "version": "2.0", "feedId": seller.feeds()[0].id}
    quantities = {
        sku: seller.quantity(sku) for sku in ("MUG-WHITE", "MUG-BLUE", "CAP-BLACK", "BOWL-GREY", "PLATE-GREY")
    }
    assert quantities == {"MUG-WHITE": 5, "MUG-BLUE": 1000, "CAP-BLACK": 1000, "BOWL-GREY": 1000, "PLATE-GREY": 6}
    assert availability(app, "PLATE-GREY")[0] == [entry(6)]


def test_other_operations_of_a_feed(app: Application, seller: Seller, clock: Clock) -> None:
    partial = {
        "messageId": 1,
        "sku": "MUG-WHITE",
        "operationType": "PARTIAL_UPDATE",
        "productType": "HOME",
        "attributes": {"fulfillment_availability": [entry(8)]},
    }
    gone = {"messageId": 2, "sku": "MUG-BLUE", "operationType": "DELETE"}
    assert send(app, clock, feed(partial, gone))[1]["summary"]["errors"] == 0
    assert seller.quantity("MUG-WHITE") == 8
    assert app.get(f"{HERE}/MUG-BLUE", marketplaceIds=DE).status_code == 404


@pytest.mark.parametrize(
    "document",
    [
        [],
        {},
        feed(),
        feed(message(1, "MUG-WHITE", entry(1)), sellerId="A2OTHER"),
        feed(message(1, "MUG-WHITE", entry(1)), version="1.0"),
        feed(message("1", "MUG-WHITE", entry(1))),
        feed(message(0, "MUG-WHITE", entry(1))),
        feed(message(1, "MUG-WHITE", entry(1)), message(1, "MUG-BLUE", entry(1))),
        feed(message(1, "MUG-WHITE", entry(1), kind="SET")),
        feed(*(message(number, "MUG-WHITE", entry(1)) for number in range(1, 25_002))),
    ],
    ids=["list", "empty", "no message", "seller", "version", "text number", "zero", "twice", "operation", "many"],
)
def test_what_makes_a_listings_feed_fatal(app: Application, seller: Seller, clock: Clock, document: Any) -> None:
    status, report = send(app, clock, document)
    assert status == "FATAL"
    assert report["issues"]
    assert report["summary"]["messagesAccepted"] == 0
    assert seller.quantity("MUG-WHITE") == 1000


def test_the_largest_feed(app: Application, seller: Seller, clock: Clock) -> None:
    messages = [message(number, "MUG-WHITE", entry(number)) for number in range(1, 25_001)]
    assert send(app, clock, feed(*messages))[1]["summary"]["messagesAccepted"] == 25_000
    assert seller.quantity("MUG-WHITE") == 25_000


# Quotas and faults


def test_the_published_plans(clock: Clock) -> None:
    amazon = SimulatedAmazon(clock=clock)
    app = Application(amazon, amazon.add_seller(marketplaces=["DE"]))

    def burst(call: Any) -> int:
        count = 0
        while (response := call()).status_code != 429:
            assert response.headers["x-amzn-RateLimit-Limit"] == "5.0"
            count += 1
        assert "x-amzn-RateLimit-Limit" not in response.headers
        return count

    assert burst(lambda: patch(app, "MUG-WHITE", body(entry(1)))) == 5
    assert burst(lambda: app.get(HERE, marketplaceIds=DE)) == 5
    assert burst(lambda: app.get(f"{HERE}/MUG-WHITE", marketplaceIds=DE)) == 10
    clock.advance(0.2)
    accepted(patch(app, "MUG-WHITE", body(entry(1))))


def test_a_patch_whose_answer_is_lost_was_taken(app: Application, seller: Seller, amazon: SimulatedAmazon) -> None:
    amazon.faults.add(Fault(kind="lost_answer", operation="patchListingsItem"))
    with pytest.raises(requests.ConnectionError):
        patch(app, "MUG-WHITE", body(entry(5)))
    assert seller.quantity("MUG-WHITE") == 5
