"""Finds the code in a page of the documentation and runs it as a reader would, top to bottom, in one fresh folder."""

from __future__ import annotations

import contextlib
import doctest
import io
import os
import re
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[2]
RUN = ("python", "console")
PROGRAMS = ("amazon-orders", "python", "cat", "ls", "mkdir", "cp", "sqlite3")
DOCTEST_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE

_FENCE = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,})(?P<language>[^\s`]*)(?P<rest>[^`]*)$")
_NOTE = re.compile(r"^\s*<!--\s*(?P<word>not run|exits|file)\b:?\s*(?P<value>.*?)\s*-->\s*$")


class PageError(AssertionError):
    """The page cannot be run as it is written; the text says where and why."""


@dataclass(frozen=True)
class Block:
    """One fenced block. ``line`` is where its code begins, ``notes`` are the comments that stand right before it."""

    page: str
    line: int
    language: str
    code: str
    notes: dict[str, str] = field(default_factory=dict)

    @property
    def where(self) -> str:
        return f"{self.page}:{self.line}"

    @property
    def runs(self) -> bool:
        return "not run" not in self.notes and ("file" in self.notes or self.language in RUN)


def find_blocks(text: str, page: str) -> list[Block]:
    """Every fenced block of a page with the notes before it: ``not run: WHY``, ``exits: N``, ``file: NAME``."""
    blocks: list[Block] = []
    notes: dict[str, str] = {}
    lines = iter(enumerate(text.splitlines(), 1))
    for number, line in lines:
        if note := _NOTE.match(line):
            if not note["value"]:
                raise PageError(f"{page}:{number}: the note {note['word']!r} says nothing after its colon")
            notes[note["word"]] = note["value"]
        elif fence := _FENCE.match(line):
            code = []
            for _, inner in lines:
                if inner.strip() == fence["ticks"]:
                    break
                code.append(inner.removeprefix(fence["indent"]))
            else:
                raise PageError(f"{page}:{number}: the block is never closed")
            blocks.append(Block(page, number + 1, fence["language"], "\n".join(code) + "\n", notes))
            notes = {}
        elif line.strip():
            notes = {}
    return blocks


def pages() -> dict[str, list[Block]]:
    """The pages that hold code to run, by their path from the project's root."""
    found = {}
    for path in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        if "_build" in path.parts:
            continue
        name = path.relative_to(ROOT).as_posix()
        blocks = find_blocks(path.read_text(encoding="utf-8"), name)
        if any(block.runs for block in blocks):
            found[name] = blocks
    return found


def same(expected: str, printed: str) -> bool:
    """Whether the output is what the page shows. Runs of white space are one; ``...`` stands for anything."""
    pattern = ".*".join(re.escape(" ".join(part.split())) for part in expected.split("..."))
    return re.fullmatch(pattern.replace(".*", r"\s?.*\s?"), " ".join(printed.split()), re.DOTALL) is not None


@dataclass(frozen=True)
class Step:
    """A command of a console block and the output that the page shows under it."""

    command: str
    expected: str


def steps(block: Block) -> list[Step]:
    """The ``$`` lines of a console block, continuation lines joined, each with the lines up to the next one."""
    found: list[Step] = []
    command: list[str] = []
    output: list[str] = []
    for line in block.code.splitlines():
        if line.startswith("$ "):
            if command:
                found.append(Step("\n".join(command), "\n".join(output)))
            command, output = [line[2:]], []
        elif command and not output and command[-1].endswith("\\"):
            command.append(line)
        elif command:
            output.append(line)
        elif line.strip():
            raise PageError(f"{block.where}: output before the first '$ ' command")
    if not command:
        raise PageError(f"{block.where}: a console block without a '$ ' command")
    return [*found, Step("\n".join(command), "\n".join(output))]


class Reader:
    """Somebody who follows one page: a folder, a shell, a Python session, and the servers left running."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: dict[str, Any] = {"__name__": "__page__"}
        self.servers: list[subprocess.Popen[str]] = []
        self.environment = {
            **{
                name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "COV_", "DJANGO_"))
            },
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
            "HOME": str(folder),
            "COLUMNS": "120",
            "NO_COLOR": "1",
            "TERM": "dumb",
            "PYTHONUNBUFFERED": "1",
        }

    def follow(self, block: Block) -> None:
        """Do what the block says; raise ``PageError`` when the outcome is not what the page promises."""
        if not block.runs:
            return
        if name := block.notes.get("file"):
            target = self.folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(block.code, encoding="utf-8")
        elif block.language == "python":
            self._python(block)
        else:
            for step in steps(block):
                self._shell(block, step)

    def close(self) -> None:
        """End the servers that the page started."""
        for server in self.servers:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(server.pid, signal.SIGTERM)
            try:
                server.wait(5)
            except subprocess.TimeoutExpired:
                os.killpg(server.pid, signal.SIGKILL)
                server.wait()
            _output(server).close()

    def _python(self, block: Block) -> None:
        with contextlib.chdir(self.folder):
            if block.code.lstrip().startswith(">>>"):
                test = doctest.DocTestParser().get_doctest(block.code, self.names, block.where, block.page, block.line)
                report = io.StringIO()
                runner = doctest.DocTestRunner(verbose=False, optionflags=DOCTEST_FLAGS)
                if runner.run(test, out=report.write, clear_globs=False).failed:
                    raise PageError(f"{block.where}: {report.getvalue()}")
                self.names.update(test.globs)
            else:
                # Blank lines in front make a traceback name the line of the page.
                code = compile("\n" * (block.line - 1) + block.code, str(ROOT / block.page), "exec", dont_inherit=True)
                exec(code, self.names)

    def _shell(self, block: Block, step: Step) -> None:
        program = step.command.split()[0]
        if program == "cd":
            self.folder = (self.folder / step.command.split()[1]).resolve(strict=True)
            return
        if program not in PROGRAMS:
            raise PageError(f"{block.where}: {program!r} is not run here; put <!-- not run: WHY --> before the block")
        if step.command.endswith("&"):
            self._serve(block, step)
            return
        done = subprocess.run(
            ["bash", "-c", step.command],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=60,
            check=False,
        )
        wanted = int(block.notes.get("exits", "0"))
        if done.returncode != wanted:
            raise PageError(f"{block.where}: $ {step.command}\nexit {done.returncode}, not {wanted}\n{done.stdout}")
        if step.expected.strip() and not same(step.expected, done.stdout):
            raise PageError(
                f"{block.where}: $ {step.command}\n--- the page says\n{step.expected}\n--- it printed\n{done.stdout}"
            )

    def _serve(self, block: Block, step: Step) -> None:
        """Start a server and wait until it has said that it is up: a reader would, too."""
        server = subprocess.Popen(
            ["bash", "-c", "exec " + step.command.rstrip("& ")],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.servers.append(server)
        ready, _, _ = select.select([_output(server)], [], [], 20)
        time.sleep(0.2)
        if not ready or server.poll() is not None:
            raise PageError(f"{block.where}: $ {step.command}\nit said nothing in 20 s, or it ended")


def _output(process: subprocess.Popen[str]) -> IO[str]:
    if process.stdout is None:
        raise ValueError("the process was started without a pipe")
    return process.stdout
