"""When and how it is shipped: windows, and the parcels that Amazon knows of."""

from __future__ import annotations

from datetime import datetime

from ...model import Package, Window
from .building import builder
from .fields import Moment, Name, Text, Units
from .record import Part, Parts, Record

_window = builder(Window)
_package = builder(Package)


class WindowRecord(Record):
    """A span of time."""

    earliestDateTime = Moment()
    latestDateTime = Moment()

    @staticmethod
    def make(earliest: datetime | None, latest: datetime | None) -> Window | None:
        """A window without an end on either side is none."""
        return None if earliest is None and latest is None else _window(earliest=earliest, latest=latest)


Fulfillment = tuple[str, str, str, Window | None, Window | None]


class FulfillmentRecord(Record):
    """How far the order is, who ships it, and until when."""

    fulfillmentStatus = Text()
    fulfilledBy = Text()
    fulfillmentServiceLevel = Text()
    shipByWindow = Part(WindowRecord)
    deliverByWindow = Part(WindowRecord)

    absent = ("", "", "", None, None)

    @staticmethod
    def make(
        status: str, fulfilled_by: str, service_level: str, ship_by: Window | None, deliver_by: Window | None
    ) -> Fulfillment:
        """Status, by whom, service level, ship by, deliver by."""
        return status, fulfilled_by, service_level, ship_by, deliver_by


class PackageStatusRecord(Record):
    """How far a parcel is."""

    status = Text()
    detailedStatus = Text()

    absent = ("", "")

    @staticmethod
    def make(status: str, detailed: str) -> tuple[str, str]:
        """In short, in detail."""
        return status, detailed


class PackageItemRecord(Record):
    """What is in a parcel."""

    orderItemId = Name(required=True)
    quantity = Units(required=True)

    @staticmethod
    def make(order_item_id: str, quantity: int) -> tuple[str, int]:
        """Order item id, units."""
        return order_item_id, quantity


class PackageRecord(Record):
    """A parcel."""

    packageReferenceId = Text()
    createdTime = Moment()
    packageStatus = Part(PackageStatusRecord)
    carrier = Text()
    shipTime = Moment()
    shippingService = Text()
    trackingNumber = Text()
    packageItems = Parts(PackageItemRecord)

    @staticmethod
    def make(
        reference: str,
        created: datetime | None,
        status: tuple[str, str],
        carrier: str,
        shipped: datetime | None,
        service: str,
        tracking: str,
        items: tuple[tuple[str, int], ...],
    ) -> Package:
        """As the model has it."""
        return _package(
            package_reference_id=reference,
            status=status[0],
            detailed_status=status[1],
            carrier=carrier,
            service=service,
            tracking=tracking,
            shipped_at=shipped,
            created_at=created,
            items=items,
        )
