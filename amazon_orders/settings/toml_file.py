"""Reading the config file: what stands in the way is said in words, with the line, and without its secrets."""

from __future__ import annotations

import errno
import re
import tomllib
from pathlib import Path
from typing import Any

from ..errors import ConfigError

_WORDS = {
    errno.ENOENT: "it does not exist",
    errno.EACCES: "access is denied to the user who runs this",
    errno.EPERM: "access is denied to the user who runs this",
    errno.EISDIR: "it is a folder, not a file",
    errno.ENOTDIR: "a part of its path is a file, not a folder",
    errno.EROFS: "it lies on a disk that cannot be written to",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EMFILE: "too many files are open",
    errno.ENAMETOOLONG: "its name is too long",
    errno.EADDRINUSE: "another program is using it",
}
_AT = re.compile(r"\(at line (\d+), column \d+\)")
_KEY = re.compile(r"\A\s*[\w.\"'-]+\s*=\s*")
_MEANT_AS_TEXT = re.compile(r"(?!(?:true|false|inf|nan)\b)[A-Za-z_./~]")


def in_words(error: OSError | UnicodeDecodeError) -> str:
    """Why a file or a port cannot be used, as half a sentence."""
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8 text"
    known = _WORDS.get(error.errno or 0)
    return known or (error.strerror or type(error).__name__).lower()


def read_toml(file: Path) -> dict[str, Any]:
    """The tables of a TOML file, or a `ConfigError` that says what to do."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(
            f"There is no config file {file}. Make one with `amazon-orders init`, or name it with --config.",
            record=str(file),
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"The config file {file} cannot be read: {in_words(error)}.", record=str(file)) from error
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(
            f"The config file {file} is not valid TOML: {error}.{_place(text, str(error))}", record=str(file)
        ) from None  # the error holds the whole text


def _place(text: str, said: str) -> str:
    """The line that is meant, and what is probably wrong with it; empty where the file as a whole is unfinished."""
    lines = text.splitlines()
    at = _AT.search(said)
    if at is None or not 0 < int(at[1]) <= len(lines):
        return " Something that was opened is never closed: look for a missing quote or bracket." if lines else ""
    line = lines[int(at[1]) - 1]
    hint = _hint(line, said)
    return f"\n  line {at[1]}: {_masked(line)}" + (f"\n  {hint}" if hint else "")


def _masked(line: str) -> str:
    """The line with its quotes and brackets, and nothing of its value: that may be a secret."""
    key = _KEY.match(line)
    if key is None and line.lstrip().startswith("[") and "=" not in line:
        return line
    begin = key.end() if key else 0
    return line[:begin] + re.sub(r"[^\s=\"'\[\]{},#\\]+", "…", line[begin:])


def _hint(line: str, said: str) -> str:
    key = _KEY.match(line)
    if key is None:
        return "A bracket is missing: a table is written [name]." if line.strip().startswith("[") else ""
    value = line[key.end() :]
    before_comment = value.partition("#")[0]
    if '"' not in before_comment and "'" not in before_comment:
        value = before_comment
    if "\\" in value and "quote" not in said and ("escape" in said.lower() or "\\" in said or "hex" in said.lower()):
        return r"In double quotes a backslash begins a code: write / or put the text in single quotes, 'C:\shop.db'."
    if value.count('"') % 2 or value.count("'") % 2:
        return "A quote is missing: text begins and ends with one."
    if not value.strip():
        return "The value is missing."
    if _MEANT_AS_TEXT.match(value):
        return f'Text stands in quotes: {key[0].strip()} "…"'
    return ""
