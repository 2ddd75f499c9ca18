"""Who bought, who gets it, and their tax numbers."""

from __future__ import annotations

from ...model import Address, TaxId
from .building import builder
from .fields import Text
from .record import Part, Parts, Record

_address = builder(Address)
_tax_id = builder(TaxId)


class BuyerRecord(Record):
    """Who bought."""

    buyerName = Text()
    buyerEmail = Text()
    buyerCompanyName = Text()
    buyerPurchaseOrderNumber = Text()

    absent = ("", "", "", "")

    @staticmethod
    def make(*parts: str) -> tuple[str, ...]:
        """Name, mail, company, purchase order. The tax numbers are elsewhere in Amazon's order."""
        return parts


class ExtendedRecord(Record):
    """Address fields of Brazil."""

    streetName = Text()
    streetNumber = Text()
    complement = Text()
    neighborhood = Text()

    absent = ()

    @staticmethod
    def make(street: str, number: str, complement: str, neighborhood: str) -> tuple[tuple[str, str], ...]:
        """Those that say something, by Amazon's name."""
        found = (
            ("streetName", street),
            ("streetNumber", number),
            ("complement", complement),
            ("neighborhood", neighborhood),
        )
        return tuple([pair for pair in found if pair[1]])


class AddressRecord(Record):
    """Where it goes."""

    name = Text()
    companyName = Text()
    addressLine1 = Text()
    addressLine2 = Text()
    addressLine3 = Text()
    city = Text()
    districtOrCounty = Text()
    stateOrRegion = Text()
    municipality = Text()
    postalCode = Text()
    countryCode = Text()
    phone = Text()
    addressType = Text()
    extendedFields = Part(ExtendedRecord)

    @staticmethod
    def make(
        name: str,
        company: str,
        line1: str,
        line2: str,
        line3: str,
        city: str,
        district: str,
        state: str,
        municipality: str,
        postal_code: str,
        country: str,
        phone: str,
        kind: str,
        extra: tuple[tuple[str, str], ...],
    ) -> Address | None:
        """An address with nothing in it is none."""
        parts = (company, line2, line3, city, district, state, municipality, postal_code, country, phone, kind, extra)
        if not (name or line1 or any(parts)):
            return None
        return _address(
            name=name,
            company=company,
            line1=line1,
            line2=line2,
            line3=line3,
            city=city,
            district=district,
            state=state,
            municipality=municipality,
            postal_code=postal_code,
            country=country,
            phone=phone,
            kind=kind,
            extra=extra,
        )


class RecipientRecord(Record):
    """Who gets it."""

    deliveryAddress = Part(AddressRecord)

    @staticmethod
    def make(address: Address | None) -> Address | None:
        """The rest of the recipient is of no use to a shop."""
        return address


class TaxRegistrationRecord(Record):
    """A tax number."""

    entityType = Text()
    legalName = Text()
    taxRegistrationType = Text()
    taxRegistrationNumber = Text()

    @staticmethod
    def make(holder: str, name: str, kind: str, number: str) -> TaxId:
        """As the model has it."""
        return _tax_id(holder=holder, kind=kind, number=number, name=name)


class OrderTaxRecord(Record):
    """Tax facts of the order."""

    taxRegistrations = Parts(TaxRegistrationRecord)

    absent = ()

    @staticmethod
    def make(registrations: tuple[TaxId, ...]) -> tuple[TaxId, ...]:
        """The tax numbers."""
        return registrations
