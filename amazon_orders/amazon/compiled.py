"""A fast loader made from a schema: straight-line Python for what is as it should be, and for nothing else.

It is generated from the fields of the very schema, calls the very checks of its leaves, and raises `Surprise` at
anything it does not expect. The caller then asks the schema, which is the only source of errors.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from marshmallow import Schema

from .fields import Leaf, Part, Parts

Loader = Callable[[Any], dict[str, Any]]


class Surprise(Exception):
    """The record is not plainly right; the schema has to say what it is."""


def compile_schema(schema: Schema) -> Loader:
    """A function that gives what `schema.load` gives, or raises `Surprise` or `ValueError`."""
    writer = _Writer()
    name = writer.loader(schema)
    # The source is made of names that this module numbers and of field names written with repr.
    exec(compile("\n".join(writer.lines), "<compiled schema>", "exec"), writer.names)  # noqa: S102
    loader: Loader = writer.names[name]
    return loader


class _Writer:
    """Collects one function for each kind of object."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"Surprise": Surprise}
        self._made: dict[type, str] = {}

    def loader(self, schema: Schema) -> str:
        kind = type(schema)
        if kind in self._made:
            return self._made[kind]
        name = self._made[kind] = f"load_{len(self._made)}"
        body: list[str] = []
        for key, field in schema.load_fields.items():
            body.extend(self._field(key, field))
        self.lines += [f"def {name}(d):", " if type(d) is not dict: raise Surprise", " g = d.get", " o = {}"]
        self.lines += [*body, " return o"]
        return name

    def _field(self, key: str, field: Any) -> list[str]:
        absent = [" else: raise Surprise"] if field.required else [f" elif {key!r} in d: o[{key!r}] = None"]
        return [
            f" v = g({key!r})",
            f" if v is not None: o[{key!r}] = {self._value(field, 'v')}",
            *absent,
        ]

    def _value(self, field: Any, variable: str) -> str:
        if isinstance(field, Part):
            return f"{self.loader(field.schema)}({variable})"
        if isinstance(field, Parts):
            inner = self._value(field.inner, "i")
            return f"[{inner} for i in {self._list()}({variable})]"
        if isinstance(field, Leaf):
            check = type(field).check
            name = f"check_{check.__name__}"
            self.names[name] = check
            return f"{name}({variable})"
        raise TypeError(f"no way to compile {type(field).__name__}")

    def _list(self) -> str:
        self.names["a_list"] = _a_list
        return "a_list"


def _a_list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise Surprise
    return value
