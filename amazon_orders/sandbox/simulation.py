"""The simulated Amazon itself: sellers, quotas, faults, and one answer for each request."""

from __future__ import annotations

import random
import re
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from amazon_orders.sandbox import documents, lwa, routes
from amazon_orders.sandbox.calls import CallMade, Calls
from amazon_orders.sandbox.clock import Clock, to_ms
from amazon_orders.sandbox.faults import Faults, Struck
from amazon_orders.sandbox.marketplaces import HOSTS, LWA_HOST
from amazon_orders.sandbox.messages import Refused, Request, Response, invalid_input, not_found, quota_exceeded
from amazon_orders.sandbox.messages import unauthorized as unauthorised
from amazon_orders.sandbox.orders_api import shown_by
from amazon_orders.sandbox.projection import DATA_SETS
from amazon_orders.sandbox.query import PageTokens
from amazon_orders.sandbox.quotas import Quotas
from amazon_orders.sandbox.seller import Seller

if TYPE_CHECKING:
    import requests
    from _typeshed.wsgi import WSGIApplication

CLIENT_ID = "amzn1.application-oa2-client.sandbox"
CLIENT_SECRET = "sandbox-secret"  # noqa: S105 - opens nothing but a simulation, and has to be known
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1", "[::1]"})
# `AppId/AppVersion (Language=…; …)`: a backslash escapes the character after it.
_USER_AGENT = re.compile(r"(?:[^\\/]|\\.)+/(?:[^\\(]|\\.)+\((?:.*;\s*)?Language=(?:[^\\);]|\\.)+.*\)")
_RATE_SHOWN = frozenset({200, 201, 202, 204, 400, 404})


class SimulatedAmazon:
    """One Amazon for all regions, in memory, deterministic from `seed`.

    `speed` multiplies the published rates; `None` or infinity switches throttling off. Reach it through `mount`
    (a `requests.Session`, in process), `serve` (HTTP on 127.0.0.1) or `wsgi`.
    """

    def __init__(
        self,
        seed: int = 42,
        clock: Clock | None = None,
        speed: float | None = 1.0,
        *,
        client_id: str = CLIENT_ID,
        client_secret: str = CLIENT_SECRET,
    ) -> None:
        self.seed = seed
        self.clock = clock or Clock()
        self.faults = Faults()
        self.calls = Calls()
        self.lwa = lwa.Lwa(self.clock, seed, client_id, client_secret)
        self.page_tokens = PageTokens(seed)
        self.documents = documents.Documents(self.clock, seed)
        self.page_limit: int | None = None
        """Ends every page after so many orders, although more were asked for; Amazon may do that."""
        self.sellers: dict[str, Seller] = {}
        self._quotas = Quotas(self.clock, routes.PLANS, speed)
        self._random = random.Random(f"{seed}:request ids")
        self._number = 0
        self.lock = threading.RLock()
        """Held while a request is answered and while orders change."""

    def __repr__(self) -> str:
        return f"<SimulatedAmazon seed={self.seed} sellers={sorted(self.sellers)}>"

    @property
    def client_id(self) -> str:
        return self.lwa.client_id

    @property
    def client_secret(self) -> str:
        return self.lwa.client_secret

    def add_seller(
        self,
        seller_id: str = "A1SANDBOXSELLER",
        region: str = "eu",
        marketplaces: Iterable[str] = ("DE", "FR"),
        refresh_token: str | None = None,
    ) -> Seller:
        """A seller that has authorised the application. Marketplaces are country codes or Amazon's ids."""
        if seller_id in self.sellers:
            raise ValueError(f"seller {seller_id} is here already")
        seller = Seller(self, seller_id, region, marketplaces)
        seller.refresh_token = self.lwa.authorise(seller_id, refresh_token)
        self.sellers[seller_id] = seller
        return seller

    def set_rate(self, operation: str, rate: float) -> None:
        """Change an operation's plan for every seller from now on; the next answers name the new rate."""
        with self.lock:
            self._quotas.set_rate(operation, rate)

    @property
    def throttles(self) -> bool:
        """Whether quotas are kept."""
        return self._quotas.kept

    def tokens_left(self, operation: str, seller_id: str) -> float:
        """Tokens in a seller's bucket now."""
        with self.lock:
            return self._quotas.left(operation, seller_id)

    def reset_calls(self) -> None:
        """Forget the calls made so far."""
        self.calls.clear()

    def next_number(self) -> int:
        """A number that nothing here has had before."""
        self._number += 1
        return self._number

    def warm(self, data_sets: Iterable[str] = DATA_SETS) -> None:
        """Serialise every order as these data sets show it, so that serving pages costs next to nothing.

        A seller with more orders than are kept serialised is left as it is.
        """
        now_ms = to_ms(self.clock.now())
        for seller in self.sellers.values():
            if not seller.shelf.keeps_serialised:
                continue
            shown = shown_by(seller, frozenset(data_sets), now_ms)
            for record in seller.shelf:
                shown(record)

    # The three doors.

    @property
    def wsgi(self) -> WSGIApplication:
        """A WSGI application of all regions and of Login with Amazon."""
        from amazon_orders.sandbox.wsgi import application

        return application(self.answer)

    def transport(self) -> requests.adapters.BaseAdapter:
        """An adapter for a `requests.Session`; nothing leaves the process."""
        from amazon_orders.sandbox.transport import InProcess

        return InProcess(self.answer)

    def mount(self, session: requests.Session) -> None:
        """Answer a session's requests to Amazon's hosts and to loopback in this process."""
        adapter = self.transport()
        for host in (*HOSTS, *documents.STORAGE.values(), LWA_HOST):
            session.mount(f"https://{host}", adapter)
        for prefix in ("http://127.0.0.1", "http://localhost"):
            session.mount(prefix, adapter)

    @contextmanager
    def serve(self, port: int = 0) -> Iterator[str]:
        """Serve over HTTP on 127.0.0.1 while the block runs; yields the URL. Port 0: any free one."""
        from amazon_orders.sandbox.server import running

        with running(self.answer, port) as url:
            yield url

    # One request.

    def answer(self, request: Request) -> Response:
        """Answer a request; damage by faults is marked on the response and done by the door."""
        with self.lock:
            return self._answer(request)

    def _answer(self, request: Request) -> Response:
        for seller in self.sellers.values():
            seller.settle()
        request_id = self._request_id()
        rate: str | None = None
        seller_id = ""
        params: dict[str, str]
        if request.path == lwa.PATH and (request.host == LWA_HOST or request.host in _LOOPBACK):
            operation = "token"
            params = {"grant_type": dict(parse_qsl(request.body.decode("utf-8", "replace"))).get("grant_type", "")}
            struck = self.faults.strike(operation, "")
            response = struck.instead or self.lwa.answer(request, request_id)
        elif documents.is_storage(request, _LOOPBACK):
            operation = "upload" if request.method == "PUT" else "download"
            params = {"documentId": documents.document_id(request)}
            struck = self.faults.strike(operation, "")
            response = struck.instead or self.documents.answer(request)
        else:
            found = routes.find(request)
            operation = found[0].name if found else request.path
            params = dict(parse_qsl(request.query, keep_blank_values=True)) | (found[1] if found else {})
            grant = self.lwa.grant(request.headers.get("x-amz-access-token", ""))
            seller_id = grant.seller_id if grant else ""
            struck = self.faults.strike(operation, seller_id)
            response = struck.instead or self._operate(request, found, grant, struck)
            rate = self._quotas.header(operation)
        struck.damage(response)
        response.headers["x-amzn-RequestId"] = request_id
        response.headers["Date"] = format_datetime(self.clock.now(), usegmt=True)
        if rate is not None and response.status in _RATE_SHOWN and not _is_html(response):
            response.headers["x-amzn-RateLimit-Limit"] = rate
        status = 0 if response.reset else response.status
        self.calls.append(CallMade(operation, params, seller_id, status, self.clock.now()))
        return response

    def _operate(
        self,
        request: Request,
        found: tuple[routes.Operation, dict[str, str]] | None,
        grant: lwa.Grant | None,
        struck: Struck,
    ) -> Response:
        try:
            self._check_user_agent(request)
            seller = self._authenticated(request, grant)
            if found is None:
                raise not_found()
            operation, path = found
            if not self._quotas.take(operation.name, seller.seller_id if seller else ""):
                return quota_exceeded()
            return operation.run(routes.Call(self, request, path, seller, struck))
        except Refused as refused:
            return refused.response

    def _check_user_agent(self, request: Request) -> None:
        agent = request.headers.get("user-agent", "")
        if len(agent) > 500 or not _USER_AGENT.fullmatch(agent):
            raise invalid_input("user-agent must be AppId/AppVersion (Language=...; ...), 500 characters at most.")

    def _authenticated(self, request: Request, grant: lwa.Grant | None) -> Seller | None:
        if not request.headers.get("x-amz-access-token"):
            raise unauthorised("Access token is missing in the request header.")
        if grant is None:
            raise unauthorised("The access token you provided is revoked, malformed or invalid.")
        if grant.expires_ms <= to_ms(self.clock.now()):
            raise unauthorised("The access token you provided has expired.")
        seller = self.sellers.get(grant.seller_id)
        if request.host not in HOSTS and request.host not in _LOOPBACK:
            raise unauthorised("This host serves no operation.")
        if seller is not None and HOSTS.get(request.host, seller.region) != seller.region:
            raise unauthorised("The selling partner has not authorised the application in this region.")
        return seller

    def _request_id(self) -> str:
        digits = f"{self._random.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def _is_html(response: Response) -> bool:
    return response.content_type.startswith("text/html")
