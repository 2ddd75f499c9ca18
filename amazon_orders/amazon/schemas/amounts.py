"""What an order and its lines come to."""

from __future__ import annotations

from decimal import Decimal

from ...model import Breakdown
from .building import builder
from .fields import Money, Name, Text
from .record import Part, Parts, Record

_breakdown = builder(Breakdown)


class DetailRecord(Record):
    """A part of a breakdown."""

    subtype = Text()
    value = Money()

    @staticmethod
    def make(subtype: str, value: Decimal | None) -> tuple[str, Decimal] | None:
        """`None` where it has no amount, and so says nothing."""
        return None if value is None else (subtype, value)


class BreakdownRecord(Record):
    """One row of proceeds. Without its type or amount it says nothing that could be added up."""

    type = Name(required=True)
    subtotal = Money(required=True)
    status = Text()
    detailedBreakdowns = Parts(DetailRecord)

    @staticmethod
    def make(kind: str, subtotal: Decimal, status: str, details: tuple[tuple[str, Decimal] | None, ...]) -> Breakdown:
        """As the model has it."""
        told = tuple([detail for detail in details if detail is not None]) if details else ()
        return _breakdown(type=kind, subtotal=subtotal, details=told, status=status)


class ProceedsOfOrderRecord(Record):
    """What the order comes to."""

    grandTotal = Money()
    breakdowns = Parts(BreakdownRecord)

    absent = (None, ())

    @staticmethod
    def make(total: Decimal | None, breakdowns: tuple[Breakdown, ...]) -> tuple[Decimal | None, tuple[Breakdown, ...]]:
        """Total, breakdowns."""
        return total, breakdowns


class ProceedsOfItemRecord(Record):
    """What the line comes to."""

    proceedsTotal = Money()
    breakdowns = Parts(BreakdownRecord)

    absent = (None, ())
    make = staticmethod(ProceedsOfOrderRecord.make)


class UnitPriceRecord(Record):
    """The price of one unit."""

    unitPrice = Money()
    priceDesignation = Text()

    absent = (None, "")

    @staticmethod
    def make(price: Decimal | None, designation: str) -> tuple[Decimal | None, str]:
        """Price, designation."""
        return price, designation


class PointsRecord(Record):
    """Points granted to the buyer."""

    pointsMonetaryValue = Money()

    @staticmethod
    def make(value: Decimal | None) -> Decimal | None:
        """What they are worth."""
        return value


class PointsCostRecord(Record):
    """What points cost."""

    pointsGranted = Part(PointsRecord)

    make = staticmethod(PointsRecord.make)


class ExpenseRecord(Record):
    """Expenses of the seller: the points, as far as an order goes."""

    pointsCost = Part(PointsCostRecord)

    make = staticmethod(PointsRecord.make)


class PaymentExecutionRecord(Record):
    """One way of payment."""

    paymentMethod = Text()

    @staticmethod
    def make(method: str) -> str:
        """Its name."""
        return method


class PaymentRecord(Record):
    """How it is paid."""

    paymentExecutions = Parts(PaymentExecutionRecord)

    absent = ()

    @staticmethod
    def make(methods: tuple[str, ...]) -> tuple[str, ...]:
        """The ways of payment."""
        return methods
