"""adapters/common/fetch.sh: every client within the limits, and what falls silent is begun again."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from runtimekit.bases import maven
from runtimekit.debian import packages
from runtimekit.support import retry

ROOT = Path(__file__).parents[2]
FETCH = ROOT / "adapters/common/fetch.sh"
TEXT = FETCH.read_text(encoding="utf-8")
CLIENTS = [
    name for names in re.findall(r"^([a-z0-9][a-z0-9 |-]*)\)", TEXT, re.MULTILINE) for name in names.split(" | ")
]
"""All that fetch.sh knows."""
CONNECT_SECONDS, SILENT_SECONDS, TRIES, COST_SECONDS = 10, 30, 4, 180
"""The limits (docs/network.md)."""
OWN = {
    "python3": {
        "connect": "PIP_DEFAULT_TIMEOUT=(.*)",
        "silent": "PIP_DEFAULT_TIMEOUT=(.*)",
        "again": "PIP_RETRIES=(.*)",
    },
    "npm": {"silent": "npm_config_fetch_timeout=(.*)000", "again": "npm_config_fetch_retries=(.*)"},
    "bun": {"silent": "BUN_CONFIG_HTTP_IDLE_TIMEOUT=(.*)", "again": "BUN_CONFIG_HTTP_RETRY_COUNT=(.*)"},
    "cargo": {
        "connect": "CARGO_HTTP_TIMEOUT=(.*)",
        "silent": "CARGO_HTTP_TIMEOUT=(.*)",
        "again": "CARGO_NET_RETRY=(.*)",
    },
    "mvn": {
        "connect": r"MAVEN_OPTS=.*-Daether\.connector\.connectTimeout=(\d+)000",
        "silent": r"MAVEN_OPTS=.*-Daether\.connector\.requestTimeout=(\d+)000",
        "again": r"MAVEN_OPTS=.*-Dmaven\.wagon\.http\.retryHandler\.count=(\d+)",
    },
    "pnpm": {"silent": "npm_config_fetch_timeout=(.*)000", "again": "npm_config_fetch_retries=(.*)"},
    "yarn": {"silent": "YARN_HTTP_TIMEOUT=(.*)000", "again": "YARN_HTTP_RETRY=(.*)"},
    "uv": {
        "connect": "UV_HTTP_CONNECT_TIMEOUT=(.*)",
        "silent": "UV_HTTP_TIMEOUT=(.*)",
        "again": "UV_HTTP_RETRIES=(.*)",
    },
    "bundle": {"connect": "BUNDLE_TIMEOUT=(.*)", "silent": "BUNDLE_TIMEOUT=(.*)", "again": "BUNDLE_RETRY=(.*)"},
    "mix": {"silent": "HEX_HTTP_TIMEOUT=(.*)"},
}
"""Where each client's own settings stand in its environment: seconds, and how often it asks again by itself."""
NO_TRAFFIC = "Inter-|   Receive\n face |bytes packets\n    lo:    {received} 0 0 0\n"
CONNECTIONS = """  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1
   1: 0200007F:1F91 0101010A:1F40 {state} 00000000:00000000 00:00000000 00000000     0        0 2
"""


class Fetching:
    """Runs fetch.sh with a client of our own on a network of our own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "net").mkdir()
        self.receive(0)
        self.connect("01")

    def receive(self, size: int) -> None:
        """Let so many bytes have come in."""
        (self.folder / "net/dev").write_text(NO_TRAFFIC.format(received=size))

    def connect(self, state: str) -> None:
        """Have one connection in a state: 01 is established, 02 is connecting."""
        (self.folder / "net/tcp").write_text(CONNECTIONS.format(state=state))

    def run(self, client: str, script: str, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a client that is this shell script; `turn` is the number of its run."""
        program = self.folder / client
        count = f'echo >>"{self.folder}/turns"; turn=$(wc -l <"{self.folder}/turns")'
        program.write_text(f"#!/bin/sh\n{count}\n{script}\n")
        program.chmod(0o755)
        path = f"{self.folder}:{os.environ['PATH']}"
        return subprocess.run(
            ["sh", str(FETCH), client, *words],
            env=os.environ | {"PATH": path, "FETCH_NET": str(self.folder / "net")} | environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def fail(self, client: str, words: str, *, times: int) -> subprocess.CompletedProcess[str]:
        """Run a client that so often says these words and fails; then all is well."""
        (self.folder / "said").write_text(words)
        return self.run(client, f'[ $turn -gt {times} ] || {{ cat "{self.folder}/said"; exit 1; }}')

    @property
    def turns(self) -> int:
        """How often the client was run."""
        return len((self.folder / "turns").read_text().splitlines())


@pytest.fixture
def fetching(tmp_path: Path) -> Fetching:
    """A quiet network."""
    return Fetching(tmp_path)


@pytest.mark.parametrize("client", CLIENTS)
def test_every_client_holds_to_the_limits(fetching: Fetching, client: str) -> None:
    """Its own settings where it has some; and in all, with fetch.sh's runs, no more than four tries."""
    shown = fetching.run(client, "env; [ -z ${APT_CONFIG-} ] || cat $APT_CONFIG").stderr
    found = {
        what: int(re.search(f"^{pattern}$" if "MAVEN" not in pattern else pattern, shown, re.MULTILINE)[1])
        for what, pattern in OWN.get(client, {}).items()
    }
    assert found.get("connect", 0) <= CONNECT_SECONDS
    assert found.get("silent", 0) <= SILENT_SECONDS
    assert {"GIT_HTTP_LOW_SPEED_TIME=20", "GIT_HTTP_LOW_SPEED_LIMIT=100"} <= set(shown.splitlines())
    block = next(
        filter(None, (TEXT.partition(name)[2] for name in (f"\n{client})", f" | {client})", f"\n{client} | "))), ""
    )
    runs = re.search(r"^[^;]*?\bruns=(\d+)", block.partition(";;")[0], re.MULTILINE | re.DOTALL)
    assert (found.get("again", 0) + 1) * (int(runs[1]) if runs else TRIES) <= TRIES


def test_what_watches_holds_to_the_limits() -> None:
    """By default: who sets other ones means it."""
    assert f"FETCH_CONNECT_SECONDS:-{CONNECT_SECONDS}}}" in TEXT
    assert f"FETCH_SILENT_SECONDS:-{SILENT_SECONDS}}}" in TEXT
    cost = int(re.search(r"^cost_seconds=(\d+)", TEXT, re.MULTILINE)[1])
    assert cost + SILENT_SECONDS <= COST_SECONDS


def test_apt_does_not_try_again_by_itself(fetching: Fetching) -> None:
    """It could wait without end; and its time-outs are the limits."""
    shown = fetching.run("apt-get", 'cat "$APT_CONFIG"', "update").stderr
    assert dict(re.findall(r'^(.*) "(.*)";$', shown, re.MULTILINE)) == retry.APT | {"APT::Update::Error-Mode": "any"}


def test_apt_is_watched_while_it_downloads_and_not_while_it_installs(fetching: Fetching) -> None:
    """Dpkg that was ended in the middle could not be run again."""
    assert fetching.run("apt-get", 'echo "<$*>"', "install", "thing").stderr == "<install thing --download-only>\n"
    assert fetching.turns == 2


def test_clients_of_this_machine_hold_to_the_limits() -> None:
    """What fetches parts of bases."""
    assert int(retry.APT["Acquire::http::Timeout"]) <= CONNECT_SECONDS
    assert int(retry.PIP["PIP_DEFAULT_TIMEOUT"]) <= CONNECT_SECONDS
    assert int(retry.NPM["npm_config_fetch_timeout"]) <= CONNECT_SECONDS * 1000
    assert {
        retry.APT["Acquire::Retries"],
        retry.PIP["PIP_RETRIES"],
        retry.NPM["npm_config_fetch_retries"],
    } == {"0"}
    assert maven.TIMEOUT.connect_timeout == CONNECT_SECONDS
    tries = len(retry.PAUSES_SECONDS) + 1
    assert tries == TRIES
    assert tries * (CONNECT_SECONDS + maven.TIMEOUT.read_timeout) + sum(retry.PAUSES_SECONDS) <= COST_SECONDS
    assert tries * retry.SILENT_SECONDS + sum(retry.PAUSES_SECONDS) <= COST_SECONDS
    assert packages.retry is retry


def test_a_fault_that_passes_is_overcome(fetching: Fetching) -> None:
    """Each new run is said; nothing of what the client says is lost."""
    done = fetching.run(
        "go", 'echo "run $turn"; [ $turn -ge 3 ] || { echo "http://x.test/y: connection reset by peer"; exit 1; }'
    )
    assert done.returncode == 0
    assert fetching.turns == 3
    assert done.stderr.splitlines()[2] == (
        "fetch.sh: not reached: the proxy of Go modules (http://x.test/y: connection reset by peer); "
        "go begins again in 1 s (2 of 4)"
    )
    assert done.stderr.splitlines()[-1] == "run 3"


WORDS = {
    "apt-get": "E: Failed to fetch http://x.test/a.deb  Connection failed [IP: 10.1.1.1 80]",
    "bun": "error: GET http://x.test/thing - 503",
    "bundle": "<bad response Service Unavailable 503 (http://x.test/specs.4.8.gz)>",
    "cargo": "failed to get successful HTTP response from `http://x.test/config.json` (10.1.1.1), got 503",
    "composer": "curl error 18 while downloading http://x.test/packages.json: end of response with 37500 bytes missing",
    "deno": 'error: Failed loading http://x.test/thing for package "thing"',
    "dotnet": "error : Unable to load the service index for source http://x.test/index.json.",
    "go": 'go: example.com/thing@v1.0.0: Get "http://x.test/list": unexpected EOF',
    "luarocks": "Warning: Failed searching manifest: Failed downloading http://x.test/manifest-5.4 - closed",
    "mix": "** (Mix) httpc request failed with: {:shutdown, :server_closed}",
    "mvn": "Could not transfer artifact a:b:pom:1 from/to central (http://x.test): transfer failed for http://x.test/b.pom",
    "npm": "npm error 503 Service Unavailable - GET http://x.test/thing",
    "swift": "fatal: unable to access 'http://x.test/thing.git/': Operation too slow. Less than 100 bytes/sec",
}
"""What clients have said about a server that failed."""


@pytest.mark.parametrize("client", WORDS)
def test_each_clients_words_are_understood(fetching: Fetching, client: str) -> None:
    """It is begun again, and then well."""
    done = fetching.fail(client, WORDS[client], times=1)
    assert (done.returncode, fetching.turns) == (0, 2), done.stderr


@pytest.mark.parametrize(
    ("client", "words"),
    [
        ("python3", "2026-11-29T20:15:30,404 Could not fetch URL http://x.test/thing/: too many 503 error responses"),
        ("python3", "IncompleteRead(404 bytes read, 600 more expected)"),
        ("python3", "<Connection object at 0x7f56ab404>: connection refused"),
        ("composer", "curl error 28: Operation timed out after 400 milliseconds"),
        ("mvn", "Read timed out after 403 ms"),
        ("go", 'Get "http://x.test:404/thing/@v/v1.403.0.zip": unexpected EOF'),
        ("deno", "error: Failed loading http://x.test/404 for package thing-1.404"),
    ],
)
def test_not_every_number_is_a_status(fetching: Fetching, client: str, words: str) -> None:
    """One of a clock, an address, a version or an amount says nothing about what is there."""
    done = fetching.fail(client, words, times=1)
    assert (done.returncode, fetching.turns) == (0, 2), done.stderr


@pytest.mark.parametrize(
    ("client", "words"),
    [
        ("apt-get", "E: Failed to fetch http://x.test/a.deb  404  Not Found [IP: 10.1.1.1 80]"),
        ("bun", "error: failed to download: GET http://x.test/thing - 404"),
        ("bundle", "<bad response Not Found 404 (http://x.test/specs.4.8.gz)>, could not fetch"),
        ("cargo", "failed to download from `http://x.test/a.crate`, got 403."),
        ("composer", 'could not download "http://x.test/packages.json" (HTTP/1.1 404 Not Found)'),
        ("npm", "npm error code E404: could not fetch"),
        ("npm", "npm error 404 Not Found - GET http://x.test/thing: could not fetch"),
        ("mvn", "Could not transfer artifact a:b from/to central (http://x.test): status code: 401, reason phrase:"),
        ("uv", "Failed to fetch: http://x.test/thing: HTTP status client error (410 Gone)"),
    ],
)
def test_what_is_not_there_is_not_asked_for_again(fetching: Fetching, client: str, words: str) -> None:
    """A refusal is no fault of the network, although clients also say then that something could not be fetched."""
    done = fetching.fail(client, words, times=9)
    assert (done.returncode, fetching.turns) == (1, 1), done.stderr


def test_a_mistake_is_not_tried_again(fetching: Fetching) -> None:
    """And its exit status stays."""
    done = fetching.run("go", "echo no such package; exit 7")
    assert (done.returncode, done.stderr, fetching.turns) == (7, "no such package\n", 1)


def test_one_line_names_what_was_not_reached(fetching: Fetching) -> None:
    """The last one."""
    done = fetching.run("npm", 'echo "npm error 503 Service Unavailable - GET http://x.test/thing"; exit 1')
    assert done.returncode == 75
    assert fetching.turns == 2
    assert done.stderr.splitlines()[-1] == (
        "fetch.sh: not reached: the npm registry (npm error 503 Service Unavailable - GET http://x.test/thing); "
        "npm gave up after 2 of 2 tries"
    )


def test_a_silent_step_is_ended_and_begun_again(fetching: Fetching) -> None:
    """With all that it has started, and the address of who is silent."""
    done = fetching.run("deno", '[ $turn -ge 2 ] || sh -c "sleep 600"; echo well', FETCH_SILENT_SECONDS="2")
    assert done.returncode == 0, done.stderr
    assert "(no answer from 10.1.1.1:8000 for 2 s); deno begins again in 1 s (2 of 4)" in done.stderr
    assert done.stderr.endswith("well\n")


def test_a_connection_that_does_not_come_about_is_given_up_sooner(fetching: Fetching) -> None:
    """What is connecting, too."""
    fetching.connect("02")
    done = fetching.run("deno", "[ $turn -ge 2 ] || sleep 600", FETCH_CONNECT_SECONDS="1")
    assert done.returncode == 0, done.stderr
    assert "(no connection to 10.1.1.1:8000 in 1 s)" in done.stderr


def test_what_receives_is_left_alone(fetching: Fetching) -> None:
    """However slowly it comes."""
    size = 'size=$((size + 5000)); printf "lo: %d 0\\n" $size'
    done = fetching.run(
        "deno",
        f'for _ in 1 2 3 4 5 6 7 8 9; do {size} >"{fetching.folder}/net/dev"; sleep 0.5; done',
        FETCH_SILENT_SECONDS="3",
    )
    assert (done.returncode, fetching.turns, done.stderr) == (0, 1, "")


def test_what_computes_is_left_alone(fetching: Fetching) -> None:
    """A quiet compilation may take long."""
    work = f'{sys.executable} -c "import time; end = time.monotonic() + 8\nwhile time.monotonic() < end: pass"'
    done = fetching.run("cpanm", work, FETCH_SILENT_SECONDS="7")
    assert (done.returncode, fetching.turns, done.stderr) == (0, 1, "")


def test_standard_input_arrives(tmp_path: Path) -> None:
    """Mix asks."""
    (tmp_path / "mix").write_text('#!/bin/sh\nread -r answer; echo "$answer"\n')
    (tmp_path / "mix").chmod(0o755)
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", str(FETCH), "mix"], input="yes\n", env=env, capture_output=True, text=True, check=False
    )
    assert done.stderr == "yes\n"


def test_an_unknown_client_is_refused(fetching: Fetching) -> None:
    """Here its settings belong."""
    done = fetching.run("nix", "true")
    assert done.returncode == 2
    assert "nothing is known of 'nix'; add it here and to docs/network.md" in done.stderr


FETCHES = re.compile(
    r"(?<![\w./-])(?:apt-get (?:update|install|download)|bun install|bundle install|cargo fetch|composer install"
    r"|cpanm --|dart .*pub get|deno (?:install|cache)"
    r"|dotnet \"\$@\" -t:Restore >|go (?:list \"|mod download)|luarocks --|mix deps\.get|mvn --|npm \"\$@\""
    r"|npm ci|pnpm install|python3 -m pip|pip install|swift package|uv (?:export|pip)|yarn (?:install|workspaces))"
)
"""Steps that fetch, as they stand in scripts and Dockerfiles."""
SCRIPTS = [
    *ROOT.glob("adapters/*/build.sh"),
    *ROOT.glob("adapters/java/kotlin/install.sh"),
    *ROOT.glob("bases/*/Dockerfile"),
    *ROOT.glob("runtimes/*/Dockerfile"),
    *ROOT.glob("tools/*/Dockerfile"),
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_step_fetches_unwatched(script: Path) -> None:
    """In front of each stands fetch.sh, which knows its client."""
    lines = [line for line in script.read_text(encoding="utf-8").splitlines() if not line.lstrip().startswith("#")]
    for line in lines:
        for step in FETCHES.finditer(line):
            assert line[: step.start()].endswith("fetch.sh "), f"{script}: {line.strip()}"
        for client in re.findall(r"fetch\.sh ([\w-]+)", line.partition("COPY")[0]):
            assert client in CLIENTS
