"""The config file: where the ledger is, the application's Amazon credentials, and the stores by name."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from ..errors import ConfigError
from .examples import FILE_EXAMPLES
from .problems import Known, flattened, messages
from .toml_file import in_words, read_toml
from .values import from_environment, is_path_key, is_reference, ledger_url, relative_to

DEFAULT_FILE = "amazon-orders.toml"
FILE_VARIABLE = "AMAZON_ORDERS_CONFIG"
KEY_VARIABLE = "AMAZON_ORDERS_KEY"


class _Day(fields.Field[date]):
    """A day, as TOML writes it, or as ISO text."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        if isinstance(value, datetime):
            return value.date()
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value)[:10])
        except ValueError:
            raise ValidationError("not a day; write 2026-11-01") from None


class _Ledger(Schema):
    url = fields.String(
        load_default="sqlite:///amazon-orders.db", validate=validate.Length(min=1, error="must not be empty")
    )
    key_file = fields.String(load_default="")
    lease_seconds = fields.Float(
        load_default=60.0, validate=validate.Range(min=3, max=3600, error="must be from 3 to 3600 seconds")
    )


class _Lwa(Schema):
    client_id = fields.String(load_default="env:LWA_CLIENT_ID")
    client_secret = fields.String(load_default="env:LWA_CLIENT_SECRET")
    application_id = fields.String(load_default="")
    redirect_uri = fields.String(load_default="")
    secret_created_at = _Day(load_default=None, allow_none=True)


class _File(Schema):
    ledger = fields.Nested(_Ledger, load_default=dict)
    lwa = fields.Nested(_Lwa, load_default=dict)
    stores = fields.Dict(keys=fields.String(), values=fields.Dict(keys=fields.String()), load_default=dict)
    plugins = fields.List(fields.String(), load_default=list)


_KNOWN = Known({"": _File().fields, "ledger": _Ledger().fields, "lwa": _Lwa().fields}, FILE_EXAMPLES)


@dataclass(frozen=True, kw_only=True, slots=True)
class StoreConfig:
    """One `[stores.NAME]` table."""

    name: str
    adapter: str
    """Entry-point name of the adapter, or the path of its factory."""
    options: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The table without `adapter`; may hold secrets."""

    def resolved(self) -> dict[str, Any]:
        """The options with `env:NAME` values looked up: what the adapter's factory gets."""
        return {key: from_environment(value, f"stores.{self.name}.{key}") for key, value in self.options.items()}


@dataclass(frozen=True, kw_only=True, slots=True)
class Config:
    """A checked configuration. Values from the environment are looked up when they are used."""

    ledger_url: str = "sqlite:///amazon-orders.db"
    key_file: str = ""
    lease_seconds: float = 60.0
    client_id: str = "env:LWA_CLIENT_ID"
    client_secret: str = field(default="env:LWA_CLIENT_SECRET", repr=False)
    application_id: str = ""
    redirect_uri: str = ""
    """Where Amazon sends sellers who gave their consent; registered with the application."""
    secret_created_at: date | None = None
    """When the client secret was made. Amazon lets it expire 180 days later; `doctor` counts down."""
    stores: Mapping[str, StoreConfig] = field(default_factory=dict)
    plugins: Sequence[str] = ()
    """Entry-point names of refiners and listeners, loaded for every store."""
    source: str = ""
    """The file it came from, for messages."""

    @classmethod
    def from_file(cls, path: str | Path | None = None) -> Config:
        """Read a TOML file: `path`, else `AMAZON_ORDERS_CONFIG`, else `./amazon-orders.toml`."""
        file = Path(path or os.environ.get(FILE_VARIABLE) or DEFAULT_FILE)
        return cls.from_mapping(read_toml(file), folder=file.resolve().parent, source=str(file))

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any], *, folder: Path | None = None, source: str = "") -> Config:
        """Check a mapping of the file's shape. Relative paths are taken from `folder` (default: where we are)."""
        try:
            loaded = _File().load(dict(data))
        except ValidationError as error:
            raise _wrong(source, flattened(messages(error), _KNOWN)) from None
        folder = folder or Path.cwd()
        problems: dict[str, str] = {}
        stores = {}
        for name, table in loaded["stores"].items():
            options = dict(table)
            adapter = options.pop("adapter", None)
            if not isinstance(adapter, str) or not adapter:
                problems[f"stores.{name}.adapter"] = 'say which adapter, for example adapter = "sqlite"'
                continue
            for key, value in options.items():
                if is_path_key(key) and isinstance(value, str) and not is_reference(value):
                    options[key] = relative_to(folder, value)
            stores[name] = StoreConfig(name=name, adapter=adapter, options=options)
        if problems:
            raise _wrong(source, problems)
        ledger, lwa = loaded["ledger"] or _Ledger().load({}), loaded["lwa"] or _Lwa().load({})
        return cls(
            ledger_url=ledger["url"] if is_reference(ledger["url"]) else ledger_url(folder, ledger["url"]),
            key_file=relative_to(folder, ledger["key_file"]) if ledger["key_file"] else "",
            lease_seconds=ledger["lease_seconds"],
            client_id=lwa["client_id"],
            client_secret=lwa["client_secret"],
            application_id=lwa["application_id"],
            redirect_uri=lwa["redirect_uri"],
            secret_created_at=lwa["secret_created_at"],
            stores=stores,
            plugins=tuple(loaded["plugins"]),
            source=source,
        )

    def database_url(self) -> str:
        """The ledger's URL, looked up in the environment if it is a reference."""
        return str(from_environment(self.ledger_url, "ledger.url"))

    def key(self) -> str | None:
        """The encryption key or keys: `AMAZON_ORDERS_KEY`, else the key file; `None`: no personal data is kept.

        A key file that is named and missing is an error: going on without it would drop what it should protect.
        """
        if given := os.environ.get(KEY_VARIABLE):
            return given
        if not self.key_file:
            return None
        try:
            return Path(self.key_file).read_text(encoding="ascii").strip()
        except FileNotFoundError:
            raise ConfigError(
                "The key file is missing, so secrets and buyers' data in the ledger cannot be read.",
                problems={
                    "ledger.key_file": f"{self.key_file} does not exist; put it back from your backup, "
                    f"set {KEY_VARIABLE}, or remove this line to work without stored personal data"
                },
                record="ledger.key_file",
            ) from None
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(
                "The key file cannot be read.",
                problems={"ledger.key_file": f"{self.key_file}: {in_words(error)}"},
                record="ledger.key_file",
            ) from error

    def store(self, name: str) -> StoreConfig:
        """The store of that name; `ConfigError` naming the known ones."""
        if name not in self.stores:
            known = ", ".join(sorted(self.stores)) or "none is configured"
            raise ConfigError(
                f"There is no store {name!r} in the configuration.",
                problems={f"stores.{name}": f"add a table [stores.{name}]; known: {known}"},
                record=f"stores.{name}",
            )
        return self.stores[name]


def _wrong(source: str, problems: Mapping[str, str]) -> ConfigError:
    return ConfigError(f"The configuration{f' {source}' if source else ''} has errors:", problems=problems)
