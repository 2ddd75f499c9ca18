"""Amazon's own model files: where they lie, and how a document is checked against one."""

from __future__ import annotations

import json
import os
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

_BESIDE_THE_PROJECT = Path(__file__).parents[2] / "shared" / "spapi" / "models"


def models_dir() -> Path:
    """The folder of Amazon's model files, or a skip that says how to get them."""
    folder = Path(os.environ.get("AMAZON_MODELS") or _BESIDE_THE_PROJECT)
    if not (folder / "orders_2026-01-01.json").is_file():
        pytest.skip(f"Amazon's model files are not in {folder}; set AMAZON_MODELS to the folder that has them")
    return folder


def companion(name: str) -> Path:
    """A file that lies beside the folder of the models; skips where it is absent."""
    path = models_dir().parent / name
    if not path.is_file():
        pytest.skip(f"{name} is not beside Amazon's model files in {path.parent}")
    return path


def sandbox_cases(model: str) -> list[dict[str, Any]]:
    """Amazon's request and answer pairs of one model; skips where the file is absent."""
    cases = json.loads(companion("sandbox_cases.json").read_text(encoding="utf-8"))["cases"]
    return [case for case in cases if case["model"] == model]


@cache
def _model(name: str) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((models_dir() / f"{name}.json").read_text(encoding="utf-8"))
    return document


@cache
def _definitions(name: str) -> dict[str, Any]:
    # Swagger 2.0 allows what it does not name; here an unknown property is an error.
    definitions = json.loads(json.dumps(_model(name)["definitions"]))
    for definition in definitions.values():
        _close(definition)
    closed: dict[str, Any] = definitions
    return closed


def _close(schema: Any) -> None:
    if isinstance(schema, list):
        for part in schema:
            _close(part)
    if isinstance(schema, dict):
        for key in ("example", "examples", "x-docgen-enum-table-extension"):
            schema.pop(key, None)
        if "properties" in schema and "additionalProperties" not in schema:
            schema["additionalProperties"] = False
        for part in schema.values():
            _close(part)


def response_schema(model: str, path: str, status: int, method: str = "get") -> dict[str, Any]:
    """The schema of one answer, unknown properties forbidden."""
    response = _model(model)["paths"][path][method]["responses"][str(status)]
    return {"definitions": _definitions(model), **response["schema"]}


def response_headers(model: str, path: str, status: int, method: str = "get") -> set[str]:
    """The headers that the model names for one answer."""
    return set(_model(model)["paths"][path][method]["responses"][str(status)].get("headers", {}))


@cache
def _validator(model: str, path: str, status: int, method: str) -> jsonschema.Draft4Validator:
    formats = jsonschema.FormatChecker()
    formats.checks("date-time", raises=ValueError)(_is_time)
    return jsonschema.Draft4Validator(response_schema(model, path, status, method), format_checker=formats)


def _is_time(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


def complaints(document: Any, model: str, path: str, status: int, method: str = "get") -> list[str]:
    """What Amazon's model says against a document; empty when it fits."""
    return [
        f"{'/'.join(str(part) for part in error.absolute_path)}: {error.message}"
        for error in _validator(model, path, status, method).iter_errors(document)
    ]
