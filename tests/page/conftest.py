"""The report in a real Chromium: it runs in a container that reaches nothing, and this process drives it."""

from __future__ import annotations

import shutil
import time
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import forked
import nights
import pytest
from browsing import Opener
from playwright.sync_api import sync_playwright

from runtimekit.engine import containers
from runtimekit.engine.client import connect
from runtimekit.images import tools
from runtimekit.images.build import Builder
from runtimekit.repository import configuration
from runtimekit.support import machine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Browser

ROOT = Path(__file__).parents[2]
PORT = 9222
"""On which Chromium speaks to this process (tools/chromium)."""
READY_SECONDS = 30
PROFILE = containers.Profile(user="65534:65534", volumes=(), memory="1g", pids=256)


@pytest.fixture(scope="session")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page that `report` makes of a night with failures, of one without, and of nothing; seen from a file each."""
    every = tmp_path_factory.mktemp("sites")
    for name in ("failed", "passed", "empty"):
        repository = tmp_path_factory.mktemp("repository")
        for each in ("runtimes", "adapters", "bases", "gateway"):
            (repository / each).symlink_to(ROOT / each)
        shutil.copy(ROOT / "platforms.toml", repository)
        (repository / "tasks.py").write_text("from runtimekit.tasks import namespace\n")
        if name != "empty":
            nights.write(repository, failures=name == "failed")
        status, _, said = forked.run(("report",), repository, {})
        assert status == 0, said
        shutil.copytree(repository / "build/site", every / name)
    for path in (every, *every.rglob("*")):
        path.chmod(0o755)  # another user reads it
    return every


@pytest.fixture(scope="session")
def browser(sites: Path) -> Iterator[Browser]:
    """Chromium, with the pages under ``/sites``."""
    engine = connect(print)
    image = tools.provide(Builder(configuration.load(ROOT), engine), "chromium")
    with (
        containers.network(engine, "page") as network,
        containers.running(
            engine,
            image,
            name="chromium",
            platform=f"linux/{machine.native()}",
            profile=replace(PROFILE, network=network),
            files={"/sites": sites},
        ) as container,
        sync_playwright() as playwright,
    ):
        address = f"http://{container.address()[0]}:{PORT}"
        _wait_for(f"{address}/json/version", container.logs)
        yield playwright.chromium.connect_over_cdp(address)


def _wait_for(address: str, logs: Callable[[], str]) -> None:
    end = time.monotonic() + READY_SECONDS
    while True:
        try:
            urllib.request.urlopen(address, timeout=5).close()
        except (OSError, urllib.error.URLError):
            assert time.monotonic() < end, f"Chromium does not listen: {logs()}"
            time.sleep(0.05)
        else:
            return


@pytest.fixture
def opened(browser: Browser) -> Iterator[Opener]:
    """Opens pages. After the test none may have complained, or asked for more than itself."""
    opener = Opener(browser)
    yield opener
    opener.close()
    assert opener.complaints == []
    assert {address.partition("#")[0] for address in opener.addresses} <= {
        f"file:///sites/{name}/index.html" for name in ("failed", "passed", "empty")
    }
