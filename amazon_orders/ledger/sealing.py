"""Fernet tokens for a whole page of records: one cipher for all of them, which costs more to set up than to use."""

from __future__ import annotations

import os
import time
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from collections.abc import Iterable

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hmac import HMAC

_BLOCK = 16
_VERSION = b"\x80"
_PADDING = [bytes([size]) * size for size in range(_BLOCK + 1)]


def tokens(key: str, records: Iterable[bytes]) -> list[bytes]:
    """One token for each record, such as `cryptography.fernet.Fernet(key).encrypt` makes.

    The format: https://github.com/fernet/spec. Each initialization vector is a random block that was encrypted under
    the same key, which is how NIST SP 800-38A, appendix C, makes one that nobody can predict. In CBC that is what a
    random block in front of a record turns into, so one cipher serves record after record.
    """
    secret = urlsafe_b64decode(key)
    signer = HMAC(secret[:_BLOCK], SHA256())
    cipher = Cipher(AES(secret[_BLOCK:]), CBC(os.urandom(_BLOCK))).encryptor()
    head = _VERSION + int(time.time()).to_bytes(8, "big")
    made = []
    for record in records:
        padding = _PADDING[_BLOCK - len(record) % _BLOCK]
        signed = head + cipher.update(b"".join((os.urandom(_BLOCK), record, padding)))
        signature = signer.copy()
        signature.update(signed)
        text = b2a_base64(signed + signature.finalize(), newline=False)
        made.append(text.replace(b"+", b"-").replace(b"/", b"_"))
    return made
