"""The command on a real terminal, so that what it asks for can be answered."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

PATIENCE = 30.0


class Terminal:
    """One run of `amazon-orders` under a pseudo-terminal. `seen` is all that appeared."""

    def __init__(self, words: Sequence[str], folder: Path, **environment: str) -> None:
        self.seen = ""
        self._master, follower = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, "-c", "from amazon_orders.cli import main; main()", *words],
            cwd=folder,
            stdin=follower,
            stdout=follower,
            stderr=follower,
            start_new_session=True,
            env={**os.environ, "TERM": "dumb", "PYTHONPATH": str(Path(__file__).parents[2]), **environment},
            preexec_fn=_take_terminal,
        )
        os.close(follower)

    def answer(self, question: str, text: str) -> None:
        """Wait for a question and type."""
        self._until(question)
        os.write(self._master, f"{text}\n".encode())
        self.seen = ""

    def interrupt(self, question: str) -> None:
        """Wait for a question and press Ctrl-C, as an impatient person does: until it helps.

        Python loses a Ctrl-C that comes while it sets the terminal up for a question.
        """
        self._until(question)
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < deadline:
            os.write(self._master, b"\x03")
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(3)

    def end(self) -> int:
        """Wait for the end; the exit code."""
        deadline = time.monotonic() + PATIENCE
        while self._process.poll() is None and time.monotonic() < deadline:
            self._read(0.1)
        self._read(0.0)
        return self._process.wait(1)

    def _until(self, words: str) -> None:
        deadline = time.monotonic() + PATIENCE
        while words not in self.seen:
            assert time.monotonic() < deadline, f"{words!r} did not appear in {PATIENCE} s; seen: {self.seen!r}"
            self._read(0.1)

    def _read(self, seconds: float) -> None:
        while select.select([self._master], [], [], seconds)[0]:
            try:
                piece = os.read(self._master, 65536)
            except OSError:  # Linux: the other end is closed
                time.sleep(0.01)
                return
            if not piece:
                return
            self.seen += piece.decode("utf-8", "replace")
            seconds = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        os.close(self._master)


def _take_terminal() -> None:
    """In the child: make standard input its controlling terminal, so that Ctrl-C is a signal."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
