"""What one run of one connection works with: the connection, its store, its Amazon, the ledger, and the clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from ..amazon import DATA_SETS, AmazonClient, RawOrder
from ..errors import AdapterBug, StoreUnavailable
from ..hooks import Hooks
from ..ledger import Command, Ledger, Remembered
from ..model import Alias, Amounts, Cancel, Change, Connection, Decision, Match, Order, PlannedOrder, Product
from ..rules import PatternEngine
from .lease import Keeper

if TYPE_CHECKING:
    from .commanding import Desk

Event = tuple[str, tuple[object, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """What a person asked for about some orders."""

    ids: tuple[str, ...]
    fresh: bool = False
    """Read them from Amazon, whatever the ledger keeps."""
    ignore: str = ""
    """Why they are to be left alone from now on."""
    release: bool = False
    """Let the store ship them, although the buyer asked to cancel."""
    may_wait: bool = False
    """Leave those for which no call to Amazon is left to the next runs."""


@dataclass(kw_only=True)
class Work:
    """One run's surroundings. Nothing here outlives the run."""

    connection: Connection
    """Without its secret."""
    hooks: Hooks
    client: AmazonClient
    ledger: Ledger
    now: Callable[[], datetime]
    patterns: PatternEngine | None = None
    pause: Callable[[float], None] = time.sleep
    """How this run waits, for seconds."""
    waited: float = 0.0
    """Seconds, in all."""
    keeper: Keeper | None = None
    """`None` in a dry run, which holds nothing and writes nothing."""
    plan: list[PlannedOrder] | None = None
    """Filled in a dry run."""
    planned: set[tuple[str, bytes]] = field(default_factory=set)
    """Order and digest of what stands in the plan."""
    other_connections: frozenset[str] = frozenset()
    aliases: Mapping[str, Alias] = field(default_factory=dict)
    known_listings: dict[str, str] = field(default_factory=dict)
    """Seller SKU -> product, as this run has recorded it already."""
    catalogue: dict[str, list[Product]] = field(default_factory=dict)
    """What the store's catalogue has said already about values that many pages ask for; empty lists are answers too."""
    holds_stock: bool = False
    """Whether orders hold units of the store's stock; while none does, no page asks."""
    tax_seen: set[str] = field(default_factory=set)
    """Countries in which Amazon was seen to calculate tax for this connection."""

    desks: dict[str, Desk] = field(default_factory=dict)
    """What the store was asked already in this run about the way back, by flow."""
    foreseen: dict[str, list[Command]] = field(default_factory=dict)
    """Commands by order, as a real run would have written them by now; filled in a dry run."""
    at_once: bool = False
    """Whether a person waits for this run: then what is looked at again later is looked at now."""
    confirmed_drop: bool = False
    """Whether a person has confirmed that many products ran empty at once."""
    asked: Asked | None = None
    """What a person asked for about some orders; `None` in an ordinary run."""
    data_sets: tuple[str, ...] = DATA_SETS
    """What Amazon is asked to show of an order: all of it, but for what it refuses this connection."""
    on_trial: frozenset[str] = frozenset()
    """Of these, what it refused the last time."""
    looked_for_refusals: bool = False
    """Whether this run has tried which data sets it is that Amazon refuses."""
    read_anew: set[str] = field(default_factory=set)
    """Orders that were asked for by their ids, because no sweep over all orders has gone through lately."""
    is_silent: bool = False
    """Whether Amazon showed none of these."""
    leave_waiting: bool = False
    """Whether the store gave no answer to orders that were tried again: those still due then keep no new ones out."""
    bugs: list[AdapterBug] = field(default_factory=list)
    """How orders of this run failed by a fault of the adapter."""

    @property
    def included(self) -> frozenset[str]:
        """`data_sets`, as a record carries them."""
        return frozenset(self.data_sets)

    @property
    def dry(self) -> bool:
        """Whether this run only says what it would do."""
        return self.keeper is None

    def is_due(self, moment: datetime | None) -> bool:
        """Whether what is to be done at `moment`, or at any time, is to be done in this run."""
        return self.at_once or moment is None or moment <= self.now()

    def remember(self) -> None:
        """Load what pages need again and again: aliases, and where Amazon calculates tax."""
        self.aliases = self.ledger.listings.aliases(self.connection.name)
        self.holds_stock = self.ledger.reservations.any(self.connection.store)
        self.tax_seen = set(self.ledger.facts.tax_seen(self.connection.name))


@dataclass(kw_only=True, slots=True)
class Told:
    """One thing that the store is told of an order that it has."""

    decision: Cancel | Change
    key: str = ""
    number: int = 0
    done: bool | None = None
    """What the store said; `None`: it gave no answer, or was not asked."""
    said: str = ""
    """Why it refused, in its words."""
    echo: bool = False
    """Whether the store did it itself, so that it knows."""


@dataclass(kw_only=True, slots=True)
class Item:
    """One order of a page on its way through the run."""

    raw: RawOrder
    order: Order | None = None
    """`None` where the record cannot be read."""
    order_id: str = ""
    remembered: Remembered | None = None
    decision: Decision | None = None
    """`None` for an order that is in the store already and needs nothing."""
    error: Exception | None = None
    """Why the order failed this time; it is tried again by itself."""
    left: StoreUnavailable | None = None
    """Set: the store gave no answer to those before it, so this one was not asked for. The next run begins there."""
    store_ref: str = ""
    store_number: str = ""
    store_total: Decimal | None = None
    """What the store says that it recorded, where it says so."""
    unsure: bool = False
    """Whether the store may have been given an older record of it."""
    remark: tuple[str, str] | None = None
    """An inbox entry: reason, detail."""
    how: str = ""
    """How the order came into the store, for the trace: `placed`, `found`, `known`."""
    saw_tax: bool = False
    """Whether it shows that Amazon calculates tax in a country where that was not known."""
    found: tuple[Match, ...] = ()
    """Products of an order that is not decided by them, such as one that waits for payment."""
    solved: Amounts | None = None
    """For an order in the store: its amounts by data that Amazon did not show when it was placed."""
    told: list[Told] = field(default_factory=list)
    """For an order in the store: what it is told, in order."""

    @property
    def matches(self) -> tuple[Match, ...]:
        """The products of the order's lines, as far as they were found."""
        return getattr(self.decision, "matches", ()) or self.found

    @property
    def cancelled(self) -> bool:
        """Whether the store has cancelled the order just now."""
        return any(told.done and isinstance(told.decision, Cancel) for told in self.told)
