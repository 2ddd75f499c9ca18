"""The database that every test begins with: made once, in a process of its own, and kept between runs.

Tryton sets much in the process that imports it, and this takes half a minute, so tests copy a file instead.
`python -m tests.stores.tryton.template` makes it; with a FILE it fills one that has Tryton's tables.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

ROOT = str(Path(__file__).parents[3])
MODULE = "tests.stores.tryton.template"
MODULES = (
    "account_invoice",
    "carrier",
    "product_attribute",
    "sale",
    "sale_shipment_cost",
    "sale_stock_quantity",
    "stock",
    "stock_package_shipping",
    "web_shop",
)
COUNTRIES = {
    "DE": "Germany",
    "FR": "France",
    "GB": "United Kingdom",
    "US": "United States",
    "JP": "Japan",
    "AT": "Austria",
}
CURRENCIES = {"EUR": ("1", 2), "USD": ("1.10", 2), "JPY": ("160", 0), "GBP": ("0.85", 2)}
"""Code -> units for a euro, decimals."""
RATES = (19, 7, 0)
SHIPPING = "SHIPPING"
"""Code of the service that a buyer's shipping is sold as."""
RESERVED = "RES"
"""Code of the location for units of unpaid orders."""
PASSWORD = "canary-of-tryton"
"""Of the user `admin`; tests look whether it shows anywhere."""
NAME = "template"
TEXTS_AND_VIEWS = ("ir.", "ir_", "modelview.", "res")
"""How the names of caches begin of what no test changes. Half of the time of a test would go into reading it again."""
BUILD_SECONDS = 300.0


def template() -> Path:
    """The file. Processes that want it at the same time wait for the one that makes it."""
    made = _made()
    with _locked(made.with_name("tryton.lock")):
        if not made.exists():
            with tempfile.TemporaryDirectory(dir=made.parent, prefix="building-") as half:
                _make(Path(half))
                Path(half, f"{NAME}.sqlite").replace(made)
    return made


def begin() -> None:
    """Have it made beside the tests that do not want it. Whoever wants it waits; whatever fails is told there."""
    if not _made().exists():
        # A `Popen` would complain that nobody waits for it. An interrupted run leaves it to its end, for the next one.
        words = [sys.executable, "-m", MODULE]
        nowhere = [(os.POSIX_SPAWN_OPEN, end, os.devnull, os.O_RDWR, 0) for end in range(3)]
        os.posix_spawn(words[0], words, os.environ | {"PYTHONPATH": ROOT}, file_actions=nowhere, setpgroup=0)


def _made() -> Path:
    return _folder() / f"tryton-{_fingerprint()}.sqlite"


def environment(folder: Path) -> dict[str, str]:
    """What a process of Tryton's is started with: nothing of the developer's own, databases in `folder`."""
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "PYTHONPATH": ROOT,
        "HOME": str(folder),
        "LOGNAME": "tryton",  # asked for where the user has no name
        "TZ": "UTC",
        "TRYTOND_DATABASE__PATH": str(folder),
    }


def _folder() -> Path:
    """Where files are kept between runs; where that cannot be, a folder for this user in the temporary one."""
    home = os.environ.get("XDG_CACHE_HOME") or (Path(os.environ["HOME"], ".cache") if os.environ.get("HOME") else None)
    for place in (home, Path(tempfile.gettempdir(), f"cache-{os.geteuid()}")):
        if place is not None:
            folder = Path(place, "amazon-order-sync-tests")
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            except OSError:
                continue
            if os.access(folder, os.W_OK):
                return folder
    raise OSError("no folder to keep Tryton's database in: set XDG_CACHE_HOME to one that can be written to")


def _fingerprint() -> str:
    """Other packages, another recipe or another year make another file; fiscal years end."""
    versions = sorted(
        f"{each.name} {each.version}" for each in distributions() if each.name.startswith(("trytond", "proteus"))
    )
    recipe = "\n".join([*versions, sys.version, str(datetime.now(UTC).year), Path(__file__).read_text("utf-8")])
    return hashlib.sha256(recipe.encode()).hexdigest()[:16]


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def program(name: str) -> str:
    """One of Tryton's own programs, of the environment that runs the tests."""
    return str(Path(sys.executable).with_name(name))


def _make(folder: Path) -> None:
    """Tryton's own program makes the tables, and another process fills them."""
    file, password = folder / f"{NAME}.sqlite", folder / "password"
    file.touch()
    password.write_text(PASSWORD, "utf-8")
    deadline = time.monotonic() + BUILD_SECONDS
    for command in (
        [program("trytond-admin"), "-d", NAME, "-u", *MODULES, "--activate-dependencies", "--email", "admin@localhost"],
        [sys.executable, "-m", MODULE, str(file)],
    ):
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment(folder) | {"TRYTONPASSFILE": str(password), "DB_NAME": NAME},
            capture_output=True,
            text=True,
            timeout=max(1.0, deadline - time.monotonic()),
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"Tryton's database cannot be made:\n{done.stdout}{done.stderr}")
    with closing(sqlite3.connect(file)) as database:
        _drop_indexes(database)
        database.commit()
        database.execute("PRAGMA journal_mode = DELETE")  # all of it in the one file
        database.execute("VACUUM")


def fill(file: Path) -> None:
    """A seller in Germany who has sold nothing yet."""
    from proteus import config as proteus

    proteus.set_trytond()
    currencies = _currencies()
    company = _company(currencies["EUR"])
    _prefer(company)
    categories = _accounting(company)
    _trade(company, currencies, categories)
    with closing(sqlite3.connect(file)) as database:
        _let_caches_be_dropped(database)
        _let_in_quickly(database)
        database.commit()


def _prefer(company: Any) -> None:
    """The user works for the company from now on."""
    from proteus import Model
    from proteus import config as proteus

    config = proteus.get_config()
    config._context = Model.get("res.user").get_preferences(True, {})
    assert config.context["company"] == company.id


def _currencies() -> dict[str, Any]:
    from proteus import Model

    made = {}
    for code, (rate, digits) in CURRENCIES.items():
        made[code] = Model.get("currency.currency")(name=code, symbol=code, code=code, digits=digits)
        made[code].rounding = Decimal(1).scaleb(-digits)
        made[code].rates.new(date=date(2000, 1, 1), rate=Decimal(rate))
        made[code].save()
    return made


def _company(currency: Any) -> Any:
    from proteus import Model, Wizard

    party = Model.get("party.party")(name="The seller")
    party.save()
    wizard = Wizard("company.company.config")
    wizard.execute("company")
    wizard.form.party, wizard.form.currency = party, currency
    wizard.execute("add")
    (company,) = Model.get("company.company").find()
    return company


def _accounting(company: Any) -> dict[int, Any]:
    """A chart of accounts, fiscal years, and a category of products for each rate of tax."""
    from proteus import Model
    from trytond.modules.account.tests.tools import create_chart, get_accounts

    create_chart(company)
    accounts = get_accounts(company)
    this_year = datetime.now(UTC).year
    for year in sorted({2025, 2026, 2027, this_year - 1, this_year, this_year + 1}):
        _fiscal_year(company, year)
    categories = {}
    for rate in RATES:
        category = Model.get("product.category")(name=f"VAT {rate} %", accounting=True)
        category.account_expense, category.account_revenue = accounts["expense"], accounts["revenue"]
        tax = Model.get("account.tax")(name=f"VAT {rate} %", description=f"VAT {rate} %", type="percentage")
        tax.rate = Decimal(rate) / 100
        tax.invoice_account = tax.credit_note_account = accounts["tax"]
        tax.save()
        category.customer_taxes.append(tax)
        category.save()
        categories[rate] = category
    return categories


def _fiscal_year(company: Any, year: int) -> None:
    from proteus import Model

    def sequence(kind: str) -> Any:
        (found,) = Model.get("ir.sequence.type").find([("name", "=", kind)])
        made = Model.get("ir.sequence.strict")(name=f"{kind} {year}", sequence_type=found, company=company)
        made.save()
        return made

    made = Model.get("account.fiscalyear")(name=str(year), company=company)
    made.start_date, made.end_date = date(year, 1, 1), date(year, 12, 31)
    made.move_sequence = sequence("Account Move")
    (invoices,) = made.invoice_sequences
    invoices.out_invoice_sequence = invoices.in_invoice_sequence = sequence("Invoice")
    invoices.out_credit_note_sequence = invoices.in_credit_note_sequence = invoices.out_invoice_sequence
    made.save()
    made.click("create_period")


def _trade(company: Any, currencies: dict[str, Any], categories: dict[int, Any]) -> None:
    """All that a sale is made of, but for products and customers."""
    from proteus import Model

    for code, name in COUNTRIES.items():
        Model.get("country.country")(name=name, code=code).save()
    term = Model.get("account.invoice.payment_term")(name="Direct")
    term.lines.new(type="remainder")
    term.save()
    (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])
    service = Model.get("product.template")(name="Shipping", default_uom=unit, type="service", salable=True)
    service.list_price, service.account_category = Decimal("4.19"), categories[19]
    service.products[0].suffix_code, service.products[0].cost_price = SHIPPING, Decimal(1)
    service.save()
    party = Model.get("party.party")(name="DHL")
    party.save()
    Model.get("carrier")(party=party, carrier_product=service.products[0]).save()
    Model.get("stock.package.type")(name="Box").save()
    Model.get("stock.location")(name="Reserved for Amazon", code=RESERVED, type="storage").save()
    guest = Model.get("party.party")(name="Guest")
    guest.save()
    shop = Model.get("web.shop")(name="Amazon", company=company, currency=currencies["EUR"], guest_party=guest)
    shop.warehouses.append(Model.get("stock.location").find([("type", "=", "warehouse")])[0])
    shop.save()


def _let_caches_be_dropped(database: sqlite3.Connection) -> None:
    """A row for each cache of Tryton's; a running server that sees a newer one forgets what it knows."""
    from trytond.cache import Cache

    database.execute("DELETE FROM ir_cache")
    database.executemany(
        "INSERT INTO ir_cache (name, timestamp) VALUES (?, '2000-01-01 00:00:00')",
        [(name,) for name in sorted(Cache._instances) if not name.startswith(TEXTS_AND_VIEWS)],
    )


def _let_in_quickly(database: sqlite3.Connection) -> None:
    """A password that was reset is compared as it is. To hash one takes the server a tenth of a second each time."""
    database.execute(
        "UPDATE res_user SET password_hash = NULL, password_reset = ?, password_reset_expire = '2100-01-01 00:00:00' "
        "WHERE login = 'admin'",
        (PASSWORD,),
    )


def _drop_indexes(database: sqlite3.Connection) -> None:
    """They help to find one of very many records. Here they only make the schema longer, which each call reads."""
    named = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql NOT LIKE '%UNIQUE%'"
    for (name,) in database.execute(named).fetchall():
        database.execute(f'DROP INDEX "{name}"')


if __name__ == "__main__":
    if sys.argv[1:]:
        fill(Path(sys.argv[1]))
    else:
        template()
