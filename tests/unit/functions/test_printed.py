"""Lines that come twice are shown once."""

from __future__ import annotations

from runtimekit.functions.printed import NATIVE, Printed

HINT = f"{NATIVE}Use context.log()."


def test_what_is_printed_while_a_request_runs_is_not_shown_again() -> None:
    """What came from the container first; entries of context.log are shown with the answer."""
    printed = Printed()
    printed.begin()
    assert printed.heard("a")
    assert printed.heard("a")
    assert printed.end(f"own\n{HINT}\na\na\nlast\n") == ["own", HINT, "last"]


def test_what_the_logs_had_first_is_not_shown_again() -> None:
    """As often as the logs had it, and not more."""
    printed = Printed()
    printed.begin()
    assert printed.end(f"{HINT}\na\na\n") == [HINT, "a", "a"]
    assert [printed.heard("a") for _ in range(3)] == [False, False, True]


def test_entries_before_the_first_printed_line_are_not_expected() -> None:
    """The output never has them: the same line, when it comes, is another one."""
    printed = Printed()
    printed.begin()
    assert printed.end("a\n") == ["a"]
    assert printed.heard("a")


def test_each_of_several_requests_has_its_own() -> None:
    """Whichever ends first."""
    printed = Printed()
    printed.begin()
    printed.begin()
    assert [printed.heard(line) for line in ("a", "b")] == [True, True]
    assert printed.end(f"{HINT}\nb\n") == [HINT]
    assert printed.end(f"{HINT}\na\n") == [HINT]


def test_nothing_is_expected_for_ever() -> None:
    """A request that begins while none runs begins anew; what is printed between requests is shown."""
    printed = Printed()
    assert printed.heard("between")
    printed.begin()
    assert printed.end(f"{HINT}\nnever printed\n") == [HINT, "never printed"]
    printed.begin()
    assert printed.heard("never printed")
    assert printed.end("between\n") == ["between"]
