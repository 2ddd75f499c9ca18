"""A selling partner of the simulated Amazon: who it is, what it lets applications do, and what they did."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from amazon_orders.sandbox.confirmations import Confirmation, Confirmations
from amazon_orders.sandbox.projection import DIRECT_TO_CONSUMER, TAX_INVOICING
from amazon_orders.sandbox.verbs import Verbs

if TYPE_CHECKING:
    from amazon_orders.sandbox.simulation import SimulatedAmazon


class Seller(Verbs):
    """Made by `SimulatedAmazon.add_seller`."""

    def __init__(self, amazon: SimulatedAmazon, seller_id: str, region: str, marketplaces: Iterable[str]) -> None:
        super().__init__(amazon, seller_id, region, marketplaces)
        self.refresh_token = ""
        self.store_name = "Sandbox Store"
        self.roles: set[str] = {"Inventory and Order Tracking", DIRECT_TO_CONSUMER, TAX_INVOICING}
        """Of the application; they decide which personal data it gets. See `projection.ORDER_ROLES`."""
        self.fba_personal_data = False
        """Whether orders that Amazon ships show name, street and mail. Amazon's own example does; sellers see less."""
        self.lists_non_amazon = False
        """Whether participations also name the seller's marketplaces outside Amazon."""
        self.refuses: dict[str, int] = {}
        """Data set -> 400 or 403: a call that asks for it is refused, and only a 400 says why."""
        self.suspended: set[str] = set()
        """Ids of marketplaces where its listings are inactive."""
        self.last_page = b""
        self.confirm_delay = 0.0
        """Seconds until a confirmed package shows."""
        self.taken = Confirmations(self)

    def __repr__(self) -> str:
        return f"<Seller {self.seller_id} orders={len(self.shelf)}>"

    def revoke(self) -> None:
        """The seller takes the application's authorisation back."""
        self._amazon.lwa.revoke(self.seller_id)

    def consent(self, redirect_uri: str) -> str:
        """The seller consents on Amazon's page; returns the code that arrives at `redirect_uri`."""
        return self._amazon.lwa.consent(self.seller_id, redirect_uri)

    # Back doors: what the application did.

    def confirmations(self, order_id: str) -> list[Confirmation]:
        """Every shipment confirmation that Amazon took for an order, the first one first."""
        return self.taken.of(order_id)

    def ignore_confirmations(self, *order_ids: str) -> None:
        """Take confirmations of these orders, or of all, and do nothing: 204, and no package ever shows."""
        self.taken.ignored |= set(order_ids or ("*",))

    def heed_confirmations(self) -> None:
        """Ignore no confirmation any more; what was ignored stays so."""
        self.taken.ignored.clear()
