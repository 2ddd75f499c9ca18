"""Encryption of secrets and personal data with a key that is kept outside the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import LedgerError

if TYPE_CHECKING:
    from cryptography.fernet import Fernet, MultiFernet

_CHECK = b"amazon-orders ledger"


class Vault:
    """Seals and opens bytes. The first key seals, all of them open; without a key nothing is sealed.

    Tokens are Fernet's: AES-128-CBC with HMAC-SHA256 (https://github.com/fernet/spec). They are not compressed: that
    would take as long as the encryption itself, and sizes would tell about the content.
    """

    def __init__(self, key: bytes | str | None) -> None:
        keys = _fernets(_keys(key))
        self._newest = keys[0] if keys else None
        self._fernet = _all(keys) if keys else None
        self.problem = ""
        """Why nothing may be sealed or opened: the key is not the ledger's. One sentence."""

    @property
    def has_key(self) -> bool:
        """Whether a key was given."""
        return self._fernet is not None

    def new_check(self) -> str:
        """A value to keep in the ledger, by which a wrong key is noticed."""
        return self.seal(_CHECK).decode("ascii")

    def compare(self, check: str | None, place: str) -> None:
        """Set `problem` if `check`, the value kept in the ledger `place`, is not readable with this key."""
        if check is None:
            return
        if self._fernet is None:
            self.problem = (
                f"The ledger {place} was written with a key, and none was given. "
                "Set `[ledger] key_file` or AMAZON_ORDERS_KEY to that key."
            )
        elif self._opened(check.encode("ascii")) != _CHECK:
            self.problem = (
                f"The key is not the one that the ledger {place} was written with. "
                "Set `[ledger] key_file` or AMAZON_ORDERS_KEY to that key; several may be given, the newest first. "
                "Until then orders are listed, and no run begins. If it is lost for good: `keys restart`."
            )

    def check(self) -> None:
        """Raise `LedgerError` where the key is not the ledger's."""
        if self.problem:
            raise LedgerError(self.problem)

    def seal(self, data: bytes) -> bytes:
        """`data` as one token. Raises `LedgerError` without the right key."""
        return self.seal_all([data])[0]

    def seal_all(self, data: Sequence[bytes]) -> list[bytes]:
        """Each as one token. Raises `LedgerError` without the right key."""
        self.check()
        if self._fernet is None:
            raise LedgerError(
                "Without a key nothing secret is kept in the ledger. Set `[ledger] key_file` or AMAZON_ORDERS_KEY."
            )
        # One cipher for a whole page would save half of this; a format of our own making is not worth it.
        return [self._fernet.encrypt(each) for each in data]

    def open(self, token: bytes, record: str) -> bytes:
        """What `seal` got. Raises `LedgerError`; `record` names what it belongs to."""
        self.check()
        data = self._opened(token)
        if data is None:
            raise LedgerError(
                f"What the ledger keeps encrypted for {record} cannot be read: it was written with another key, "
                "or it is damaged. Add that key to the key file, or give the secret anew.",
                record=record,
            )
        return data

    def is_newest(self, token: bytes) -> bool:
        """Whether the first key sealed it."""
        return self._newest is not None and _decrypted(self._newest, token) is not None

    def renewed(self, token: bytes) -> bytes | None:
        """The same, sealed with the first key; `None` where no key opens it."""
        data = self._opened(token)
        return None if data is None else self.seal(data)

    def _opened(self, token: bytes) -> bytes | None:
        return None if self._fernet is None else _decrypted(self._fernet, token)


def _decrypted(fernet: Fernet | MultiFernet, token: bytes) -> bytes | None:
    from cryptography.fernet import InvalidToken

    try:
        return fernet.decrypt(token)
    except InvalidToken:
        return None


def _all(keys: list[Fernet]) -> MultiFernet:
    from cryptography.fernet import MultiFernet

    return MultiFernet(keys)


def _keys(key: bytes | str | None) -> list[str]:
    text = key.decode("ascii", "replace") if isinstance(key, bytes) else key or ""
    keys = text.replace(",", "\n").split()
    if not keys:
        if key is None:
            return []
        raise LedgerError("The key of the ledger is empty. Give a key, or none at all.")
    return keys


def _fernets(keys: Sequence[str]) -> list[Fernet]:
    if not keys:
        return []
    from cryptography.fernet import Fernet

    made = []
    for number, one in enumerate(keys, start=1):
        try:
            made.append(Fernet(one))
        except ValueError as error:
            raise LedgerError(
                f"Key {number} of the ledger is not a key: it must be 32 bytes in URL-safe base64, 44 characters. "
                "`amazon-orders init` makes one."
            ) from error
    return made
