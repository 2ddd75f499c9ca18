"""Amazon's addresses as Oscar keeps them."""

from __future__ import annotations

from typing import Any

from oscar.core.loading import get_model
from phonenumber_field.phonenumber import to_python

from ...errors import StoreRejected
from ...model import Address

LENGTH = 255


class Countries:
    """Countries that the shop was seen to have: an address needs one."""

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._seen: dict[str, Any] = {}

    def find(self, code: str) -> Any:
        """The country; `StoreRejected` where the shop does not have it."""
        if code not in self._seen:
            country = get_model("address", "Country")._default_manager.using(self._alias).filter(pk=code).first()
            if country is None:
                raise StoreRejected(
                    f"the shop has no country {code or 'without a code'!r}; add it, such as with manage.py "
                    "oscar_populate_countries"
                )
            self._seen[code] = country
        return self._seen[code]


def write(into: Any, address: Address, country: Any) -> None:
    """Put the address into a `ShippingAddress`; saving it is left to the caller."""
    lines = [line for line in (address.company, address.line1, address.line2, address.line3, address.district) if line]
    first, second, *rest = [*lines, "", ""]
    into.first_name, into.last_name = "", _cut(address.name)
    into.line1, into.line2, into.line3 = _cut(first), _cut(second), _cut(", ".join(line for line in rest if line))
    into.line4 = _cut(address.city or address.municipality)
    into.state = _cut(address.state)
    into.postcode = address.postal_code[:64]
    into.country = country
    phone = to_python(address.phone, region=address.country or None) if address.phone else None
    # A number that cannot be dialled is kept where people read it.
    into.phone_number, into.notes = (phone, "") if phone and phone.is_valid() else ("", address.phone)


def _cut(text: str) -> str:
    return text[:LENGTH]
