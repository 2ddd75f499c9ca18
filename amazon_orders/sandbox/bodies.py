"""The body of a request, read as strictly as its model words it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from amazon_orders.sandbox.messages import JSON, Refused, Request, errors, refused


def read_json(request: Request) -> dict[str, Any]:
    """The body as a JSON object; 415 for another content type, 400 for anything else."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != JSON:
        raise Refused(errors(415, "UnsupportedMediaType", "The content type of the request is not supported.", ""))
    try:
        document = json.loads(request.body)
    except ValueError:
        raise refused("Could not match input arguments") from None
    if not isinstance(document, dict):
        raise refused("Could not match input arguments")
    return document


def wrong_types(names: Iterable[str]) -> Refused:
    """Amazon's own sentence for a field of the wrong JSON type."""
    listed = ", ".join(names)
    return refused(f"The input you have submitted is not valid. Please check the fields with invalid type [{listed}].")


def check_fields(at: dict[str, Any], kinds: Mapping[str, type], required: Iterable[str], path: str = "") -> None:
    """Every field known and of its type, every required one there. `path` is put before the names."""
    for name, value in at.items():
        kind = kinds.get(name)
        if kind is None:
            raise refused(f"{path}{name} is not a field of this request.")
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise wrong_types([f"{path}{name}"])
    missing = [name for name in required if name not in at or at[name] in ("", [], {})]
    if missing:
        raise refused(f"Missing required field: {path}{missing[0]}.")
