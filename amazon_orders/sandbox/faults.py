"""Faults on demand: which call of which operation goes wrong, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from amazon_orders.sandbox import messages
from amazon_orders.sandbox.messages import Response

_INSTEAD: dict[str, Callable[[], Response]] = {
    "429": messages.quota_exceeded,
    "500": messages.internal_failure,
    "503": messages.service_unavailable,
    "403": lambda: messages.unauthorized("Access is denied for now.").response,
    "html_503": lambda: messages.html_page(503),
    "html_200": lambda: messages.html_page(200),
    "empty_200": lambda: Response(200, b"{}"),
    "reset": lambda: Response(200, reset=True),
}
_DAMAGE = frozenset({"cut_json", "cut_connection", "lost_answer", "slow", "drip"})
_FATES = frozenset({"hanging_feed", "fatal_feed", "hanging_report", "fatal_report"})
_INSIDE = frozenset({"repeated_page", "hidden_order"}) | _FATES
_OTHER_NAMES = {"http_403": "403", "http_429": "429", "http_500": "500", "http_503": "503", "http_503_html": "html_503"}

KINDS: frozenset[str] = frozenset(_INSTEAD) | _DAMAGE | _INSIDE
"""Every kind of fault; `docs/sandbox.md` says what each one does."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """One planned fault. Calls are counted from the moment it is added, each operation on its own."""

    kind: str
    operation: str = "*"
    """An operation's name, `token`, `upload` or `download` (documents), or `*` for any."""
    nth: int = 1
    """The first call that it strikes, from 1."""
    times: int | None = 1
    """How many calls in a row; `None`: for ever."""
    seller_id: str = ""
    """Only calls of this seller."""
    order_id: str = ""
    """For `hidden_order`."""
    seconds: float = 0.05
    """For `slow`: before the answer. For `drip`: between two pieces."""
    size: int = 1
    """For `drip`: bytes of one piece."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", _OTHER_NAMES.get(str(self.kind), str(self.kind)))
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault {self.kind!r}; known: {', '.join(sorted(KINDS))}")
        if self.kind == "hidden_order" and not self.order_id:
            raise ValueError("hidden_order needs the order_id to hide")
        if self.nth < 1 or (self.times is not None and self.times < 1):
            raise ValueError("nth and times count from 1")


class Struck(tuple[Fault, ...]):
    """The faults that strike one call."""

    __slots__ = ()

    @property
    def instead(self) -> Response | None:
        """The answer that takes the place of Amazon's, if any; the call is then not worked on."""
        return next((_INSTEAD[fault.kind]() for fault in self if fault.kind in _INSTEAD), None)

    @property
    def hidden(self) -> frozenset[str]:
        """Order ids that this call must not show."""
        return frozenset(fault.order_id for fault in self if fault.kind == "hidden_order")

    @property
    def fate(self) -> str:
        """What becomes of the feed or report that this call creates; empty: what should."""
        return next((fault.kind for fault in self if fault.kind in _FATES), "")

    @property
    def repeats_page(self) -> bool:
        return any(fault.kind == "repeated_page" for fault in self)

    def damage(self, response: Response) -> None:
        """Damage an answer that was worked out."""
        for fault in self:
            match fault.kind:
                case "cut_json":
                    response.body = response.body[: len(response.body) // 2]
                case "cut_connection":
                    response.cut = True
                case "lost_answer":
                    response.reset = True
                case "slow":
                    response.delay = fault.seconds
                case "drip":
                    response.drip = (max(fault.size, 1), fault.seconds)


class Faults:
    """The plan of what goes wrong: `amazon.faults`."""

    def __init__(self) -> None:
        self._plan: list[tuple[Fault, list[int]]] = []

    def add(self, fault: Fault) -> Fault:
        """Plan a fault; its calls count from here."""
        self._plan.append((fault, [0]))
        return fault

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        self._plan.clear()

    def strike(self, operation: str, seller_id: str) -> Struck:
        """Count a call and say what strikes it."""
        return Struck(self._striking(operation, seller_id)) if self._plan else _NONE

    def _striking(self, operation: str, seller_id: str) -> Iterator[Fault]:
        for fault, count in self._plan:
            if fault.operation not in ("*", operation) or fault.seller_id not in ("", seller_id):
                continue
            count[0] += 1
            if count[0] >= fault.nth and (fault.times is None or count[0] < fault.nth + fault.times):
                yield fault


_NONE = Struck()
