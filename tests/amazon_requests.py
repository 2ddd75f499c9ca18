"""Requests held to Amazon's own model files: path, parameters and body."""

from __future__ import annotations

import json
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import jsonschema

from tests.amazon_models import models_dir

MODELS = ("ordersV0", "feeds_2021-06-30", "listingsItems_2021-08-01", "reports_2021-06-30")


@cache
def model(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((models_dir() / f"{name}.json").read_text(encoding="utf-8"))
    return document


def operation(name: str) -> tuple[str, str, str, dict[str, Any]]:
    """Model, path, method and description of one of our operations."""
    for model_name in MODELS:
        for path, methods in model(model_name)["paths"].items():
            for method, row in methods.items():
                if isinstance(row, dict) and row.get("operationId") == name:
                    return model_name, path, method, row
    raise AssertionError(name)


def complaints(name: str, content: Any) -> list[str]:
    """What the model says against the body of a request."""
    model_name, _, _, row = operation(name)
    (schema,) = (one["schema"] for one in row["parameters"] if one.get("in") == "body")
    return against({"definitions": model(model_name)["definitions"], **schema}, content)


def against(schema: dict[str, Any], content: Any) -> list[str]:
    formats = jsonschema.FormatChecker()
    formats.checks("date-time", raises=ValueError)(
        lambda text: not isinstance(text, str) or datetime.fromisoformat(text).tzinfo is not None
    )
    return [error.message for error in jsonschema.Draft7Validator(schema, format_checker=formats).iter_errors(content)]


def checked(name: str, request: Any) -> dict[str, Any]:
    """A request that fits the model: its query and body."""
    _, path, method, row = operation(name)
    parts = urlsplit(request.url)
    assert request.method == method.upper()
    found, template = parts.path.split("/"), path.split("/")
    assert len(found) == len(template)
    assert all(one == two for one, two in zip(found, template, strict=True) if not two.startswith("{"))
    query = {key: value for key, (value,) in parse_qs(parts.query, keep_blank_values=True).items()}
    known = {one["name"]: one for one in row["parameters"] if one.get("in") == "query"}
    assert {key for key, one in known.items() if one.get("required")} <= set(query) <= set(known)
    for key, value in query.items():
        values = value.split(",") if known[key]["type"] == "array" else [value]
        assert len(values) <= known[key].get("maxItems", len(values))
        allowed = known[key].get("enum") or known[key].get("items", {}).get("enum")
        assert allowed is None or set(values) <= set(allowed)
        if known[key]["type"] == "integer":
            assert known[key].get("minimum", 0) <= int(value) <= known[key].get("maximum", 10**9)
    content = json.loads(request.body) if request.body else None
    if content is not None:
        assert complaints(name, content) == []
        assert request.headers["content-type"] == "application/json"
    return query | {"body": content, "path": [unquote(part) for part in found]}
