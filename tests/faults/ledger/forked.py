"""Child processes by fork: they begin within a millisecond of each other, with everything imported."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable
from functools import partial


def forked(act: Callable[[], int]) -> int:
    """Do `act` in a child, which ends with the exit code that it returns; the child's process id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        code = act()
    except BaseException:  # noqa: BLE001 - whatever it is, the child never runs its parent's clean-up
        traceback.print_exc()
    finally:
        os._exit(code)


def ended(pid: int) -> int:
    """The exit code of a child, once it has ended."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def at_once(count: int, prepare: Callable[[], Callable[[], str]]) -> list[str]:
    """`prepare` in each of `count` children, then, once all are ready, what it returned; what they said."""
    ready, gate = os.pipe(), os.pipe()
    pipes = [os.pipe() for _ in range(count)]

    def child(answer: int) -> int:
        os.close(gate[1])
        act = prepare()
        os.write(ready[1], b"x")
        os.read(gate[0], 1)  # returns when the parent closes its end
        with os.fdopen(answer, "w") as out:
            out.write(act())
        return 0

    pids = [forked(partial(child, end)) for _, end in pipes]
    os.close(gate[0])
    for _ in pids:
        os.read(ready[0], 1)
    os.close(gate[1])
    said = []
    for begin, end in pipes:
        os.close(end)
        with os.fdopen(begin) as answer:
            said.append(answer.read())
    codes = [ended(pid) for pid in pids]
    for end in ready:
        os.close(end)
    assert codes == [0] * count, said
    return said
