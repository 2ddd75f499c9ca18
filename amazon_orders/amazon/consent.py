"""A seller's consent: the link to Amazon's page, and what comes back exchanged for a refresh token.

Source: the Selling Partner API guide, "Website authorization workflow".
"""

from __future__ import annotations

import re
from urllib.parse import urlencode, urlsplit

from ..errors import AmazonAuthError, ConfigError
from ..model import MARKETPLACES, TOKEN_ENDPOINT, Connection
from ..wire import LOOPBACK
from .auth import LwaCredentials, refusal, said
from .transport import Transport

_TOKEN = re.compile(r"[!-~]{1,2048}")


def consent_link(
    connection: Connection, application_id: str, redirect_uri: str, state: str, *, beta: bool = False
) -> str:
    """Where the seller grants the application access to all marketplaces of the region.

    `beta` is for an application that is still a draft. `ConfigError` where Amazon would refuse the link.
    """
    problems = {}
    if not application_id:
        problems["lwa.application_id"] = "is needed: the application's id, amzn1.sellerapps.app.…"
    parts = urlsplit(redirect_uri)
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if not secure or not parts.hostname or parts.fragment or "#" in redirect_uri:
        problems["redirect_uri"] = "must be an https address without #, one that is registered with the application"
    if problems:
        raise ConfigError(
            f"Connection {connection.name} cannot be authorised yet:", problems=problems, record=connection.name
        )
    host = MARKETPLACES[connection.marketplaces[0]].seller_central
    words = {"application_id": application_id, "state": state, "redirect_uri": redirect_uri}
    return f"https://{host}/apps/authorize/consent?{urlencode(words | ({'version': 'beta'} if beta else {}))}"


def refresh_token_for(
    connection: Connection, credentials: LwaCredentials, code: str, redirect_uri: str, *, transport: Transport
) -> str:
    """The refresh token for a code, which is good for five minutes and once. `AmazonAuthError` where it is not."""
    answer = transport.send(
        "POST",
        connection.token_endpoint or TOKEN_ENDPOINT,
        operation="code exchange",
        headers={"content-type": "application/x-www-form-urlencoded;charset=UTF-8"},
        form={
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": credentials.client_id,
            "client_secret": credentials.client_secret,
        },
        repeatable=False,  # a code counts once: after a lost answer it is used up
    )
    word, body = said(answer)
    token = body.get("refresh_token")
    if answer.status == 200 and isinstance(token, str) and _TOKEN.fullmatch(token):
        return token
    if word == "invalid_grant":
        raise AmazonAuthError(
            f"Amazon does not take the code for connection {connection.name}: it is good for five minutes, once, and "
            "only with the address it was made for. Begin again: "
            f"amazon-orders connection authorise {connection.name}.",
            status=answer.status,
            code=word,
            request_id=answer.request_id,
            record=connection.name,
        )
    raise refusal(connection.name, answer, word, body)
