"""The time of the simulated Amazon: driven by a test, or the wall clock with an offset."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

DEFAULT_START = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


class Clock:
    """A clock that stands still until `advance` is called. `Clock.real()` follows the wall clock instead.

    Pass `clock.now` wherever the library takes a `now`, and `clock.sleep` where it takes a `sleep`.
    """

    def __init__(self, start: datetime = DEFAULT_START) -> None:
        if start.tzinfo is None:
            raise ValueError("a clock starts at an aware time; give start a time zone, such as datetime.UTC")
        self._start: datetime | None = start.astimezone(UTC)
        self._offset = timedelta()
        self._lock = threading.Lock()

    @classmethod
    def real(cls) -> Clock:
        """A clock that shows the wall's time; `advance` still moves it forward."""
        clock = cls()
        clock._start = None
        return clock

    def now(self) -> datetime:
        """The time there, aware, in UTC."""
        return (self._start or datetime.now(UTC)) + self._offset

    def advance(self, seconds: float | timedelta = 0.0) -> datetime:
        """Move on by seconds or a `timedelta` and return the new time. Backwards is refused."""
        step = seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
        if step < timedelta():
            raise ValueError("a clock does not go backwards")
        with self._lock:
            self._offset += step
        return self.now()

    def sleep(self, seconds: float) -> None:
        """`advance`, in the shape of `time.sleep`."""
        self.advance(max(seconds, 0.0))


def to_ms(moment: datetime) -> int:
    """Milliseconds since 1970, cut, not rounded: Amazon's own precision."""
    return (moment - _EPOCH) // timedelta(milliseconds=1)


def from_ms(ms: int) -> datetime:
    """The aware time of `to_ms`."""
    return _EPOCH + timedelta(milliseconds=ms)


def iso(moment: datetime | int) -> str:
    """As Amazon writes a time: `2026-11-20T12:00:00Z`, with milliseconds where there are any."""
    ms = moment if isinstance(moment, int) else to_ms(moment)
    text = from_ms(ms).strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{ms % 1000:03}Z" if ms % 1000 else f"{text}Z"


def parse_iso(text: str) -> int | None:
    """Milliseconds of an ISO 8601 time with a zone; `None` for anything else."""
    if "T" not in text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return to_ms(moment) if moment.tzinfo is not None else None


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
