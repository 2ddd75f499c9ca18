"""The documentation's code runs: page by page, in the order in which a reader meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import Block, PageError, Reader, find_blocks, pages, same, steps

PAGES = pages()


@pytest.mark.timeout(180)
@pytest.mark.parametrize("page", PAGES)
def test_a_reader_can_follow_the_page(page: str, tmp_path: Path) -> None:
    reader = Reader(tmp_path)
    try:
        for block in PAGES[page]:
            reader.follow(block)
    finally:
        reader.close()


def follow(folder: Path, text: str) -> Reader:
    reader = Reader(folder)
    try:
        for block in find_blocks(text, "page.md"):
            reader.follow(block)
    finally:
        reader.close()
    return reader


def block(code: str, language: str = "console") -> Block:
    return Block("page.md", 3, language, code)


GOOD = {
    "names live on from block to block": "```python\nx = 1\n```\ntext\n```python\nassert x == 1\n```\n",
    "a doctest sees earlier names": "```python\nx = 2\n```\n```python\n>>> x + 1\n3\n```\n",
    "a file is written before it is used": "<!-- file: a/b.txt -->\n```\nhi\n```\n```console\n$ cat a/b.txt\nhi\n```\n",
    "the shell sees what Python wrote": "```python\nopen('c', 'w').close()\n```\n```console\n$ ls\nc\n```\n",
    "a block may be left out": "<!-- not run: it costs money -->\n```python\nraise SystemExit\n```\n",
    "a failing command may be what is shown": "<!-- exits: 1 -->\n```console\n$ cat nothing\ncat: nothing: ...\n```\n",
    "other languages are text": "```json\n{\n```\n",
    "cd lasts": "```console\n$ mkdir d\n$ cd d\n$ ls ..\nd\n```\n",
    "a long command goes on in the next line": "```console\n$ ls \\\n    -a\n. ..\n```\n",
}


@pytest.mark.parametrize("text", GOOD.values(), ids=GOOD)
def test_what_a_page_may_do(text: str, tmp_path: Path) -> None:
    follow(tmp_path, text)


BAD = {
    "Python that raises": ("```python\n1 / 0\n```\n", ZeroDivisionError, "division"),
    "a doctest with another result": ("```python\n>>> 1 + 1\n3\n```\n", PageError, "Expected"),
    "a command that fails": ("```console\n$ cat nothing\n```\n", PageError, "exit 1, not 0"),
    "other output than shown": ("```console\n$ python -c 'print(1)'\n2\n```\n", PageError, "the page says"),
    "a program that is not run here": ("```console\n$ pip install x\n```\n", PageError, "'pip' is not run here"),
    "a note without a reason": ("<!-- not run -->\n```python\n```\n", PageError, "says nothing"),
    "a block that never ends": ("```python\nx = 1\n", PageError, "never closed"),
    "a console block without a command": ("```console\nhello\n```\n", PageError, "before the first"),
}


@pytest.mark.parametrize(("text", "error", "message"), BAD.values(), ids=BAD)
def test_what_fails_a_page(text: str, error: type[Exception], message: str, tmp_path: Path) -> None:
    with pytest.raises(error, match=message):
        follow(tmp_path, text)


def test_a_note_holds_for_the_next_block_alone() -> None:
    first, second = find_blocks("<!-- not run: no -->\n```python\n```\n\n```python\n```\n", "page.md")
    assert (first.runs, second.runs) == (False, True)


def test_a_server_runs_until_the_page_ends(tmp_path: Path) -> None:
    serve = "python -u -c 'import time; print(\"up\"); time.sleep(60)' &"
    reader = follow(tmp_path, f"```console\n$ {serve}\n```\n")
    assert [server.poll() is not None for server in reader.servers] == [True]


@pytest.mark.parametrize(
    ("expected", "printed", "answer"),
    [
        pytest.param("a  b\nc", "a b\n  c\n", True, id="white space does not count"),
        pytest.param("order ... placed", "order 303-1 placed", True, id="dots stand for a word"),
        pytest.param("first\n...\nlast", "first\n2\n3\nlast\n", True, id="dots stand for lines"),
        pytest.param("first\n...\nlast", "first\nlast\n", True, id="dots stand for nothing"),
        pytest.param("total 1.0", "total 110", False, id="a dot is a dot"),
        pytest.param("placed", "placed 3", False, id="more than shown is not the same"),
    ],
)
def test_output_is_compared_loosely(expected: str, printed: str, answer: bool) -> None:
    assert same(expected, printed) is answer


def test_a_console_block_is_split_at_its_prompts() -> None:
    assert [(step.command, step.expected) for step in steps(block("$ one\nout\n$ two \\\n  more\n"))] == [
        ("one", "out"),
        ("two \\\n  more", ""),
    ]
