"""What every schema has in common: how a checked object becomes a value, and how objects lie in each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, cast

from marshmallow import EXCLUDE, Schema, fields, post_load

from .fields import MESSAGES

_OBJECT = MESSAGES | {"type": "must be an object"}
_LIST = MESSAGES | {"invalid": "must be a list"}


class Record(Schema):
    """An object of Amazon's. Unknown fields are no error, since Amazon adds some every month."""

    class Meta:
        """marshmallow's options."""

        unknown = EXCLUDE

    error_messages = {"type": "must be an object"}  # noqa: RUF012 - marshmallow's own way

    make: ClassVar[Callable[..., Any]]
    """Takes the value of each field, in the order of the fields, and gives what the object stands for."""
    absent: ClassVar[Any] = None
    """What an object stands for that is not there: a constant that its `repr` tells whole."""

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        fields_of = cast("dict[str, Any]", self.load_fields)
        found = [(data.get(key), field) for key, field in fields_of.items()]
        return type(self).make(*[field.absent if value is None else value for value, field in found])


class Part(fields.Nested):
    """An object inside an object."""

    def __init__(self, inside: type[Record], *, required: bool = False) -> None:
        super().__init__(inside, required=required, allow_none=not required, error_messages=_OBJECT)
        self.absent = inside.absent


class Parts(fields.List[Any]):
    """A list of objects or leaves; a tuple once it is checked."""

    absent = ()

    def __init__(self, inside: Any, *, required: bool = False) -> None:
        super().__init__(
            Part(inside, required=True) if isinstance(inside, type) else inside,
            required=required,
            allow_none=not required,
            error_messages=_LIST,
        )

    def _deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:
        return tuple(super()._deserialize(value, *args, **kwargs))
