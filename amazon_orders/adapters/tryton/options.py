"""What the configuration may say about a Tryton shop."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ...errors import ConfigError

_TEXTS = (
    "url",
    "database",
    "config_file",
    "user",
    "password",
    "password_file",
    "web_shop",
    "warehouse",
    "carrier",
    "shipping_product",
    "fee_product",
    "reservation_location",
    "invoice_method",
)
_NUMBERS = ("timeout", "rounding")
_TWO = "and password are two; keep one"
_NONE = "is missing: set password_file, or password = 'env:TRYTON_PASSWORD'"
INVOICE_METHODS = ("manual", "order", "fulfillment")


@dataclass(frozen=True, kw_only=True, slots=True)
class Options:
    """The store's options; what is empty was not said."""

    url: str = ""
    """Of Tryton's XML-RPC, with the database and `/rpc/`, without user and password."""
    database: str = ""
    """Name of a database that this process opens by itself, in place of `url`."""
    config_file: str = ""
    """Tryton's own configuration, beside `database`."""
    user: str = ""
    """Tryton's login."""
    password: str = field(default="", repr=False)
    web_shop: str = ""
    warehouse: str = ""
    carrier: str = ""
    """Name of the party of the carrier that new orders get."""
    shipping_product: str = ""
    """Code of the service that the buyer's shipping is sold as."""
    fee_product: str = ""
    """Code of the service for gift wrap and other fees; else the shipping product."""
    reservation_location: str = ""
    """Code or name of the storage location that holds what unpaid orders reserve; without it nothing is reserved."""
    invoice_method: str = ""
    timeout: float = 60.0
    """Seconds for one call, from connecting to the last byte of the answer."""
    rounding: Decimal | None = None
    """What Tryton's total may miss Amazon's by, in the order's currency; `None`: as `drafts.tolerance` has it."""

    @classmethod
    def read(cls, config: Mapping[str, Any]) -> Options:
        """The options of a configuration; `ConfigError` names every wrong one."""
        known = (*_TEXTS, *_NUMBERS)
        problems = {
            key: f"is no option of the tryton store; it has {', '.join(known)}" for key in config if key not in known
        }
        texts: dict[str, Any] = {}
        for key in _TEXTS:
            value = config.get(key, "")
            if isinstance(value, str):
                texts[key] = value if key == "password" else value.strip()
            else:
                problems[key] = "has to be text"
        if not problems:
            _check_way(texts, problems)
            _check_password(texts, problems)
        if texts.get("invoice_method") and texts["invoice_method"] not in INVOICE_METHODS:
            problems["invoice_method"] = f"has to be one of {', '.join(INVOICE_METHODS)}"
        timeout = _number(config, "timeout", "60", problems, least=Decimal("0.1"), most=Decimal(600))
        rounding = None
        if "rounding" in config:
            rounding = _number(config, "rounding", "0", problems, least=Decimal(0), most=Decimal(1))
        if problems:
            raise ConfigError("The tryton store's options are wrong.", problems=problems)
        texts.pop("password_file")
        return cls(timeout=float(timeout), rounding=rounding, **texts)


def _check_way(texts: dict[str, Any], problems: dict[str, str]) -> None:
    """Over the network by `url`, or in this process by `database`."""
    if bool(texts["url"]) == bool(texts["database"]):
        problems["url"] = "is the address of Tryton's XML-RPC, such as https://tryton.example.com/shop/rpc/"
        if texts["url"]:
            problems["url"] = "and database are two ways to one Tryton; keep url, database is for tests"
        return
    if not texts["url"]:
        texts["user"] = texts["user"] or "admin"
        return
    try:
        parts = urlsplit(texts["url"])
        host, user, secret, _ = parts.hostname, parts.username, parts.password, parts.port
    except ValueError:
        problems["url"] = "is no address; it looks like https://tryton.example.com/shop/rpc/"
        return
    if secret is not None:
        # The url itself is not told: the password stands in it.
        problems["url"] = "holds a password, and addresses are logged; write it as password_file or env:NAME"
    elif parts.scheme not in ("http", "https") or not host:
        problems["url"] = "has to begin with http:// or https:// and a host"
    elif len(path := parts.path.strip("/").split("/")) != 2 or path[1] != "rpc":
        problems["url"] = "has to end with the database and /rpc/, such as https://tryton.example.com/shop/rpc/"
    if user and texts["user"] and user != texts["user"]:
        problems["user"] = "is another one than that in url; write it once"
    texts["user"] = texts["user"] or user or ""
    if not texts["user"]:
        problems.setdefault("user", "is Tryton's login of the library's own user")
    if not problems:
        where = f"[{host}]" if ":" in str(host) else host
        port = f":{parts.port}" if parts.port else ""
        texts["url"] = f"{parts.scheme}://{where}{port}/{path[0]}/rpc/"


def _check_password(texts: dict[str, Any], problems: dict[str, str]) -> None:
    if texts["password"] and texts["password_file"]:
        problems["password_file"] = _TWO
        return
    if texts["password_file"]:
        try:
            texts["password"] = Path(texts["password_file"]).read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeDecodeError) as error:
            problems["password_file"] = f"cannot be read ({type(error).__name__}); name a file that holds the password"
            return
    if texts["url"] and not texts["password"]:
        problems["password"] = _NONE


def _number(
    config: Mapping[str, Any], key: str, default: str, problems: dict[str, str], *, least: Decimal, most: Decimal
) -> Decimal:
    value = config.get(key, default)
    try:
        number = Decimal(str(value))
        if isinstance(value, bool) or not number.is_finite() or not least <= number <= most:
            raise ValueError
    except (InvalidOperation, ValueError):
        problems[key] = f"has to be a number from {least} to {most}"
        return least
    return number
