"""A fast loader made from a schema: straight-line Python for what is as it should be, and for nothing else.

It is generated from the fields of the very schema, calls the very checks of its leaves and the very `make` of its
records, and raises `Surprise` or `ValueError` at anything it does not expect. The caller then asks the schema, which is
the only source of errors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count
from typing import Any

from marshmallow import Schema

from .fields import Leaf, Money, money
from .record import Part, Parts, Record

Loader = Callable[[Any, set[str]], Any]
"""Takes the data and the set that the currencies go into."""


class Surprise(Exception):
    """The record is not plainly right; the schema has to say what it is."""


def compile_schema(schema: Schema) -> Loader:
    """A function that gives what `schema.load` gives, or raises `Surprise` or `ValueError`."""
    writer = _Writer()
    name = writer.loader(schema)
    source = "\n".join(writer.lines)
    # The source is made of names that this module numbers, of Amazon's names and of constants, and of `Leaf.plain`.
    exec(compile(source, "<compiled schema>", "exec"), writer.names)  # noqa: S102
    loader: Loader = writer.names[name]
    return loader


class _Writer:
    """Collects one function for each kind of object that comes in lists; other objects are written where they lie."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {"Surprise": Surprise, "money": money}
        self._loaders: dict[type, str] = {}
        self._number = count()

    def loader(self, schema: Schema) -> str:
        """The name of the function for such an object."""
        kind = type(schema)
        if kind not in self._loaders:
            name = self._loaders[kind] = self._name("load", None)
            body = list(self._object(schema, "d", "o", " "))
            self.lines += [f"def {name}(d, s):", *body, " return o"]
        return self._loaders[kind]

    def _name(self, what: str, value: Any) -> str:
        name = f"{what}_{next(self._number)}"
        self.names[name] = value
        return name

    def _object(self, schema: Schema, source: str, target: str, indent: str) -> Iterator[str]:
        """Lines that read the object in `source` and put what it stands for into `target`."""
        assert isinstance(schema, Record)  # noqa: S101 - every schema here is one
        get = f"g{next(self._number)}"
        yield f"{indent}if type({source}) is not dict: raise Surprise"
        yield f"{indent}{get} = {source}.get"
        values = []
        fields: dict[str, Any] = schema.load_fields
        for key, field in fields.items():
            value = f"a{next(self._number)}"
            values.append(value)
            yield f"{indent}v = {get}({key!r})"
            yield f"{indent}if v is None:"
            yield f"{indent} {'raise Surprise' if field.required else f'{value} = {field.absent!r}'}"
            yield from self._value(field, value, indent)
        yield f"{indent}{target} = {self._name('make', type(schema).make)}({', '.join(values)})"

    def _value(self, field: Any, target: str, indent: str) -> Iterator[str]:
        """What follows on `if v is None`: `target` from `v`."""
        if isinstance(field, Part):
            source = f"p{next(self._number)}"
            yield f"{indent}else:"
            yield f"{indent} {source} = v"
            yield from self._object(field.schema, source, target, indent + " ")
        elif isinstance(field, Parts):
            yield f"{indent}elif type(v) is list:"
            yield f"{indent} {target} = tuple([{self._element(field.inner)} for i in v])"
            yield f"{indent}else: raise Surprise"
        else:
            if field.plain:
                yield f"{indent}elif {field.plain}: {target} = v"
            yield f"{indent}else: {target} = {self._check(field, 'v')}"

    def _element(self, field: Any) -> str:
        return f"{self.loader(field.schema)}(i, s)" if isinstance(field, Part) else self._check(field, "i")

    def _check(self, field: Any, source: str) -> str:
        assert isinstance(field, Leaf)  # noqa: S101 - every field here is a leaf, a part or parts
        return (
            f"money({source}, s)" if isinstance(field, Money) else f"{self._name('check', type(field).check)}({source})"
        )
