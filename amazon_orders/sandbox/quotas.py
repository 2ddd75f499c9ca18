"""Usage plans: one token bucket for each operation and seller, by the sandbox's clock."""

from __future__ import annotations

import math
from dataclasses import dataclass

from amazon_orders.sandbox.clock import Clock

UNLIMITED = 100_000.0
"""The rate that an answer names where nothing is throttled: large enough to never hold a client back."""
_ROUNDING = 1e-6  # times are whole microseconds


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: float


class Quotas:
    """The plans in force and what is left of them.

    Plans are published: `{operation: (requests per second, burst)}`. `speed` multiplies every rate; `None` and
    infinity switch throttling off.
    """

    def __init__(self, clock: Clock, plans: dict[str, tuple[float, int]], speed: float | None) -> None:
        self._clock = clock
        self._plans = dict(plans)
        self._speed = math.inf if speed is None else speed
        self._buckets: dict[tuple[str, str], _Bucket] = {}

    def take(self, operation: str, seller_id: str) -> bool:
        """Take a token; False when there is none."""
        if operation not in self._plans or math.isinf(self._speed):
            return True
        bucket = self._settled(operation, seller_id)
        if bucket.tokens < 1.0 - _ROUNDING:
            return False
        bucket.tokens -= 1.0
        return True

    @property
    def kept(self) -> bool:
        """False where throttling is off."""
        return not math.isinf(self._speed)

    def left(self, operation: str, seller_id: str) -> float:
        """Tokens there now."""
        return math.inf if math.isinf(self._speed) else self._settled(operation, seller_id).tokens

    def header(self, operation: str) -> str | None:
        """The rate in force as `x-amzn-RateLimit-Limit` writes it; None for an operation without a plan."""
        if operation not in self._plans:
            return None
        return str(float(f"{min(self._plans[operation][0] * self._speed, UNLIMITED):.6g}"))

    def set_rate(self, operation: str, rate: float) -> None:
        """Change the plan of an operation for every seller, from now on; the burst stays."""
        if operation not in self._plans:
            raise ValueError(f"{operation} has no usage plan here; known: {', '.join(sorted(self._plans))}")
        if rate <= 0:
            raise ValueError("a rate is a number of requests per second above zero")
        for name, seller_id in self._buckets:
            if name == operation:
                self._settled(name, seller_id)
        self._plans[operation] = (rate, self._plans[operation][1])

    def _settled(self, operation: str, seller_id: str) -> _Bucket:
        rate, burst = self._plans[operation]
        now = self._clock.now().timestamp()
        bucket = self._buckets.get((operation, seller_id))
        if bucket is None:
            bucket = self._buckets[operation, seller_id] = _Bucket(float(burst), now)
        bucket.tokens = min(float(burst), bucket.tokens + (now - bucket.at) * rate * self._speed)
        bucket.at = now
        return bucket
