"""Runs the checks without a test runner, one after the other, and tells what came of each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal
from unittest import SkipTest

from ..errors import AmazonOrdersError
from .cancelling import CancellingOrders
from .changing import ChangingOrders
from .desk import Broken, Desk, Resting
from .discretion import Discretion
from .finding import FindingOrders
from .pages import PlacingPages
from .parcels import TellingParcels
from .placing import PlacingOrders
from .products import FindingProducts
from .repeating import RepeatingKeys
from .staff import TellingCancellations, TellingRefunds
from .stock import ListingStock, MovingStock
from .totals import EndingAtTheTotal

SUBJECTS: tuple[type, ...] = (
    FindingProducts,
    PlacingOrders,
    EndingAtTheTotal,
    RepeatingKeys,
    FindingOrders,
    PlacingPages,
    CancellingOrders,
    ChangingOrders,
    ListingStock,
    MovingStock,
    TellingParcels,
    TellingCancellations,
    TellingRefunds,
    Discretion,
)
"""One class for each subject, in the order in which an author meets them."""

PREFIX = "test_"


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """What came of one check."""

    name: str
    """The promise as the check's method has it, without `test_`."""
    subject: str
    """What it is about: the hook, or a few words."""
    result: Literal["kept", "broken", "untold", "skipped"]
    detail: str = ""
    """Which promise broke and what the adapter did; `untold`: what it begins with does not work; why it was skipped."""

    @property
    def promise(self) -> str:
        """The promise in words."""
        return self.name.replace("_", " ")

    def as_dict(self) -> dict[str, Any]:
        """`{"promise", "subject", "result", "detail"}`."""
        return {"promise": self.name, "subject": self.subject, "result": self.result, "detail": self.detail}


def promises() -> Iterator[tuple[str, str, Callable[[Desk], None]]]:
    """Name, subject and check of every promise."""
    for subject in SUBJECTS:
        about = str(subject.__doc__).partition(".\n")[0].rstrip(".").replace("`", "")
        for name, check in vars(subject).items():
            if name.startswith(PREFIX):
                yield name.removeprefix(PREFIX), about, check.__get__(subject())


def check_store(open_desk: Callable[[], Desk]) -> Iterator[Outcome]:
    """Every check on a desk of its own, or always on the same one where the shop stays as it is between them.

    Raises what `open_desk` raises. An error of the store in a check is a broken promise.
    """
    for name, subject, check in promises():
        desk = open_desk()
        try:
            check(desk)
        except (Broken, AmazonOrdersError) as broken:
            yield Outcome(name=name, subject=subject, result="broken", detail=str(broken))
        except Resting as rest:
            yield Outcome(name=name, subject=subject, result="untold", detail=str(rest))
        except SkipTest as skip:
            yield Outcome(name=name, subject=subject, result="skipped", detail=str(skip))
        except Exception as error:  # noqa: BLE001 - a back door of the author's own may do anything
            detail = f"the check could not be made: {type(error).__name__}; does the back door work?"
            yield Outcome(name=name, subject=subject, result="broken", detail=detail)
        else:
            yield Outcome(name=name, subject=subject, result="kept")
