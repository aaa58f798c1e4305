"""The overview shows every task, and nothing that does not exist."""

from __future__ import annotations

import collections
from pathlib import Path

import pytest
from invoke.parser import Parser

from runtimekit.cli.arguments import display_name, invoke_arguments
from runtimekit.cli.overview import GROUPS
from runtimekit.cli.tasks import namespace
from runtimekit.repository import catalogue, configuration

ROOT = Path(__file__).parents[3]
EXAMPLES = [command for group in GROUPS for command, _ in group.examples]


def task_of(command: str) -> str:
    """The task's name in invoke."""
    return invoke_arguments(command.split(), namespace)[0]


def test_every_task_is_in_one_group() -> None:
    """A new task needs a group. Examples may show one task twice, in the same group."""
    places: dict[str, set[str]] = collections.defaultdict(set)
    for group in GROUPS:
        for command in [command for command, _ in group.examples] + [*group.also]:
            places[task_of(command)].add(group.title)
    assert set(places) == set(namespace.task_names)
    assert [name for name, groups in places.items() if len(groups) > 1] == []


def test_further_tasks_are_as_they_are_typed_and_not_shown_twice() -> None:
    """`engine start`, not `engine.start`."""
    shown = {display_name(task_of(command)) for command in EXAMPLES}
    also = [name for group in GROUPS for name in group.also]
    assert [display_name(task_of(name)) for name in also] == also
    assert len({*also} | shown) == len(also) + len(shown)


@pytest.mark.parametrize("command", EXAMPLES)
def test_the_examples_can_be_typed(command: str) -> None:
    """Their options and runtimes exist."""
    (parsed,) = Parser(contexts=namespace.to_contexts()).parse_argv(invoke_arguments(command.split(), namespace))
    known = {str(each.id) for each in catalogue.load(configuration.load(ROOT)).all}
    named = parsed.args.only.value if "only" in parsed.args else []
    assert set(named) <= known


def test_every_option_of_every_task_has_a_text() -> None:
    """Also at the second call of ``get_arguments``."""
    for _ in range(2):
        options = [(task.name, each) for task in namespace.to_contexts() for each in task.args.values()]
        assert [(task, each.name) for task, each in options if not each.help] == []
        assert len(options) > 50
