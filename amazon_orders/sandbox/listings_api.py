"""The operations of the Listings Items API of 2021-08-01 that are simulated: get, search and patch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from amazon_orders.sandbox import tokens
from amazon_orders.sandbox.bodies import read_json
from amazon_orders.sandbox.catalogue import BY_SKU
from amazon_orders.sandbox.clock import from_ms, iso, to_ms
from amazon_orders.sandbox.listings import AVAILABILITY, Listing
from amazon_orders.sandbox.marketplaces import BY_ID
from amazon_orders.sandbox.messages import Refused, Response, dump, errors, unauthorized
from amazon_orders.sandbox.patches import bad_request, patched
from amazon_orders.sandbox.query import one_of, read_params, read_time, whole_number

if TYPE_CHECKING:
    from amazon_orders.sandbox.projection import Json
    from amazon_orders.sandbox.routes import Call
    from amazon_orders.sandbox.seller import Seller

LISTING_ROLES = frozenset({"Product Listing", "Inventory and Order Tracking", "Pricing"})
DATA_SETS = (
    "summaries",
    "attributes",
    "issues",
    "offers",
    "fulfillmentAvailability",
    "procurement",
    "relationships",
    "productTypes",
)
STATUSES = ("BUYABLE", "DISCOVERABLE")
MAX_IDENTIFIERS = 20
MAX_PAGE = 20
MAX_RESULTS = 1000
"""A search shows no more than so many, on however many pages."""
_TYPES = ("ASIN", "EAN", "FNSKU", "GTIN", "ISBN", "JAN", "MINSAN", "SKU", "UPC")
_SEARCH = frozenset(
    {
        "marketplaceIds",
        "issueLocale",
        "includedData",
        "identifiers",
        "identifiersType",
        "createdAfter",
        "createdBefore",
        "lastUpdatedAfter",
        "lastUpdatedBefore",
        "withIssueSeverity",
        "withStatus",
        "withoutStatus",
        "sortBy",
        "sortOrder",
        "pageSize",
        "pageToken",
    }
)


def get_listings_item(call: Call) -> Response:
    """`GET /listings/2021-08-01/items/{sellerId}/{sku}`."""
    seller = _admitted(call)
    params = _params(call, frozenset({"marketplaceIds", "issueLocale", "includedData"}))
    marketplace_ids = _marketplaces(seller, params)
    listing = _listing(call, seller, marketplace_ids)
    return Response(200, dump(_shown(listing, marketplace_ids, _data_sets(params, DATA_SETS, "summaries"))))


def search_listings_items(call: Call) -> Response:
    """`GET /listings/2021-08-01/items/{sellerId}`."""
    seller = _admitted(call)
    params = _params(call, _SEARCH)
    marketplace_ids = _marketplaces(seller, params)
    data_sets = _data_sets(params, DATA_SETS, "summaries")
    size = whole_number(params, "pageSize", 10, MAX_PAGE)
    question = {name: value for name, value in params.items() if name != "pageToken"}
    offset = 0
    if "pageToken" in params:
        asked, offset = tokens.opened({"pageToken": params["pageToken"]}, "pageToken")
        if asked != question:
            raise bad_request("pageToken belongs to a request with other parameters.")
    found = _found(seller, params, marketplace_ids, to_ms(call.amazon.clock.now()))
    shown = found[:MAX_RESULTS][offset : offset + size]
    answer: Json = {"numberOfResults": len(found), "items": [_shown(row, marketplace_ids, data_sets) for row in shown]}
    pages: Json = {}
    if offset + size < min(len(found), MAX_RESULTS):
        pages["nextToken"] = tokens.sealed(question, offset + size)
    if offset:
        pages["previousToken"] = tokens.sealed(question, max(offset - size, 0))
    if pages:
        answer["pagination"] = pages
    return Response(200, dump(answer))


def patch_listings_item(call: Call) -> Response:
    """`PATCH /listings/2021-08-01/items/{sellerId}/{sku}`: ACCEPTED is queued, live after `listing_delay`."""
    seller = _admitted(call)
    params = _params(call, frozenset({"marketplaceIds", "issueLocale", "includedData", "mode"}))
    marketplace_ids = _marketplaces(seller, params)
    data_sets = _data_sets(params, ("identifiers", "issues"), "issues")
    preview = params.get("mode") == "VALIDATION_PREVIEW"
    if "mode" in params and not preview:
        raise bad_request("mode has a value that is not allowed.")
    body = read_json(call.request)
    listing = _listing(call, seller, marketplace_ids)
    _, issues = patched(listing, body)
    if not issues and not preview:
        seller.patch_listing(listing.sku, body)
    status = "INVALID" if issues else "VALID" if preview else "ACCEPTED"
    answer: Json = {
        "sku": listing.sku,
        "status": status,
        "submissionId": f"{call.amazon.next_number():032x}",
        "issues": issues if "issues" in data_sets else [],
    }
    if "identifiers" in data_sets:
        answer["identifiers"] = [{"marketplaceId": id_, "asin": listing.asin} for id_ in marketplace_ids]
    return Response(200, dump(answer))


def _admitted(call: Call) -> Seller:
    seller = call.seller
    if seller is None:
        raise unauthorized("This operation needs the token of a selling partner.")
    if not LISTING_ROLES & seller.roles:
        raise unauthorized("The application has no role for this operation.")
    if call.path["sellerId"] != seller.seller_id:
        raise unauthorized("The seller id is not the one of the selling partner.")
    return seller


def _params(call: Call, known: frozenset[str]) -> dict[str, str]:
    params = read_params(call.request.query)
    for name in params:
        if name not in known:
            raise bad_request(f"{name} is not a parameter of this operation.")
    return params


def _marketplaces(seller: Seller, params: dict[str, str]) -> tuple[str, ...]:
    ids = one_of(params, "marketplaceIds", None)
    if not ids or any(id_ not in BY_ID for id_ in ids):
        raise bad_request("marketplaceIds is required and holds ids of marketplaces.")
    if not set(ids) <= set(seller.marketplace_ids):
        raise unauthorized("A marketplace is not one of this selling partner in this region.")
    return ids


def _data_sets(params: dict[str, str], allowed: tuple[str, ...], otherwise: str) -> frozenset[str]:
    return frozenset(one_of(params, "includedData", allowed) or (otherwise,))


def _listing(call: Call, seller: Seller, marketplace_ids: tuple[str, ...]) -> Listing:
    listing = seller.listings.get(call.path["sku"])
    if listing is None or not set(marketplace_ids) & set(listing.marketplace_ids):
        message = f"SKU '{call.path['sku']}' not found in marketplace {', '.join(marketplace_ids)}"
        raise Refused(errors(404, "NOT_FOUND", message, "", "NotFoundException"))
    return listing


def _found(seller: Seller, params: dict[str, str], marketplace_ids: tuple[str, ...], now_ms: int) -> list[Listing]:
    tests = [lambda row: bool(set(marketplace_ids) & set(row.marketplace_ids)), _identified(params)]
    for name, moment in (("created", "created_at"), ("lastUpdated", "updated_at")):
        tests.append(_between(moment, read_time(params, f"{name}After", 0), read_time(params, f"{name}Before", now_ms)))
    wanted, unwanted = one_of(params, "withStatus", STATUSES), one_of(params, "withoutStatus", STATUSES)
    tests.append(lambda row: not wanted or bool(set(wanted) & set(_status(row))))
    tests.append(lambda row: not set(unwanted) & set(_status(row)))
    severities = one_of(params, "withIssueSeverity", ("WARNING", "ERROR"))
    tests.append(lambda row: not severities or any(issue["severity"] in severities for issue in row.issues))
    found = [row for row in seller.listings.all() if all(test(row) for test in tests)]
    by = one_of(params, "sortBy", ("sku", "createdDate", "lastUpdatedDate")) or ("lastUpdatedDate",)
    order = one_of(params, "sortOrder", ("ASC", "DESC")) or ("DESC",)
    keys: dict[str, Callable[[Listing], object]] = {
        "sku": lambda row: row.sku,
        "createdDate": lambda row: (row.created_at, row.sku),
        "lastUpdatedDate": lambda row: (row.updated_at, row.sku),
    }
    return sorted(found, key=keys[by[0]], reverse=order[0] == "DESC")  # type: ignore[arg-type]


def _identified(params: dict[str, str]) -> Callable[[Listing], bool]:
    identifiers = one_of(params, "identifiers", None)
    kinds = one_of(params, "identifiersType", _TYPES)
    if bool(identifiers) != bool(kinds) or len(kinds) > 1:
        raise bad_request("identifiers and one identifiersType need each other.")
    if len(identifiers) > MAX_IDENTIFIERS:
        raise bad_request(f"identifiers holds at most {MAX_IDENTIFIERS} values.")
    wanted = set(identifiers)

    def matches(row: Listing) -> bool:
        if not kinds:
            return True
        known = BY_SKU.get(row.sku)
        value = {"SKU": row.sku, "ASIN": row.asin, "EAN": known.ean if known else ""}.get(kinds[0], "")
        return value in wanted

    return matches


def _between(moment: str, after_ms: int, before_ms: int) -> Callable[[Listing], bool]:
    after, before = from_ms(after_ms), from_ms(before_ms)
    return lambda row: bool(after <= getattr(row, moment) <= before)


def _status(listing: Listing) -> list[str]:
    buyable = listing.by_amazon or bool(listing.quantity)
    return ["BUYABLE", "DISCOVERABLE"] if buyable else ["DISCOVERABLE"]


def _shown(listing: Listing, marketplace_ids: tuple[str, ...], data_sets: frozenset[str]) -> Json:
    here = [id_ for id_ in marketplace_ids if id_ in listing.marketplace_ids]
    every: Json = {
        "summaries": [_summary(listing, id_) for id_ in here],
        "attributes": listing.attributes(),
        "issues": listing.issues,
        "offers": [
            {
                "marketplaceId": id_,
                "offerType": "B2C",
                "price": {"currencyCode": BY_ID[id_].currency, "amount": str(listing.price)},
                "audience": {"value": "ALL", "displayName": "Sell on Amazon"},
            }
            for id_ in here
        ],
        "fulfillmentAvailability": [
            {"fulfillmentChannelCode": row["fulfillment_channel_code"]}
            | ({"quantity": row["quantity"]} if "quantity" in row else {})
            for row in listing.attributes()[AVAILABILITY]
        ],
        "procurement": [],
        "relationships": [{"marketplaceId": id_, "relationships": []} for id_ in here],
        "productTypes": [{"marketplaceId": id_, "productType": listing.product_type} for id_ in here],
    }
    return {"sku": listing.sku} | {name: value for name, value in every.items() if name in data_sets}


def _summary(listing: Listing, marketplace_id: str) -> Json:
    return {
        "marketplaceId": marketplace_id,
        "asin": listing.asin,
        "productType": listing.product_type,
        "conditionType": "new_new",
        "status": _status(listing),
        "itemName": listing.title,
        "createdDate": iso(listing.created_at),
        "lastUpdatedDate": iso(listing.updated_at),
    }
