"""A simulated Amazon: strict, deterministic, and sharing no code with the client that it tests."""

from __future__ import annotations

from amazon_orders.sandbox.calls import CallMade, Calls
from amazon_orders.sandbox.catalogue import CATALOGUE, CatalogueItem
from amazon_orders.sandbox.clock import Clock
from amazon_orders.sandbox.demo import demo_orders
from amazon_orders.sandbox.faults import Fault
from amazon_orders.sandbox.generator import Drawn
from amazon_orders.sandbox.literals import Line, order
from amazon_orders.sandbox.projection import DATA_SETS
from amazon_orders.sandbox.seller import Seller
from amazon_orders.sandbox.simulation import SimulatedAmazon

__all__ = [
    "CATALOGUE",
    "DATA_SETS",
    "CallMade",
    "Calls",
    "CatalogueItem",
    "Clock",
    "Drawn",
    "Fault",
    "Line",
    "Seller",
    "SimulatedAmazon",
    "demo_orders",
    "order",
]
