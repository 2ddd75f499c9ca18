"""What happens to an order's JSON when something happens to the order: units leave, or will never leave."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from amazon_orders.sandbox.clock import iso
from amazon_orders.sandbox.projection import UNPAID, Json

OPEN = frozenset({"UNSHIPPED", "PARTIALLY_SHIPPED"})
CANCELLABLE = UNPAID | {"UNSHIPPED"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Parcel:
    """One package, as it goes into an order. Times are milliseconds."""

    reference: str
    carrier: str
    service: str
    tracking: str
    shipped_ms: int
    items: Mapping[str, int]
    """Units by order item id."""
    codes: Mapping[str, tuple[str, ...]]
    """Transparency codes by order item id."""


def status_of(order: Json) -> str:
    """Amazon's name of the state that an order is in."""
    status: str = order["fulfillment"]["fulfillmentStatus"]
    return status


def require(order: Json, statuses: Iterable[str], what: str) -> None:
    """ValueError where an order is in none of these states."""
    if status_of(order) not in statuses:
        raise ValueError(f"order {order['orderId']} is {status_of(order)}; it cannot be {what}")


def open_units(order: Json) -> dict[str, int]:
    """Units that have not left, by order item id."""
    return {item["orderItemId"]: item["fulfillment"]["quantityUnfulfilled"] for item in order["orderItems"]}


def package_of(order: Json, reference: str) -> Json | None:
    """The package of that reference id, if the order has one."""
    return next((row for row in order.get("packages", ()) if row["packageReferenceId"] == reference), None)


def pack(order: Json, parcel: Parcel, now_ms: int) -> None:
    """Put a parcel into an order, or in the place of the one with its reference id."""
    packages = order.setdefault("packages", [])
    old = package_of(order, parcel.reference)
    if old is not None:
        _move(order, {row["orderItemId"]: -row["quantity"] for row in old["packageItems"]})
    _move(order, parcel.items)
    made = {
        "packageReferenceId": parcel.reference,
        "createdTime": old["createdTime"] if old else iso(now_ms),
        "packageStatus": {"status": "SHIPPED"},
        "carrier": parcel.carrier,
        "shipTime": iso(parcel.shipped_ms),
        "shippingService": parcel.service,
        "trackingNumber": parcel.tracking,
        "packageItems": [
            {"orderItemId": item, "quantity": units}
            | ({"transparencyCodes": list(parcel.codes[item])} if parcel.codes.get(item) else {})
            for item, units in parcel.items.items()
        ],
    }
    packages[:] = [made if row is old else row for row in packages] if old else [*packages, made]
    settle_status(order)


def settle_status(order: Json) -> None:
    """Let the state of an order follow from its units; an unpaid one stays unpaid as long as it has any."""
    units = [item["fulfillment"] for item in order["orderItems"]]
    if status_of(order) in UNPAID and any(row["quantityUnfulfilled"] for row in units):
        return
    if not any(row["quantityUnfulfilled"] for row in units):
        gone = any(row["quantityFulfilled"] for row in units)
        order["fulfillment"]["fulfillmentStatus"] = "SHIPPED" if gone else "CANCELLED"
    else:
        part = any(row["quantityFulfilled"] for row in units)
        order["fulfillment"]["fulfillmentStatus"] = "PARTIALLY_SHIPPED" if part else "UNSHIPPED"


def cancel(order: Json, by: str, reason: str) -> None:
    """Nothing of the order will leave."""
    order["fulfillment"]["fulfillmentStatus"] = "CANCELLED"
    for item in order["orderItems"]:
        item["fulfillment"]["quantityUnfulfilled"] = 0
        item.setdefault("cancellation", {})["cancellationExecution"] = {"cancelledBy": by, "cancelReason": reason}


def drop(order: Json, units: Mapping[str, int], by: str = "", reason: str = "") -> None:
    """So many open units of each item will not leave; with `by` and `reason` the items say so."""
    for item in order["orderItems"]:
        count = units.get(item["orderItemId"], 0)
        item["fulfillment"]["quantityUnfulfilled"] -= count
        if count and by:
            item.setdefault("cancellation", {})["cancellationExecution"] = {"cancelledBy": by, "cancelReason": reason}
    settle_status(order)


def deliver(order: Json, references: Iterable[str]) -> None:
    """Parcels arrive."""
    for reference in references:
        package = package_of(order, reference)
        if package is None:
            raise ValueError(f"order {order['orderId']} has no package {reference}")
        package["packageStatus"] = {"status": "DELIVERED"}


def _move(order: Json, units: Mapping[str, int]) -> None:
    for item in order["orderItems"]:
        moved = units.get(item["orderItemId"], 0)
        item["fulfillment"]["quantityFulfilled"] += moved
        item["fulfillment"]["quantityUnfulfilled"] -= moved
