"""The tokens of a page are Fernet's own, each unlike any other."""

from __future__ import annotations

import time

import pytest
from cryptography.fernet import Fernet, InvalidToken

from amazon_orders.ledger.sealing import tokens
from amazon_orders.ledger.vault import Vault

from .made import KEY, OTHER_KEY

RECORDS = [b"x" * size for size in (0, 1, 15, 16, 17, 31, 32, 1000)]


def test_fernet_opens_every_token_with_the_key_and_no_other() -> None:
    made = tokens(KEY, RECORDS)
    assert [Fernet(KEY).decrypt(token) for token in made] == RECORDS
    for token in made:
        with pytest.raises(InvalidToken):
            Fernet(OTHER_KEY).decrypt(token)


def test_a_token_tells_when_it_was_made_and_not_more_than_fernets_own_would() -> None:
    made = tokens(KEY, RECORDS)
    assert all(abs(Fernet(KEY).extract_timestamp(token) - time.time()) < 60 for token in made)
    assert [len(token) for token in made] == [len(Fernet(KEY).encrypt(record)) for record in RECORDS]


def test_the_same_record_never_gives_the_same_block_twice() -> None:
    made = tokens(KEY, [b"the same record, again and again"] * 500)
    bodies = [Fernet(KEY).decrypt(token) and token[12:-44] for token in made]
    assert len(set(bodies)) == len(bodies)
    assert len({body[:20] for body in bodies}) == len(bodies), "initialization vectors repeat"


def test_a_changed_token_is_not_opened() -> None:
    token = bytearray(tokens(KEY, [b"some record"])[0])
    token[30] = ord("A") if token[30] != ord("A") else ord("B")
    with pytest.raises(InvalidToken):
        Fernet(KEY).decrypt(bytes(token))


def test_a_vault_seals_many_as_it_seals_one() -> None:
    vault = Vault(f"{KEY},{OTHER_KEY}")
    assert [vault.open(token, "r") for token in vault.seal_all(RECORDS)] == RECORDS
    assert vault.open(vault.seal(b"one"), "r") == b"one"
    assert vault.seal_all([]) == []
