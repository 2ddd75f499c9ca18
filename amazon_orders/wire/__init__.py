"""What every HTTP of the library stands on: one TLS context, connections that a clock cuts, bodies with a cap."""

from .body import UnreadableBodyError, unpacked
from .session import FAILURES, LOOPBACK, Reply, Session, exchange, pooled
from .watchdog import Deadline

__all__ = [
    "FAILURES",
    "LOOPBACK",
    "Deadline",
    "Reply",
    "Session",
    "UnreadableBodyError",
    "exchange",
    "pooled",
    "unpacked",
]
