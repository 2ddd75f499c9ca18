"""Tables without `rich`: aligned, safe for a terminal, and printed while a long list is read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from amazon_orders.cli.output import clean, wrapped
from amazon_orders.cli.tables import PAGE, Column, print_table, text_lines


def test_columns_align_and_numbers_end_at_the_same_place() -> None:
    lines = text_lines([Column("Name"), Column("Total", right=True)], [("mug", "1.00"), ("teapot", "27.49")])
    assert lines == [
        "  Name    Total",
        "  ------  -----",
        "  mug      1.00",
        "  teapot  27.49",
    ]


def test_wide_signs_count_twice_and_combining_ones_not_at_all() -> None:
    lines = text_lines([Column("Title"), Column("x")], [("湯のみ", "1"), ("cafe\u0301", "2")])
    assert [line.index(digit) for line, digit in zip(lines[2:], "12", strict=True)] == [7, 11]


def test_the_last_column_is_wrapped_on_a_narrow_screen_and_nothing_is_lost() -> None:
    words = "one two three four five six seven eight nine ten"
    columns = [Column("Rule"), Column("Why")]
    narrow = text_lines(columns, [("sku", words), ("total", "fits")], screen=32)
    assert max(map(len, narrow)) <= 32
    assert " ".join(" ".join(narrow[2:-1]).split()) == f"sku {words}"
    assert len(text_lines(columns, [("sku", words)], screen=None)) == 3
    assert len(text_lines(columns, [("sku", words)], screen=12)) == 3, "too narrow to help"


def test_nothing_is_no_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert print_table([Column("Name")], []) == 0
    assert capsys.readouterr().out == ""


def test_a_long_list_is_printed_while_it_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[int] = []

    def rows() -> Iterator[tuple[str]]:
        for number in range(3 * PAGE):
            seen.append(len(capsys.readouterr().out.splitlines()))
            yield (str(number),)

    assert print_table([Column("Number", least=6)], rows()) == 3 * PAGE
    assert sum(seen) + len(capsys.readouterr().out.splitlines()) == 3 * PAGE + 2, "one heading, every row"
    assert max(seen) <= PAGE + 2, "no page waited for the whole list"
    assert any(seen[:-1])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\x1b[2Jgone", id="an escape sequence"),
        pytest.param("a\rb", id="a carriage return"),
        pytest.param("a\nb", id="a line break in a cell"),
        pytest.param("\x9b31m", id="a C1 control"),
        pytest.param("\u202eEE-TRAM", id="text turned around"),
    ],
)
def test_what_came_from_outside_cannot_drive_the_terminal(text: str) -> None:
    assert not set(clean(text)) & set("\x1b\r\n\x9b\u202e")
    assert "?" in clean(text)


def test_ordinary_text_stays_as_it_is() -> None:
    assert clean("Müller & Söhne – 東京") == "Müller & Söhne – 東京"


def test_running_text_keeps_its_own_lines() -> None:
    assert wrapped("one\ntwo", "    ", "  ") == "  one\n    two"
