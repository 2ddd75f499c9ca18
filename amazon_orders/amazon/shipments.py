"""A package as `confirmShipment` takes it. Source: Amazon's model `ordersV0`, `ConfirmShipmentRequest`."""

from __future__ import annotations

from typing import Any

from ..model import MARKETPLACES, Confirm
from .calls import Calls, moment, segment
from .refusals import empty

_OPERATION = "confirmShipment"
_JAPAN = MARKETPLACES["JP"].id


def confirm_shipment(
    calls: Calls, confirm: Confirm, *, marketplace_id: str, package_reference_id: str, cod: bool
) -> None:
    """Send it. See `AmazonClient.confirm_shipment`."""
    answer = calls.write(
        _OPERATION,
        "POST",
        f"/orders/v0/orders/{segment(confirm.amazon_order_id)}/shipmentConfirmation",
        shipment_confirmation(
            confirm, marketplace_id=marketplace_id, package_reference_id=package_reference_id, cod=cod
        ),
        hidden=(confirm.tracking,),
    )
    if answer.status != 204:
        # Somebody between us and Amazon may answer with a page of his own; the model knows no success but this.
        raise empty(_OPERATION, answer, outcome_unknown=True)


def shipment_confirmation(
    confirm: Confirm, *, marketplace_id: str, package_reference_id: str, cod: bool = False
) -> dict[str, Any]:
    """The body of the call. `ValueError` says what makes it one that Amazon cannot take."""
    if not package_reference_id.isascii() or not package_reference_id.isdigit() or int(package_reference_id) < 1:
        raise ValueError("packageReferenceId is a positive number, as text")
    if not confirm.tracking:
        raise ValueError("a package without tracking cannot be confirmed by a call, only by a feed")
    if not confirm.units or any(row.quantity < 1 for row in confirm.units):
        raise ValueError("a package holds at least one unit of each of its items")
    if confirm.carrier.code == "Other" and not confirm.carrier.name:
        raise ValueError("the carrier Other needs a name")
    package: dict[str, Any] = {"packageReferenceId": package_reference_id, "carrierCode": confirm.carrier.code}
    if confirm.carrier.name:
        package["carrierName"] = confirm.carrier.name
    if confirm.method:
        package["shippingMethod"] = confirm.method
    package["trackingNumber"] = confirm.tracking
    package["shipDate"] = moment(confirm.ship_date)
    package["orderItems"] = [{"orderItemId": row.order_item_id, "quantity": row.quantity} for row in confirm.units]
    body: dict[str, Any] = {"marketplaceId": marketplace_id, "packageDetail": package}
    if cod and marketplace_id == _JAPAN:
        body["codCollectionMethod"] = "DirectPayment"
    return body
