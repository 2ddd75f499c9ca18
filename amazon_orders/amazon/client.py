"""The operations of the Selling Partner API that the library uses, for one connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from ..errors import ConfigError
from ..model import REGIONS, Confirm, Connection
from ..wire import LOOPBACK
from .auth import Authorisation, LwaCredentials
from .calls import Calls
from .feeds import Feeds
from .listings import Listings
from .parsing import members
from .query import DATA_SETS, OrderQuery, latest_bound
from .quotas import Buckets, Tokens, scope_of
from .records import OrderPage, RawOrder, raw_order
from .refusals import content, empty
from .reports import Reports
from .shipments import confirm_shipment
from .storage import Storage
from .transport import Transport

_ORDERS = "/orders/2026-01-01/orders"


@dataclass(frozen=True, kw_only=True, slots=True)
class Participation:
    """One marketplace of the seller's account."""

    marketplace_id: str
    country: str
    is_participating: bool
    has_suspended_listings: bool


class AmazonClient:
    """One connection's calls. Shares transport, buckets and tokens with every other."""

    def __init__(
        self,
        connection: Connection,
        credentials: LwaCredentials,
        *,
        transport: Transport,
        buckets: Buckets,
        tokens: Tokens,
        now: Callable[[], datetime],
    ) -> None:
        for address in (connection.endpoint, connection.token_endpoint):
            if address and urlsplit(address).hostname not in LOOPBACK:
                raise ConfigError(
                    f"Connection {connection.name} has an endpoint that is not on this machine.",
                    problems={"endpoint": "only a simulated Amazon on this machine may take Amazon's place"},
                    record=connection.name,
                )
        self._transport = transport
        self._auth = Authorisation(connection, credentials, transport=transport, tokens=tokens, now=now)
        self._calls = Calls(
            connection.name,
            endpoint=(connection.endpoint or REGIONS[connection.region].endpoint).rstrip("/"),
            scope=scope_of(credentials, connection.seller_id, connection.region),
            authorisation=self._auth,
            transport=transport,
            buckets=buckets,
        )
        storage = Storage(transport, on_this_machine=bool(connection.endpoint))
        self.feeds = Feeds(self._calls, storage)
        self.listings = Listings(self._calls, connection.seller_id)
        self.reports = Reports(self._calls, storage)

    @property
    def calls(self) -> dict[str, int]:
        """Calls that were sent, by operation, retries included."""
        return self._calls.made

    def before_write(self, check: Callable[[], object]) -> None:
        """Have `check` run just before each call that changes something at Amazon is sent: it stops it by raising."""
        self._calls.before_write = check

    @property
    def throttled(self) -> int:
        """How often a quota was used up."""
        return self._calls.throttled

    @property
    def authorisation_key(self) -> str:
        """Tells the connection's authorisation from every other, without telling the secret."""
        return self._auth.key

    def search_orders(self, query: OrderQuery, page_token: str | None = None) -> OrderPage:
        """One page of orders. Send a page's `next_token` with that page's `query`, which has the bounds that it had.

        An upper bound that Amazon does not allow yet is lowered, by Amazon's clock. Where nothing is left of the span
        then, the page is empty and Amazon is not asked.
        """
        query = query.bounded(self._transport.amazon_now_at_least())
        if query.empty:
            return OrderPage(b'{"orders":[]}', frozenset(query.data_sets), query=query)
        answer = self._calls.read("searchOrders", _ORDERS, query.parameters(page_token))
        return OrderPage(answer.body, frozenset(query.data_sets), answer.request_id, page_token or "", query)

    def amazon_now(self) -> datetime:
        """Amazon's clock, as far as its answers tell; ours before the first one."""
        return self._transport.amazon_now()

    def latest_bound(self) -> datetime:
        """The latest moment that a bound of a search may name now, by Amazon's clock as far as it is known."""
        return latest_bound(self._transport.amazon_now_at_least())

    def get_order(self, amazon_order_id: str, data_sets: tuple[str, ...] = DATA_SETS) -> RawOrder:
        """One order by its id. `AmazonRejected` with status 404 where Amazon does not know it."""
        path = f"{_ORDERS}/{quote(amazon_order_id, safe='')}"
        answer = self._calls.read("getOrder", path, {"includedData": ",".join(data_sets)})
        try:
            start, end = members(answer.body)[b"order"]
        except (KeyError, ValueError):
            raise empty("getOrder", answer) from None
        record = raw_order(answer.body[start:end], frozenset(data_sets))
        if record.data is None:
            raise empty("getOrder", answer)
        # What is broken in it may be its id. Whoever asked knows better.
        record.amazon_order_id = record.amazon_order_id or amazon_order_id
        return record

    def get_marketplace_participations(self) -> tuple[Participation, ...]:
        """The marketplaces of the account, and whether it sells there."""
        answer = self._calls.read("getMarketplaceParticipations", "/sellers/v1/marketplaceParticipations")
        payload = content(answer).get("payload")
        if not isinstance(payload, list):
            raise empty("getMarketplaceParticipations", answer)
        found = []
        for row in payload:
            marketplace = row.get("marketplace") if isinstance(row, dict) else None
            participation = row.get("participation") if isinstance(row, dict) else None
            if not isinstance(marketplace, dict) or not isinstance(participation, dict):
                raise empty("getMarketplaceParticipations", answer)
            found.append(
                Participation(
                    marketplace_id=str(marketplace.get("id", "")),
                    country=str(marketplace.get("countryCode", "")),
                    is_participating=participation.get("isParticipating") is True,
                    has_suspended_listings=participation.get("hasSuspendedListings") is True,
                )
            )
        return tuple(found)

    def confirm_shipment(
        self, confirm: Confirm, *, marketplace_id: str, package_reference_id: str, cod: bool = False
    ) -> None:
        """Tell Amazon of one package: `confirmShipment`. The same `package_reference_id` again edits that package.

        Returns when Amazon took it, which does not prove that it shows it. `AmazonRejected` where it refuses the
        package. `AmazonUnavailable` with `outcome_unknown` where it may have it all the same: it is never sent again
        by itself. `ValueError` for a package that no call can tell, as one without tracking. `cod`: the carrier takes
        the money at the door, which Amazon wants to know in Japan only.
        """
        confirm_shipment(
            self._calls, confirm, marketplace_id=marketplace_id, package_reference_id=package_reference_id, cod=cod
        )

    def renew_token(self) -> None:
        """Ask for a new access token at the next call, whatever is kept: shows whether the credentials still work."""
        self._auth.renew()

    def reserve(self, operation: str) -> bool:
        """Take a token now, in whatever transaction is open, for a call that comes next; `False` if none is free."""
        return self._calls.reserve(operation)

    def pay(self, operation: str) -> None:
        """Take a token for a call that comes next. `AmazonThrottled` says when one is there."""
        self._calls.pay(operation)

    def tokens_left(self, operation: str) -> float:
        """Tokens of the operation's bucket now."""
        return self._calls.tokens_left(operation)
