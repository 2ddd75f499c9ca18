"""Patches of a listing's attributes, as `patchListingsItem` and the listings feed take them.

`merge` changes the fields it names; `replace` and `add` put their entries in the place of the whole attribute, so that
a handling time or restock date that is not sent again is gone.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from amazon_orders.sandbox.listings import AVAILABILITY, CHANNELS, DEFAULT, Listing
from amazon_orders.sandbox.messages import Refused, errors
from amazon_orders.sandbox.projection import Json

_OPS = frozenset({"add", "replace", "merge", "delete"})
_ATTRIBUTES = frozenset(
    {AVAILABILITY, "purchasable_offer", "item_name", "condition_type", "list_price", "merchant_shipping_group"}
)
_PRICE_AND_QUANTITY = frozenset({AVAILABILITY, "purchasable_offer"})
_FIELDS = frozenset(
    {"fulfillment_channel_code", "quantity", "lead_time_to_ship_max_days", "restock_date", "is_inventory_available"}
)


def bad_request(details: str = "Invalid input") -> Refused:
    """400 in the words of the Listings API."""
    return Refused(errors(400, "BAD_REQUEST", "Invalid input", details, "InvalidInputException"))


def issue(code: str, message: str, attribute: str, category: str = "INVALID_ATTRIBUTE") -> Json:
    """One thing that keeps a submission from being accepted."""
    return {
        "code": code,
        "message": message,
        "severity": "ERROR",
        "attributeNames": [attribute],
        "categories": [category],
    }


def patched(listing: Listing, body: Mapping[str, Any]) -> tuple[Json, list[Json]]:
    """The attributes after a patch, and what is wrong with them. `Refused` where the patch itself is no patch."""
    product_type, patches = body.get("productType"), body.get("patches")
    if not isinstance(product_type, str) or not product_type or not isinstance(patches, list) or not patches:
        raise bad_request("productType and patches are required.")
    attributes = listing.attributes()
    issues = [issue("90000930", listing.blocked, AVAILABILITY)] if listing.blocked else []
    touched: set[str] = set()
    for patch in patches:
        name, value = _read(patch)
        touched.add(name)
        if name not in _ATTRIBUTES:
            issues.append(issue("90000900", "The attributes are invalid.", name))
            continue
        attributes[name] = _apply(patch["op"], attributes.get(name, []), value, _keys(name))
    if product_type not in ("PRODUCT", listing.product_type) or (
        product_type == "PRODUCT" and touched - _PRICE_AND_QUANTITY and not issues
    ):
        issues.append(issue("90000901", "The product type does not fit the attributes.", "productType"))
    return {name: rows for name, rows in attributes.items() if rows}, issues + _wrong(attributes.get(AVAILABILITY, []))


def merged(listing: Listing, attributes: Mapping[str, Any]) -> tuple[Json, list[Json]]:
    """The same for the attributes of a partial update: each is merged."""
    patches = [{"op": "merge", "path": f"/attributes/{name}", "value": rows} for name, rows in attributes.items()]
    return patched(listing, {"productType": listing.product_type, "patches": patches})


def _read(patch: Any) -> tuple[str, list[Json]]:
    if not isinstance(patch, dict) or patch.keys() - {"op", "path", "value"} or patch.get("op") not in _OPS:
        raise bad_request("A patch needs an op of add, replace, merge or delete.")
    path, value = patch.get("path"), patch.get("value", [])
    if not isinstance(path, str) or not path.startswith("/attributes/") or path.count("/") != 2:
        raise bad_request("The path of a patch is /attributes/ and the name of one.")
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise bad_request("The value of a patch is a list of objects.")
    if patch["op"] != "delete" and not value:
        raise bad_request("The value of a patch is empty.")
    name = path.removeprefix("/attributes/")
    if name == AVAILABILITY and any("fulfillment_channel_code" not in row for row in value):
        raise bad_request("fulfillment_channel_code is required.")
    return name, copy.deepcopy(value)


def _keys(name: str) -> tuple[str, ...]:
    """The fields by which two entries of an attribute are the same one."""
    return ("fulfillment_channel_code",) if name == AVAILABILITY else ("marketplace_id", "language_tag", "audience")


def _apply(op: str, rows: list[Json], value: list[Json], keys: tuple[str, ...]) -> list[Json]:
    def same(left: Json, right: Json) -> bool:
        return all(left.get(key) == right.get(key) for key in keys)

    if op in ("add", "replace"):
        return value
    if op == "delete":
        return [row for row in rows if not any(same(row, gone) for gone in value)] if value else []
    result = [copy.deepcopy(row) for row in rows]
    for new in value:
        old = next((row for row in result if same(row, new)), None)
        if old is None:
            result.append(new)
        else:
            old.update(new)
    return result


def _wrong(availability: list[Json]) -> list[Json]:
    issues: list[Json] = []
    for row in availability:
        quantity = row.get("quantity")
        if row["fulfillment_channel_code"] not in CHANNELS:
            issues.append(issue("90000910", "The fulfilment channel is not one of the account.", AVAILABILITY))
        elif quantity is not None and (isinstance(quantity, bool) or not isinstance(quantity, int)):
            issues.append(issue("90000911", "The quantity must be a whole number.", AVAILABILITY))
        elif quantity is not None and quantity < 0:
            issues.append(issue("90000912", "The quantity is below the minimum of 0.", AVAILABILITY))
        elif quantity is not None and row["fulfillment_channel_code"] != DEFAULT:
            issues.append(
                issue("90000913", "The quantity of an offer that Amazon fulfils cannot be set.", AVAILABILITY)
            )
        elif row.keys() - _FIELDS:
            issues.append(issue("90000900", "The attributes are invalid.", AVAILABILITY))
    return issues
