"""Waiting within a run: for seconds, never for minutes, never with a transaction open."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from ..errors import AmazonThrottled
from .work import Work

LONGEST = 2.0
"""Seconds: a token that comes sooner is waited for. The operations that are called often give one every 0.2 to 0.5."""
IN_ALL = 120.0
"""Seconds that one run waits at most; what is left then goes on in the next."""

T = TypeVar("T")
P = ParamSpec("P")


def patiently(work: Work, call: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Call, and where our own count says that a token is there in a moment, wait for it. Else `AmazonThrottled`."""
    while True:
        try:
            return call(*args, **named)
        except AmazonThrottled as error:
            if error.status is not None or error.retry_after > LONGEST or work.waited + error.retry_after > IN_ALL:
                raise
            work.waited += error.retry_after
            before = work.now()
            work.pause(error.retry_after)
            if work.now() <= before:  # a clock that stands still fills no bucket
                raise
            if work.keeper is not None:
                work.keeper.keep()


def pay(work: Work, operation: str) -> None:
    """Take a token for a call that comes next, so that nothing is put on record that cannot be sent."""
    patiently(work, work.client.pay, operation)
