"""Parses the options of ``publish`` into :class:`PublishOptions`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.cli import options
from runtimekit.errors import OptionsConflictError, PublishRefusedError, UnknownNameError
from runtimekit.publishing.publish import PublishOptions
from runtimekit.registry import credentials
from runtimekit.registry.address import Address
from runtimekit.registry.credentials import Login

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runtimekit.repository.identifiers import Platform


def parse(
    declared: Sequence[Platform],
    *,
    registry: str,
    only: Sequence[str],
    platforms: Sequence[str],
    digests: str,
    merge: Sequence[str],
    skip_tests: bool,
    because: str,
    bootstrapped_allowed: bool,
    username: str,
    password_stdin: bool,
    dry_run: bool,
) -> PublishOptions:
    """Check the options of `publish`, and that they go together. The password is read last, when all else is valid.

    Raises:
        OptionsConflictError: They do not go together.
        OptionError: The registry's address is not valid.
        PublishRefusedError: A platform is unknown or would be missing, or tests are skipped without a reason.
        CommandError: Docker's credential helper fails.
    """
    if not registry:
        raise OptionsConflictError("--registry HOST/NAMESPACE is needed: there is no default.")
    address = Address.parse(registry)
    if merge and (only or platforms or digests or skip_tests):
        raise OptionsConflictError(
            "--merge excludes --only, --platform, --digests and --skip-tests: its files list all."
        )
    if digests and not platforms:
        raise OptionsConflictError("--digests needs --platform: without it every platform is published, index and all.")
    if because and not skip_tests:
        raise OptionsConflictError("--because is the reason for --skip-tests: add --skip-tests, or leave it out.")
    if bool(username) != password_stdin:
        raise OptionsConflictError("--username and --password-stdin go together; without both, docker's login is used.")
    reasons = [] if because.strip() or not skip_tests else [("--skip-tests gives no reason", "add --because TEXT")]
    if platforms and not digests:
        next_step = "--digests FILE pushes it by digest, to be merged; without --platform all are published"
        reasons.append(("an image of only some platforms would replace one that has all", next_step))
    try:
        chosen = options.platforms(declared, platforms, local=False)
    except UnknownNameError as error:
        chosen = None
        reasons.append(
            (str(error), "declare it in platforms.toml, or name one that is: by Docker's name or its short name")
        )
    if reasons:
        raise PublishRefusedError(reasons)
    return PublishOptions(
        address=address,
        login=None if dry_run else login(address, username),
        platforms=chosen,
        digests=Path(digests) if digests else None,
        without_tests=because.strip(),
        bootstrapped_allowed=bootstrapped_allowed,
    )


def login(address: Address, username: str) -> Login | None:
    """Return the login for a registry: docker's own, or the user's with the password from standard input.

    Raises:
        OptionsConflictError: There is no password.
        CommandError: Docker's credential helper fails.
    """
    if not username:
        return credentials.find(address.host)
    password = sys.stdin.readline().rstrip("\r\n")
    if not password:
        raise OptionsConflictError("--password-stdin found no password on standard input.")
    return Login(username, password)


def warnings(requested: PublishOptions) -> list[str]:
    """Return warnings about risky options, in capitals so that nobody overlooks them."""
    lines = []
    if requested.bootstrapped_allowed:
        lines.append("BASES PUT TOGETHER FROM PACKAGES ARE ALLOWED: these images are not what their names promise")
    if requested.without_tests:
        lines.append(f"TESTS ARE SKIPPED, because: {requested.without_tests}")
    return lines
