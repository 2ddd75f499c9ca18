"""What the configuration says of the application: where sellers come back to, and how old the secret is."""

from __future__ import annotations

import tomllib
from datetime import date

import pytest

from amazon_orders.errors import ConfigError
from amazon_orders.settings import Config


@pytest.mark.parametrize("written", ["2026-11-01", '"2026-11-01"', "2026-11-01T10:00:00Z", '"2026-11-01T10:00:00Z"'])
def test_the_secrets_day_may_be_written_as_one_likes(written: str) -> None:
    data = tomllib.loads(f"[lwa]\nsecret_created_at = {written}")
    assert Config.from_mapping(data).secret_created_at == date(2026, 11, 1)


@pytest.mark.parametrize("written", ['"last spring"', "17", "true"])
def test_what_is_no_day_is_refused_by_its_path(written: str) -> None:
    with pytest.raises(ConfigError, match=r"lwa\.secret_created_at: not a day"):
        Config.from_mapping(tomllib.loads(f"[lwa]\nsecret_created_at = {written}"))


def test_both_may_be_left_out() -> None:
    config = Config.from_mapping({})
    assert (config.secret_created_at, config.redirect_uri) == (None, "")
