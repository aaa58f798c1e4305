"""A TOML file's mistakes are all found, each on its line."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest

from runtimekit.support.toml import TomlFile

if TYPE_CHECKING:
    from pathlib import Path

SAMPLE = '''\
# a comment
top = 1
a.b.c = 2          # dotted

[table."with.dot"]
list = [
  "one",   # [not a header]
  "two",
]
text = """
[also no header]
key = 1
"""
inline = { x = 1, y = { z = 2 } }

[[items]]
name = "first"

[[items]]
name = "second"
[items.inner]
deep = true
'''


def read(tmp_path: Path, text: str) -> TomlFile:
    """The file with this text."""
    path = tmp_path / "some.toml"
    path.write_bytes(text.encode())
    return TomlFile(path)


def mistakes(tmp_path: Path, text: str) -> list[tuple[int | None, str]]:
    """Lines and texts of what is wrong."""
    return [(problem.line, problem.text) for problem in read(tmp_path, text).problems]


@pytest.mark.parametrize("text", [SAMPLE, SAMPLE.replace("\n", "\r\n")])
def test_each_value_has_its_line(tmp_path: Path, text: str) -> None:
    """Also in tables of tables, behind values of many lines, and with the line ends of Windows."""
    file = read(tmp_path, text)
    assert file.problems == []
    assert file.line(("top",)) == 2
    assert file.line(("a", "b", "c")) == 3
    assert file.line(("table", "with.dot")) == 5
    assert file.line(("table", "with.dot", "list")) == 6
    assert file.line(("table", "with.dot", "text")) == 10
    assert file.line(("table", "with.dot", "inline", "y", "z")) == 14
    assert file.line(("items", 0, "name")) == 17
    assert file.line(("items", 1, "name")) == 20
    assert file.line(("items", 1, "inner", "deep")) == 22


def test_an_absent_value_has_the_line_of_its_table(tmp_path: Path) -> None:
    """That is where the missing key belongs."""
    assert read(tmp_path, SAMPLE).line(("items", 1, "absent")) == 19


def test_the_values_are_tomllibs(tmp_path: Path) -> None:
    """There is no second opinion on what TOML means."""
    assert read(tmp_path, SAMPLE).values == tomllib.loads(SAMPLE)


def test_every_wrong_statement_is_found(tmp_path: Path) -> None:
    """One does not hide the next."""
    text = 'a = yes\nb = 1\nc = "open\nd = [1, 2\ne = \nnothing at all\n'
    assert [line for line, _ in mistakes(tmp_path, text)] == [1, 3, 4, 5, 6]


def test_what_is_there_twice_is_found_with_both_lines(tmp_path: Path) -> None:
    """Keys and tables."""
    text = "[t]\na = 1\na = 2\n[u]\n[t]\nb = 1\n"
    assert mistakes(tmp_path, text) == [
        (3, "'a' is there twice; the other is on line 2"),
        (5, "table 't' is there twice; the other is on line 1"),
    ]


def test_a_table_cannot_be_where_a_value_is(tmp_path: Path) -> None:
    """The message names the line of the value."""
    assert mistakes(tmp_path, "a = 1\n[a.b]\nc = 1\n") == [(2, "'a' cannot be a table here: it has a value on line 1")]


def test_rules_that_only_tomllib_knows_are_reported_too(tmp_path: Path) -> None:
    """An inline table cannot grow."""
    ((line, text),) = mistakes(tmp_path, "a = { b = 1 }\na.c = 2\n")
    assert line == 2
    assert text


def test_an_unreadable_header_invents_no_mistakes(tmp_path: Path) -> None:
    """The keys below it belong to nobody, so that they are not there twice."""
    file = read(tmp_path, "[a]\nx = 1\n[b\nx = 2\n")
    assert [problem.line for problem in file.problems] == [3]
    assert not file.is_readable


def test_a_file_that_is_not_utf8_is_one_mistake(tmp_path: Path) -> None:
    """It says what to do."""
    path = tmp_path / "some.toml"
    path.write_bytes(b'a = "\xff"')
    (problem,) = TomlFile(path).problems
    assert "UTF-8" in problem.text
