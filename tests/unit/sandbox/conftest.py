"""A simulated Amazon, a seller in it, and an application that is allowed to ask."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from amazon_orders.sandbox import Clock, Seller, SimulatedAmazon
from tests.unit.sandbox.application import Application

START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> Clock:
    return Clock(start=START)


@pytest.fixture
def amazon(clock: Clock) -> SimulatedAmazon:
    return SimulatedAmazon(seed=42, clock=clock, speed=None)


@pytest.fixture
def seller(amazon: SimulatedAmazon) -> Seller:
    return amazon.add_seller(marketplaces=["DE", "FR"])


@pytest.fixture
def app(amazon: SimulatedAmazon, seller: Seller) -> Application:
    return Application(amazon, seller)
