"""The arguments of ``./dev`` become invoke's."""

from __future__ import annotations

import pytest

from runtimekit.cli.arguments import invoke_arguments
from runtimekit.cli.tasks import namespace


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("", ""),
        ("build python-3.10 node-22", "build --only python-3.10 --only node-22"),
        ("build --local python-*", "build --local --only python-*"),
        ("build --jobs 2 node-22", "build --jobs 2 --only node-22"),
        ("build --jobs=2 node-22", "build --jobs=2 --only node-22"),
        ("build --only node-22 go-1.24", "build --only node-22 --only go-1.24"),
        ("test", "test"),
        ("test --jobs 2", "test --jobs 2"),
        ("engine start", "engine.start"),
        ("engine", "--list engine"),
        ("engine --help", "--list engine"),
        ("builder create mine --node ssh://there", "builder.create mine --node ssh://there"),
        ("build --builder mine node-22", "build --builder mine --only node-22"),
        ("doctor", "doctor"),
        ("list --sizes node-22 --tag jvm", "list --sizes --only node-22 --tag jvm"),
        ("build --dry-run -h node-22", "build --dry-run -h --only node-22"),
        ("theirs --own word", "theirs --own word"),
        ("new node 26", "new node 26"),
        ("list --arch arm64", "list --arch arm64"),
        ("publish --dry-run node-22 --registry r/a", "publish --dry-run --only node-22 --registry r/a"),
        ("publish --skip-tests --because why node-22", "publish --skip-tests --because why --only node-22"),
    ],
)
def test_names_become_only_and_groups_get_their_dot(typed: str, expected: str) -> None:
    """Everything else stays as it was typed."""
    assert invoke_arguments(typed.split(), namespace) == expected.split()
