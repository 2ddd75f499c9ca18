"""Authorising a connection: the seller's consent by a link, and the code that comes back."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ..errors import ConfigError
from ..model import Connection
from ..model.report import iso

if TYPE_CHECKING:
    from .app import App

STATE_LIFE = timedelta(minutes=10)
"""How long a seller may take. The code itself is good for five minutes."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentLink:
    """Where a seller grants access, and what to look for when they come back."""

    url: str
    state: str = field(repr=False)
    redirect_uri: str
    expires_at: datetime

    def as_dict(self) -> dict[str, Any]:
        """JSON shape."""
        return {
            "url": self.url,
            "state": self.state,
            "redirect_uri": self.redirect_uri,
            "expires_at": iso(self.expires_at),
        }


def begin(app: App, connection: Connection, redirect_uri: str, *, beta: bool) -> ConsentLink:
    """A link for one seller, good for ten minutes and once."""
    from ..amazon import consent_link

    redirect_uri = redirect_uri or app.config.redirect_uri
    if not redirect_uri:
        raise ConfigError(
            f"Connection {connection.name} cannot be authorised yet:",
            problems={"redirect_uri": "give --redirect-uri, or set `[lwa] redirect_uri`, as registered at Amazon"},
            record=connection.name,
        )
    state = secrets.token_urlsafe(32)
    url = consent_link(connection, app.config.application_id, redirect_uri, state, beta=beta)
    now = app.now()
    until = now + STATE_LIFE
    app.ledger.authorisations.expect(state, connection.name, redirect_uri, now=now, until=until)
    return ConsentLink(url=url, state=state, redirect_uri=redirect_uri, expires_at=until)


def finish(app: App, connection: Connection, code: str, state: str, seller_id: str) -> str:
    """The refresh token. The state is checked, and used up, before Amazon is asked."""
    from ..amazon import refresh_token_for

    redirect_uri = app.ledger.authorisations.take(state, connection.name, app.now())
    if redirect_uri is None:
        raise ConfigError(
            f"This is no answer to a question of connection {connection.name}, so the code was not used.",
            problems={"state": "is unknown, was used before, or is older than ten minutes; begin again without --code"},
            record=connection.name,
        )
    if seller_id and seller_id != connection.seller_id:
        raise ConfigError(
            f"Another seller than that of connection {connection.name} gave the consent, so the code was not used.",
            problems={"selling_partner_id": f"the connection's seller is {connection.seller_id}"},
            record=connection.name,
        )
    return refresh_token_for(connection, app.credentials(), code, redirect_uri, transport=app.transport)
