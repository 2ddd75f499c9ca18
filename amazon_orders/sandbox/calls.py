"""The record of what was asked: operations and parameters, never a token or a secret."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CallMade:
    """One call that reached the simulated Amazon, refused ones too."""

    operation: str
    """`token` for Login with Amazon; the raw path where no operation has it."""
    params: Mapping[str, str]
    """Query and path values; of a token request the grant type alone."""
    seller_id: str
    status: int
    """0 when no answer left."""
    at: datetime


class Calls:
    """Calls in the order they came: `len`, iteration, index, and counts by operation."""

    def __init__(self) -> None:
        self._made: list[CallMade] = []

    def append(self, call: CallMade) -> None:
        self._made.append(call)

    def clear(self) -> None:
        self._made.clear()

    def __len__(self) -> int:
        return len(self._made)

    def __iter__(self) -> Iterator[CallMade]:
        return iter(tuple(self._made))

    def __getitem__(self, index: int) -> CallMade:
        return self._made[index]

    def __repr__(self) -> str:
        return f"<Calls {dict(self.by_operation)}>"

    @property
    def by_operation(self) -> Counter[str]:
        """How often each operation was called."""
        return Counter(call.operation for call in self._made)

    def count(self, operation: str) -> int:
        """How often one operation was called."""
        return self.by_operation[operation]

    def of(self, operation: str) -> list[CallMade]:
        """The calls of one operation."""
        return [call for call in self._made if call.operation == operation]
