"""The package that `new-adapter` writes: files from the template, its questions from the hooks' own specifications."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from .. import __version__
from ..errors import ConfigError
from ..hooks.loading import ADAPTERS
from ..hooks.specs import REQUIRED, SPECS
from .writing import as_config_error, undone_on_error

PREFIX = "amazon-orders-"
"""What comes before the adapter's name in the name of its package: `shopify` alone would be the shop's own client."""

_WIDTH = 100
_ENTRY = re.compile(r"    \w+: ")


@dataclass(frozen=True)
class AdapterPackage:
    """What is called how."""

    name: str
    """As `adapter = "…"` in a config file says."""

    @property
    def distribution(self) -> str:
        """As `pip install` says."""
        return PREFIX + self.name

    @property
    def module(self) -> str:
        """As `import` says."""
        return self.distribution.replace("-", "_")


def write_package(package: AdapterPackage, folder: Path) -> list[Path]:
    """Write the package into a new or empty folder; the files, in the order of their names.

    `ConfigError` where the name is taken or the folder has files. Nothing that is there is touched, and if something
    fails half-way, what was made is taken away again.
    """
    _name_is_free(package)
    texts = dict(_rendered(package))
    with as_config_error(folder), undone_on_error() as made:
        if folder.is_dir() and any(path.name != ".git" for path in folder.iterdir()):
            raise ConfigError(
                "Nothing was touched: this folder has files.",
                problems={str(folder): "name a new folder with --dir, or empty this one"},
                record=str(folder),
            )
        for name in sorted(texts):
            _make_folders((folder / name).parent, made)
            with (folder / name).open("x", encoding="utf-8") as file:
                made.append(folder / name)
                file.write(texts[name])
    return [path for path in made if path.is_file()]


def _name_is_free(package: AdapterPackage) -> None:
    """The same package again is no clash: whoever installs it replaces the first."""
    for entry in entry_points(group=ADAPTERS, name=package.name):
        home = entry.dist.name if entry.dist else entry.value
        if home.replace("_", "-").lower() != package.distribution:
            raise ConfigError(
                f"There is an adapter {package.name!r} already, in {home}.",
                problems={
                    "NAME": "choose another, such as the shop's name: a config file could not tell the two apart"
                },
                record=package.name,
            )


def _rendered(package: AdapterPackage) -> Iterator[tuple[str, str]]:
    """Path in the package -> text, of every file of the template."""
    words = {
        "name": package.name,
        "distribution": package.distribution,
        "module": package.module,
        "version": __version__,
        "questions": "".join(_question(name) for name in SPECS if name in REQUIRED),
        "optional": _optional(),
    }
    for path, file in _template_files(files(__package__) / "adapter_template"):
        text = Template(file.read_text(encoding="utf-8")).substitute(words)
        yield re.sub(r"\Apackage/", f"{package.module}/", path.removesuffix(".txt")), text


def _template_files(folder: Traversable, path: str = "") -> Iterator[tuple[str, Traversable]]:
    for one in folder.iterdir():
        if one.is_dir():
            yield from _template_files(one, f"{path}{one.name}/")
        elif one.name.endswith(".txt"):
            yield path + one.name, one


def _question(name: str) -> str:
    """A required question as a method that is not written yet, with what its specification says."""
    signature = inspect.signature(SPECS[name])
    arguments = "".join(f", {one.name}: {one.annotation}" for one in signature.parameters.values())
    head = f"    def {name}(self{arguments}) -> {signature.return_annotation}:"
    if len(head) > _WIDTH:
        head = f"    def {name}(\n        self{arguments}\n    ) -> {signature.return_annotation}:"
    text = textwrap.indent("\n\n".join(_paragraphs(name)), " " * 8)
    return f'''
    @hookimpl
{head}
        """{text.lstrip()}
        """
        raise AdapterBug("is not written yet; its docstring in adapter.py says what is asked")
'''


def _doc(name: str) -> str:
    return inspect.getdoc(SPECS[name]) or ""


def _paragraphs(name: str) -> Iterator[str]:
    """The specification without its example, as wide as the template."""
    text, _, _ = _doc(name).partition("\n\nExample:")
    for paragraph in text.replace("Answered by: the store's adapter, required. ", "").split("\n\n"):
        title, *rest = paragraph.splitlines()
        if not title.endswith(":"):
            yield _filled(paragraph)
            continue
        entries: list[str] = []
        for line in rest:
            if _ENTRY.match(line) or not entries:
                entries.append(line)
            else:
                entries[-1] += " " + line.strip()
        named = title in ("Arguments:", "Raises:")
        yield "\n".join([title, *(_filled(one, " " * 4, " " * (8 if named else 4)) for one in entries)])


def _filled(text: str, first: str = "", others: str = "", width: int = _WIDTH - 8) -> str:
    return textwrap.fill(
        " ".join(text.split()), width, initial_indent=first, subsequent_indent=others,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _optional() -> str:
    """The optional questions as a comment, each with the sentence of its specification."""
    lines = ["Optional questions. Each is asked from the moment a method with its name is here, not before;"]
    lines.append("docs/hooks.md of amazon-order-sync has them in full, adapters/memory answers them all.")
    for name in SPECS:
        if name.startswith("store_") and name not in REQUIRED:
            sentence = _doc(name).partition("\n")[0]
            lines.append(_filled(f"{name}: {sentence[0].lower()}{sentence[1:]}", "- ", "  ", _WIDTH - 6))
    return textwrap.indent("\n".join(lines), "    # ")


def _make_folders(folder: Path, made: list[Path]) -> None:
    if not folder.is_dir():
        _make_folders(folder.parent, made)
        folder.mkdir()
        made.append(folder)
