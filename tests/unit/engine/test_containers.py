"""Which process owns a container?"""

from __future__ import annotations

import os

from runtimekit.engine.containers import is_owner_running, owner


def test_our_own_containers_have_a_living_owner() -> None:
    """This process runs."""
    assert is_owner_running(owner())


def test_a_process_that_got_the_number_of_a_dead_one_is_not_its_owner() -> None:
    """PIDs are reused; start times differ."""
    assert not is_owner_running(f"{os.getpid()}.1")


def test_nonsense_names_no_living_owner() -> None:
    """A label that somebody else wrote is no reason to fail."""
    for label in ("", ".", "x.y", "999999999.1"):
        assert not is_owner_running(label)
