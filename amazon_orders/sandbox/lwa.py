"""Login with Amazon: authorisations, refresh tokens, access tokens, and how it says no."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from urllib.parse import parse_qsl

from amazon_orders.sandbox.clock import Clock, to_ms
from amazon_orders.sandbox.messages import Request, Response, dump

PATH = "/auth/o2/token"
TOKEN_LIFE = 3600
CODE_LIFE = 300
SCOPES = frozenset({"sellingpartnerapi::notifications", "sellingpartnerapi::client_credential:rotation"})
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@dataclass(frozen=True, slots=True)
class Grant:
    """What an access token is good for."""

    seller_id: str
    """Empty for a grantless token."""
    scope: str
    expires_ms: int


@dataclass(frozen=True, slots=True)
class _Code:
    seller_id: str
    redirect_uri: str
    expires_ms: int


class Lwa:
    """The authorisation server. Nothing it holds appears in its `repr` or in the record of calls."""

    def __init__(self, clock: Clock, seed: int, client_id: str, client_secret: str) -> None:
        self.client_id = client_id
        self.client_secret = client_secret
        self._clock = clock
        self._seed = seed
        self._random = random.Random(f"{seed}:access tokens")
        self._refresh: dict[str, str] = {}
        self._codes: dict[str, _Code] = {}
        self._access: dict[str, Grant] = {}

    def authorise(self, seller_id: str, refresh_token: str | None) -> str:
        """Let the application act for a seller; returns the refresh token."""
        token = refresh_token or "Atzr|" + _letters(random.Random(f"{self._seed}:refresh token:{seller_id}"), 120)
        self._refresh[token] = seller_id
        return token

    def consent(self, seller_id: str, redirect_uri: str) -> str:
        """The code that a seller's consent page hands to `redirect_uri`; good for five minutes and once."""
        code = _letters(self._random, 20)
        self._codes[code] = _Code(seller_id, redirect_uri, self._now_ms() + CODE_LIFE * 1000)
        return code

    def revoke(self, seller_id: str) -> None:
        """The seller takes the authorisation back: refresh and access tokens are dead at once."""
        self._refresh = {token: owner for token, owner in self._refresh.items() if owner != seller_id}
        self._access = {token: grant for token, grant in self._access.items() if grant.seller_id != seller_id}

    def forget_access_tokens(self) -> None:
        """Every access token is dead, before its time; refresh tokens live on."""
        self._access.clear()

    def grant(self, access_token: str) -> Grant | None:
        """What an access token is good for, also after it expired; None for one that was never issued or is revoked."""
        return self._access.get(access_token)

    def answer(self, request: Request, request_id: str) -> Response:
        """`POST /auth/o2/token`."""
        response = self._decide(request)
        if response.status >= 400:
            response.body = dump({**json.loads(response.body), "request_id": request_id})
        return response

    def _decide(self, request: Request) -> Response:
        if request.method != "POST":
            return _refusal(405, "invalid_request", "The HTTP method is not supported")
        if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            return _refusal(400, "invalid_request", "The Content-Type is not supported by the authorization server")
        form = dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))
        missing = next((name for name in ("grant_type", "client_id", "client_secret") if not form.get(name)), None)
        if missing:
            return _missing(missing)
        if (form["client_id"], form["client_secret"]) != (self.client_id, self.client_secret):
            return _refusal(401, "invalid_client", "Client authentication failed")
        match form["grant_type"]:
            case "refresh_token":
                return self._by_refresh_token(form)
            case "authorization_code":
                return self._by_code(form)
            case "client_credentials":
                return self._by_scope(form)
        return _refusal(400, "unsupported_grant_type", "The authorization grant type is not supported")

    def _by_refresh_token(self, form: dict[str, str]) -> Response:
        if "scope" in form:
            return _refusal(400, "invalid_request", "refresh_token and scope exclude each other")
        token = form.get("refresh_token")
        if not token:
            return _missing("refresh_token")
        if token not in self._refresh:
            return _refusal(400, "invalid_grant", "The request has an invalid grant parameter : refresh_token")
        return self._issue(self._refresh[token], refresh_token=token)

    def _by_code(self, form: dict[str, str]) -> Response:
        missing = next((name for name in ("code", "redirect_uri") if not form.get(name)), None)
        if missing:
            return _missing(missing)
        code = self._codes.pop(form["code"], None)
        if code is None or code.expires_ms < self._now_ms() or code.redirect_uri != form["redirect_uri"]:
            return _refusal(400, "invalid_grant", "The request has an invalid grant parameter : code")
        known = next((token for token, owner in self._refresh.items() if owner == code.seller_id), None)
        return self._issue(code.seller_id, refresh_token=self.authorise(code.seller_id, known))

    def _by_scope(self, form: dict[str, str]) -> Response:
        scope = form.get("scope")
        if not scope:
            return _missing("scope")
        if scope not in SCOPES:
            return _refusal(400, "invalid_scope", "The request has an invalid scope")
        return self._issue("", scope=scope)

    def _issue(self, seller_id: str, *, refresh_token: str = "", scope: str = "") -> Response:
        token = "Atza|" + _letters(self._random, 160)
        self._access[token] = Grant(seller_id, scope, self._now_ms() + TOKEN_LIFE * 1000)
        body = {"access_token": token, "token_type": "bearer", "expires_in": TOKEN_LIFE}
        if refresh_token:
            body["refresh_token"] = refresh_token
        if scope:
            body["scope"] = scope
        return Response(200, dump(body), headers={"Cache-Control": "no-store", "Pragma": "no-cache"})

    def _now_ms(self) -> int:
        return to_ms(self._clock.now())


def _letters(source: random.Random, count: int) -> str:
    return "".join(source.choices(_LETTERS, k=count))


def _missing(name: str) -> Response:
    return _refusal(400, "invalid_request", f"The request is missing a required parameter : {name}")


def _refusal(status: int, error: str, description: str) -> Response:
    return Response(status, dump({"error": error, "error_description": description}))
