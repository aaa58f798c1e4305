"""What a function can learn: not the secret (V7), but its environment (V37)."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from runtimekit.conformance import Subject, case, decoded, expect, expect_status, expect_that

if TYPE_CHECKING:
    from runtimekit.conformance.open_runtimes.target import OpenTarget


@case("secrecy.environment", rule="V7", core=True)
def environment(target: OpenTarget) -> None:
    """The secret is in no variable, under no name."""
    answer = target.probe("environment")
    expect_status(answer, 200)
    expect_that(target.key not in answer.body.decode(), "the environment", "no secret", "the secret")
    expect_that(
        "OPEN_RUNTIMES_SECRET" not in decoded(answer), "the environment", "no OPEN_RUNTIMES_SECRET", "it is there"
    )


@case("secrecy.under-another-name", rule="V7", bench=Subject.OWN)
def other_name(target: OpenTarget) -> None:
    """A variable with the same value is taken out, too; others stay, also empty ones (V37)."""
    secret = "0123456789abcdef" * 2
    variables = {"COPY": secret, "OWN": "own", "EMPTY": "", "OPEN_RUNTIMES_ENTRYPOINT": "other"}
    with target.fresh(secret=secret, variables=variables) as own:
        found = decoded(own.probe("environment"))
        expect_that(secret not in json.dumps(found), "the environment", "no secret", found)
        got = {name: found.get(name) for name in ("COPY", "OWN", "EMPTY", "CI", "HOME")}
        wanted = {"COPY": None, "OWN": "own", "EMPTY": "", "CI": "true", "HOME": "/tmp"}
        expect(wanted, got, "variables")


@case("secrecy.authorization", rule="V7", core=True)
def authorization(target: OpenTarget) -> None:
    """The header with the secret that executors send is dropped, however its scheme is written."""
    token = base64.b64encode(f"opr:{target.key}".encode()).decode()
    for value in (f"Basic {token}", f"basic {token}", f"BASIC   {token}"):
        answer = target.call(headers={"authorization": value})
        headers = decoded(answer)["headers"]
        expect(None, headers.get("authorization"), f"Authorization {value.partition(' ')[0]}")
        expect_that(target.key not in json.dumps(headers), "the headers", "no secret", sorted(headers))


@case("secrecy.processes", rule="V7", bench=Subject.VICTIM)
def processes(target: OpenTarget) -> None:
    """It can read no other process's environment or memory."""
    parent = target.function.container.execute("sh", "-c", "pidof gateway || pgrep gateway").split()
    for pid in {"1", *parent}:
        for name in ("environ", "mem", "maps"):
            answer = target.probe("read", path=f"/proc/{pid}/{name}")
            expect(403, answer.status, f"reading /proc/{pid}/{name}")
    own = target.probe("read", path="/proc/self/environ")
    expect_that(target.key.encode() not in own.body, "/proc/self/environ", "no secret", "the secret")


@case("secrecy.files", rule="V7", bench=Subject.VICTIM)
def files(target: OpenTarget) -> None:
    """No file that it may read holds the secret."""
    # The secret comes as the command's input, or the search would find itself.
    script = (
        "read -r secret; for folder in /tmp /mnt /usr/local /run /var/tmp /root /home; do "
        'grep -rlsF --exclude=environ -e "$secret" "$folder" 2>/dev/null; done; true'
    )
    command = f"printf %s {target.key} | sh -c '{script}'"
    found = target.function.container.execute("sh", "-c", command)
    expect("", found.strip(), "files that hold the secret")


@case("secrecy.log", rule="V7", bench=Subject.VICTIM, last=True)
def log(target: OpenTarget) -> None:
    """The container's log does not have it either."""
    expect_that(target.key not in target.logs(), "the container's log", "no secret", "the secret")
