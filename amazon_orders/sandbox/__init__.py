"""A simulated Amazon: strict, deterministic, and sharing no code with the client that it tests."""

from __future__ import annotations

from amazon_orders.sandbox.calls import CallMade, Calls
from amazon_orders.sandbox.cancellations import Cancellation
from amazon_orders.sandbox.catalogue import CATALOGUE, CatalogueItem
from amazon_orders.sandbox.clock import Clock
from amazon_orders.sandbox.confirmations import Confirmation
from amazon_orders.sandbox.demo import demo_orders
from amazon_orders.sandbox.faults import Fault
from amazon_orders.sandbox.feeds import FeedMade
from amazon_orders.sandbox.generator import Drawn, Mix
from amazon_orders.sandbox.listings import Listing, QuantityChange
from amazon_orders.sandbox.literals import Line, order
from amazon_orders.sandbox.money_back import Refund
from amazon_orders.sandbox.projection import DATA_SETS
from amazon_orders.sandbox.reports import ReportMade
from amazon_orders.sandbox.seller import Seller
from amazon_orders.sandbox.simulation import SimulatedAmazon

__all__ = [
    "CATALOGUE",
    "DATA_SETS",
    "CallMade",
    "Calls",
    "Cancellation",
    "CatalogueItem",
    "Clock",
    "Confirmation",
    "Drawn",
    "Fault",
    "FeedMade",
    "Line",
    "Listing",
    "Mix",
    "QuantityChange",
    "Refund",
    "ReportMade",
    "Seller",
    "SimulatedAmazon",
    "demo_orders",
    "order",
]
