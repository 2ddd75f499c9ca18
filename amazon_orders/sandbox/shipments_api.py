"""The one operation of the Orders API v0 that is used here: `confirmShipment`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amazon_orders.sandbox import life
from amazon_orders.sandbox.bodies import check_fields, read_json
from amazon_orders.sandbox.clock import from_ms, parse_iso, to_ms
from amazon_orders.sandbox.confirmations import Confirmation
from amazon_orders.sandbox.marketplaces import BY_COUNTRY
from amazon_orders.sandbox.messages import Refused, Response, errors, not_found, refused, unauthorized
from amazon_orders.sandbox.projection import DIRECT_TO_CONSUMER, Json
from amazon_orders.sandbox.query import ORDER_ID

if TYPE_CHECKING:
    from amazon_orders.sandbox.routes import Call
    from amazon_orders.sandbox.seller import Seller

SHIPPING_ROLES = frozenset({DIRECT_TO_CONSUMER, "Inventory and Order Tracking"})
AMAZONS_LABELS = frozenset({"AMAZON_EASY_SHIP", "DELIVERY_BY_AMAZON", "FBM_SHIP_PLUS", "IN_STORE_PICK_UP"})
"""Programs whose orders Amazon confirms itself, or another operation does."""

_REQUEST = {"marketplaceId": str, "packageDetail": dict, "codCollectionMethod": str}
_PACKAGE = {
    "packageReferenceId": str,
    "carrierCode": str,
    "carrierName": str,
    "shippingMethod": str,
    "trackingNumber": str,
    "shipDate": str,
    "shipFromSupplySourceId": str,
    "orderItems": list,
}
_ITEM = {"orderItemId": str, "quantity": int, "transparencyCodes": list}
_NOT_FOUND_OR_FULFILLED = (
    "Failed to create package due to not finding a matching package or order already fulfilled.  "
    "ErrorMessage(errorCode=GeneralError, errorDescription=Unable to find package to update for order (), "
    "errorMetric=PackageToUpdateNotFound, packageIndex=null)"
)
_WRONG_REFERENCE = "PackageReferenceId: is invalid, must be a positive numeric value."
_WRONG_ITEM = "OrderItemId is invalid, please obtain the value through the getOrderItems API or Manage Orders page"


def confirm_shipment(call: Call) -> Response:
    """`POST /orders/v0/orders/{orderId}/shipmentConfirmation`: 204, and the package shows later."""
    seller = _admitted(call)
    body = read_json(call.request)
    check_fields(body, _REQUEST, ("marketplaceId", "packageDetail"))
    package: dict[str, Any] = body["packageDetail"]
    required = ("packageReferenceId", "carrierCode", "trackingNumber", "shipDate", "orderItems")
    check_fields(package, _PACKAGE, required, "packageDetail.")
    items, codes = _items(package["orderItems"])
    order = _order(call, seller)
    _check_order(order, body)
    now_ms = to_ms(call.amazon.clock.now())
    shipped_ms = _ship_date(package["shipDate"], order, now_ms)
    reference = package["packageReferenceId"]
    if not (reference.isascii() and reference.isdigit() and int(reference) > 0):
        raise refused(_WRONG_REFERENCE)
    if package["carrierCode"] == "Other" and not package.get("carrierName"):
        raise refused("CarrierName is required when CarrierCode is Other.")
    edit = _check_package(seller, order, reference, items)
    seller.taken.take(
        Confirmation(
            order_id=order["orderId"],
            by="call",
            reference=reference,
            carrier_code=package["carrierCode"],
            carrier_name=package.get("carrierName", ""),
            service=package.get("shippingMethod", ""),
            tracking=package["trackingNumber"],
            shipped_at=from_ms(shipped_ms),
            items=items,
            at=call.amazon.clock.now(),
            edit=edit,
            ignored=seller.taken.ignores(order["orderId"]),
            cod_collection=body.get("codCollectionMethod", ""),
            supply_source=package.get("shipFromSupplySourceId", ""),
        ),
        codes,
    )
    return Response(204)


def _admitted(call: Call) -> Seller:
    if call.seller is None:
        raise unauthorized("This operation needs the token of a selling partner.")
    if not SHIPPING_ROLES & call.seller.roles:
        raise unauthorized("The application has no role for this operation.")
    return call.seller


def _order(call: Call, seller: Seller) -> Json:
    order_id = call.path["orderId"]
    if not ORDER_ID.fullmatch(order_id):
        raise refused("AmazonOrderId is invalid, it must be in 3-7-7 format.")
    if seller.shelf.get(order_id) is None or order_id in call.struck.hidden:
        raise not_found(f"No order {order_id} for this selling partner.")
    return seller.order(order_id)


def _check_order(order: Json, body: dict[str, Any]) -> None:
    marketplace_id = order["salesChannel"].get("marketplaceId")
    if body["marketplaceId"] != marketplace_id:
        raise refused("MarketplaceId is invalid, it is not the one of the order.")
    if order["fulfillment"].get("fulfilledBy") == "AMAZON":
        raise refused("The order is fulfilled by Amazon; its shipment cannot be confirmed.")
    for program in sorted(AMAZONS_LABELS & set(order.get("programs", ()))):
        raise refused(f"The shipment of an order of the program {program} cannot be confirmed.")
    if life.status_of(order) not in (*life.OPEN, "SHIPPED"):
        raise refused("The order is not in a state in which a shipment can be confirmed.")
    if "codCollectionMethod" in body and (
        marketplace_id != BY_COUNTRY["JP"].id or body["codCollectionMethod"] != "DirectPayment"
    ):
        raise refused("CodCollectionMethod is invalid, DirectPayment is supported in the JP marketplace only.")


def _items(rows: list[Any]) -> tuple[dict[str, int], dict[str, tuple[str, ...]]]:
    items: dict[str, int] = {}
    codes: dict[str, tuple[str, ...]] = {}
    for index, row in enumerate(rows):
        where = f"packageDetail.orderItems[{index}]"
        if not isinstance(row, dict):
            raise refused(f"Missing required field: {where}.orderItemId.")
        check_fields(row, _ITEM, ("orderItemId", "quantity"), f"{where}.")
        if row["quantity"] < 1:
            raise refused("Quantity is invalid, must be a positive numeric value.")
        items[row["orderItemId"]] = items.get(row["orderItemId"], 0) + row["quantity"]
        codes[row["orderItemId"]] = codes.get(row["orderItemId"], ()) + tuple(row.get("transparencyCodes", ()))
    return items, codes


def _ship_date(text: str, order: Json, now_ms: int) -> int:
    shipped_ms = parse_iso(text)
    if shipped_ms is None:
        # Word for word the answer to a date such as 02/21/2022 in Amazon's own sandbox, space included.
        raise Refused(errors(400, "Invalid Input", "Invalid Input", None, "InvalidInputException"))
    if shipped_ms > now_ms:
        raise refused("ShipDate is invalid, it is in the future.")
    if shipped_ms < (parse_iso(order["createdTime"]) or 0):
        raise refused("ShipDate is invalid, it is before the order date.")
    return shipped_ms


def _check_package(seller: Seller, order: Json, reference: str, items: dict[str, int]) -> bool:
    """Whether the call edits a package that was confirmed by call before."""
    if not items.keys() <= life.open_units(order).keys():
        raise refused(_WRONG_ITEM)
    edit = reference in seller.taken.references(order["orderId"])
    left = seller.taken.units_left(order, reference)
    taken = life.package_of(order, reference) is not None
    if not edit and (taken or not any(left.values())):
        # A package of Seller Central or of a feed has no reference id that a call could edit it by.
        raise refused(_NOT_FOUND_OR_FULFILLED)
    if any(units > left[item] for item, units in items.items()):
        raise refused("Quantity is invalid, it is more than the open quantity of the order item.")
    return edit
