"""Interrupted and killed runs: what they leave behind, and what the next one does about it."""

from __future__ import annotations

import signal
import time

import pytest

from runtimekit.engine import containers

pytestmark = pytest.mark.needs_docker

VERIFY = ("verify", "node-22", "--scope", "core")


def ours(engine, pid: int) -> list[str]:
    """The containers and networks that a process has made."""
    form = f'{{{{.ID}}}} {{{{.Label "{containers.LABEL_OWNER}"}}}}'
    found = []
    for kind in (("ps", "--all"), ("network", "ls")):
        words = [*kind, "--filter", f"label={containers.LABEL_OWNER}", "--format", form]
        text = engine.docker(*words, doing="listing")
        found += [line for line in text.splitlines() if line.split(" ")[1].startswith(f"{pid}.")]
    return found


def wait_for_container(engine, process) -> None:
    """Until the run has something that it could leave behind."""
    end = time.monotonic() + 120
    while not ours(engine, process.pid):
        assert process.poll() is None, process.communicate()[0]
        assert time.monotonic() < end, "no container appeared within 120 s"
        time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_run_leaves_nothing_and_exits_130(cli, engine, number: signal.Signals) -> None:
    """Ctrl-C anywhere: containers gone."""
    cli.run("build", "--local", "node-22")
    process = cli.start(*VERIFY)
    wait_for_container(engine, process)
    process.send_signal(number)
    output, _ = process.communicate(timeout=60)
    assert process.returncode == 130, output
    assert ours(engine, process.pid) == []
    assert "Traceback" not in output


def test_what_a_killed_run_left_is_removed_by_the_next(cli, engine) -> None:
    """SIGKILL gives no chance to clean up; labels tell whose the containers were."""
    process = cli.start(*VERIFY)
    wait_for_container(engine, process)
    process.kill()
    process.communicate()
    assert ours(engine, process.pid)
    end = time.monotonic() + 60
    while ours(engine, process.pid):  # clients that it had started outlive it, and may still create one
        assert time.monotonic() < end, ours(engine, process.pid)
        containers.remove_orphans(engine)


def test_containers_of_others_are_never_touched(engine) -> None:
    """Only what carries our label and a dead owner goes."""
    form = f'{{{{.ID}}}} {{{{.Label "{containers.LABEL_OWNER}"}}}}'
    with containers.running(
        engine, "node-runtime:22", ["tail", "-f", "/dev/null"], name="mine", platform=native(engine)
    ) as mine:
        containers.remove_orphans(engine)
        assert mine.state().running
    text = engine.docker("ps", "--all", "--no-trunc", "--format", form, doing="listing")
    assert mine.id not in text


def native(engine) -> str:
    """The engine's own platform."""
    return f"{engine.info['OSType']}/{ {'x86_64': 'amd64', 'aarch64': 'arm64'}[engine.info['Architecture']] }"
