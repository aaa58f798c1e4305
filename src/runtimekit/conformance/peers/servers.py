"""The containers that the open-runtimes project's suite wants: built functions, four servers, and one that they call.

They are started as that project's own driver starts them: no user, no limits, `helpers/build.sh` and `helpers/start.sh`
by their relative names under bash. The network has no way out.
"""

from __future__ import annotations

import http.client
import json
import secrets
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from runtimekit.engine import containers
from runtimekit.engine.container import Container
from runtimekit.errors import DeadlineError, FunctionBuildError, FunctionLaunchError
from runtimekit.support import atomic_files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from runtimekit.conformance.peers.checkout import Fixture
    from runtimekit.engine.client import Engine

MAIN = "open-runtimes-test-serve"
SECONDARY = "open-runtimes-test-serve-secondary"
TERTIARY = "open-runtimes-test-serve-teritary"
NO_EXPORT = "open-runtimes-test-serve-no-export"
"""The names under which the suite calls the servers."""

SECRET = "test-secret-key"  # noqa: S105 - it stands in the suite
LIBRARY_HOST = "dummyjson.com"
"""The public server that the suite's case of a library calls. A container of ours answers in its place."""

ARCHIVE = "/mnt/code/code.tar.gz"
AUTHORITY = "/usr/local/share/suite-authority.pem"
TRUSTED = "/etc/ssl/certs/ca-certificates.crt"
"""What is trusted by those that no variable can tell, such as PHP's curl."""
TIMINGS = "local_download=0.200\nremote_download=10.560\n"
"""What an executor has written before the start."""

BUILD_SECONDS = 600
READY_SECONDS = 60
STUB_SECONDS = 30
_POLL_SECONDS = 0.1
_START = 'bash helpers/start.sh "$START_COMMAND"'
_TRUST = dict.fromkeys(("DENO_CERT", "NODE_EXTRA_CA_CERTS", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"), AUTHORITY)
_JVM = {"java", "kotlin"}
"""Languages whose programs read no certificate from a variable, only from a store of their own kind."""
_STORE, _STORE_PASSWORD = "/tmp/suite-authority.p12", "password"  # noqa: S108 - it holds one public certificate


@contextmanager
def created(
    engine: Engine,
    image: str,
    command: Sequence[str],
    *,
    name: str,
    environment: Mapping[str, str] | None = None,
    options: Sequence[str] = (),
) -> Iterator[Container]:
    """Make a container without starting it, and remove it with its volumes when the block ends.

    Args:
        engine: The engine.
        image: The image; it must be there.
        command: Replaces the image's own.
        name: Describes it. Its full name gets a random suffix.
        environment: Variables. They appear on docker's command line: no real secret may be among them.
        options: More of ``docker create``'s options.

    Raises:
        CommandError: It cannot be made.
    """
    full_name = f"runtimekit-{name}-{secrets.token_hex(4)}"
    words = ["--name", full_name, "--label", f"{containers.LABEL_OWNER}={containers.owner()}"]
    words += ["--pull", containers.PULL_NEVER]
    words += [word for key, value in (environment or {}).items() for word in ("--env", f"{key}={value}")]
    container = Container(engine, full_name, full_name)
    try:
        made = engine.docker("create", *words, *options, image, *command, doing=f"making {full_name}").strip()
        yield Container(engine, made, full_name)
    finally:
        container.remove()


def start(container: Container) -> None:
    """Start a container that was made."""
    container.engine.docker("start", container.id, doing=f"starting {container.name}")


def build(engine: Engine, image: str, fixture: Fixture, entrypoint: str, source: Path, target: Path) -> None:
    """Build a function with the image's ``helpers/build.sh``.

    Args:
        engine: The engine.
        image: The image.
        fixture: The language: its install command.
        entrypoint: The function's file.
        source: The folder with the function.
        target: The archive to write.

    Raises:
        FunctionBuildError: The script failed. The error holds its output.
        DeadlineError: It took too long.
    """
    environment = {"INSTALL_COMMAND": fixture.install, "OPEN_RUNTIMES_ENTRYPOINT": entrypoint}
    command = ["bash", "-c", 'helpers/build.sh "$INSTALL_COMMAND"']
    with created(engine, image, command, name=f"suite-build-{fixture.language}", environment=environment) as container:
        doing = f"copying the function into {container.name}"
        engine.docker("cp", f"{source}/.", f"{container.id}:/mnt/code", doing=doing)
        start(container)
        status = container.wait(BUILD_SECONDS)
        if status:
            raise FunctionBuildError(image, status, container.logs(40))
        doing = f"copying the archive out of {container.name}"
        engine.docker("cp", f"{container.id}:{ARCHIVE}", str(target), doing=doing)


def variables(fixture: Fixture) -> dict[str, dict[str, str]]:
    """Each server's environment, by the server's name."""
    begin, trust = fixture.start, {}
    if fixture.language in _JVM:
        store = f"-keystore {_STORE} -storepass {_STORE_PASSWORD}"
        begin = f"keytool -importcert -noprompt -alias suite -file {AUTHORITY} {store} && {begin}"
        options = {"trustStore": _STORE, "trustStorePassword": _STORE_PASSWORD}
        trust = {"JAVA_TOOL_OPTIONS": " ".join(f"-Djavax.net.ssl.{name}={value}" for name, value in options.items())}
    plain = {"START_COMMAND": begin, "OPEN_RUNTIMES_HEADERS": "", "OPEN_RUNTIMES_ENV": "development", **trust}
    plain |= {"OPEN_RUNTIMES_SECRET": ""}
    entry = {"OPEN_RUNTIMES_ENTRYPOINT": fixture.entrypoint}
    enforced = {"x-custom": "value", "X-CUSTOM-UPPERCASE": "Value2", "x-open-runtimes-custom": 248}
    main = {
        "START_COMMAND": begin,
        "OPEN_RUNTIMES_SECRET": SECRET,
        "OPEN_RUNTIMES_HEADERS": json.dumps(enforced),
        "CUSTOM_ENV_VAR": "customValue",
        **trust,
    }
    return {
        MAIN: {**main, **entry},
        SECONDARY: {**plain, **entry},
        TERTIARY: {**plain, **entry},
        NO_EXPORT: plain,  # the entrypoint is what the build has written into the archive
    }


@contextmanager
def serving(
    engine: Engine, image: str, tool: str, fixture: Fixture, archives: Mapping[str, Path], folder: Path
) -> Iterator[tuple[str, Container, dict[str, Container]]]:
    """Start all servers, and wait until they answer.

    Args:
        engine: The engine.
        image: The image that serves.
        tool: The image with PHPUnit; it has the stub, too.
        fixture: The language.
        archives: The built functions, by the server's name. A server that has none is not started.
        folder: For files that are mounted.

    Yields:
        The network, the stub with the folder of logs ``/mnt/logs`` as a volume, and the servers by their names.

    Raises:
        FunctionLaunchError: One does not answer in time. The error holds its last lines.
    """
    with ExitStack() as stack:
        network = stack.enter_context(containers.network(engine, "suite"))
        own = ["--network", network, "--network-alias"]
        logs = ["--volume", "/mnt/logs"]
        command = ["sh", "/usr/local/share/suite/stub.sh", LIBRARY_HOST]
        stub = stack.enter_context(
            created(engine, tool, command, name="suite-stub", options=[*own, LIBRARY_HOST, *logs])
        )
        start(stub)
        authority = folder / "authority.pem"
        atomic_files.write_text(authority, _certificate(stub))
        servers = {}
        for name, environment in variables(fixture).items():
            if name not in archives:
                continue
            telemetry = folder / "telemetry" / name
            telemetry.mkdir(parents=True)
            (telemetry / "timings.txt").write_text(TIMINGS, encoding="utf-8")
            unpack = f"gunzip -ck {ARCHIVE} > /mnt/code/code.tar && " if name == SECONDARY else ""
            options = [*own, name, "--volumes-from", stub.id, "--volume", f"{telemetry}:/mnt/telemetry"]
            options += ["--volume", f"{archives[name]}:{ARCHIVE}:ro", "--volume", f"{authority}:{AUTHORITY}:ro"]
            options += ["--volume", f"{authority}:{TRUSTED}:ro"]
            command, described = ["bash", "-c", unpack + _START], name.removeprefix("open-runtimes-test-")
            servers[name] = stack.enter_context(
                created(engine, image, command, name=described, environment=environment | _TRUST, options=options)
            )
            start(servers[name])
        end = time.monotonic() + READY_SECONDS
        for server in servers.values():
            _wait_until_it_answers(server, image, end)
        yield network, stub, servers


def _certificate(stub: Container) -> str:
    """The certificate that the stub prints."""
    end = time.monotonic() + STUB_SECONDS
    while "END CERTIFICATE-----\n" not in (printed := stub.logs()):
        if not stub.state().running:
            raise FunctionLaunchError(LIBRARY_HOST, "the stub has ended", printed)
        if time.monotonic() > end:
            raise DeadlineError("the stub's certificate", STUB_SECONDS, printed)
        time.sleep(_POLL_SECONDS)
    return printed[printed.index("-----BEGIN") :]


def _wait_until_it_answers(server: Container, image: str, end: float) -> None:
    """Wait for ``/__opr/health``. It needs neither the secret nor the function."""
    while True:
        state = server.state()
        if not state.running:
            raise FunctionLaunchError(image, f"{server.name} ended with {state.exit_code}", server.logs(20))
        connection = http.client.HTTPConnection(*server.address(), timeout=5)
        try:
            connection.request("GET", "/__opr/health")
            if connection.getresponse().status == http.client.OK:
                return
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()
        if time.monotonic() > end:
            what = f"/__opr/health of {server.name} did not answer 200 within {READY_SECONDS} s"
            raise FunctionLaunchError(image, what, server.logs(20))
        time.sleep(_POLL_SECONDS)
