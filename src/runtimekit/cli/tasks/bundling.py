"""The task that makes an image of one function (docs/bundles.md)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.cli.context import current
from runtimekit.cli.exit_codes import task
from runtimekit.cli.tasks.running import ENTRYPOINT, NO_CACHE, PROTOCOL, RUNTIME

if TYPE_CHECKING:
    from invoke.context import Context


@task(
    positional=["folder"],
    iterable=["manifest"],
    help={
        "folder": "the function's folder",
        "tag": "the image's name: hello:1, or ghcr.io/acme/hello:1 for --push",
        "runtime": RUNTIME,
        "entrypoint": ENTRYPOINT,
        "protocol": PROTOCOL,
        "manifest": "write a file for knative, kubernetes or compose; may be given again",
        "output": "the folder for what is written (default: build/bundles/NAME)",
        "sbom": "write what the image holds, as SPDX, too",
        "push": "publish it, under the rules of publish",
        "skip-tests": "push though the runtime was not tested; needs --because",
        "because": "why tests are skipped; stands in the record",
        "allow-bootstrapped-bases": "push though the base was put together from packages: for trying things out",
        "username": "the registry's user (default: docker's own login)",
        "password-stdin": "read the password from standard input",
        "no-cache": NO_CACHE,
        "json": "the result, for machines",
    },
)
def bundle(
    _context: Context,
    folder: str,
    tag: str = "",
    runtime: str = "",
    entrypoint: str = "",
    protocol: str = "",
    manifest: list[str] | None = None,
    output: str = "",
    sbom: bool = False,
    push: bool = False,
    skip_tests: bool = False,
    because: str = "",
    allow_bootstrapped_bases: bool = False,
    username: str = "",
    password_stdin: bool = False,
    no_cache: bool = False,
    json: bool = False,
) -> None:
    """Make one image of a function of yours and its runtime: it starts faster, and needs nothing mounted."""
    import json as json_format

    from runtimekit.cli import bundles
    from runtimekit.cli.folders import from_user
    from runtimekit.console.bundles import result_table

    wanted = bundles.parse(
        tag=tag,
        manifests=manifest or (),
        push=push,
        skip_tests=skip_tests,
        because=because,
        bootstrapped_allowed=allow_bootstrapped_bases,
        username=username,
        password_stdin=password_stdin,
    )
    root = current().configuration.root
    target = from_user(output) if output else root / "build" / "bundles" / wanted.name.label
    made = bundles.make(from_user(folder), runtime, entrypoint, wanted, protocol=protocol, cache=not no_cache)
    files = bundles.write(made, wanted, target, sbom=sbom)
    if json:
        print(json_format.dumps(made.row(files), indent=2))  # noqa: T201 - the result itself
    else:
        current().results.print(result_table(made.row(files)))
