"""Debian's packages in the place of those that the suite's functions take from a registry which is out of reach.

They are laid into the copy of a function; the checkout stays as it is.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from runtimekit.debian import packages
from runtimekit.support.home import home
from runtimekit.support.machine import native

if TYPE_CHECKING:
    from runtimekit.conformance.peers.checkout import Fixture

SUITE = "trixie"
FOLDER = "debian"
"""Where they are in the function."""


@dataclass(frozen=True)
class Substitute:
    """What takes the place of a language's registry."""

    packages: tuple[str, ...]
    declared: str
    """The language's own file that declares the packages; it is left out."""
    loader: str
    """A file that the runtime loads before the function, as a package manager would have written it."""
    text: str


SUBSTITUTES = {
    "php": Substitute(
        (
            "php-guzzlehttp-guzzle",
            "php-guzzlehttp-promises",
            "php-guzzlehttp-psr7",
            "php-psr-http-client",
            "php-psr-http-factory",
            "php-psr-http-message",
            "php-getallheaders",
            "php-symfony-deprecation-contracts",
        ),
        "composer.json",
        "vendor/autoload.php",
        # Not Debian's own: those name other packages by where Debian installs them. A class's name is its path.
        "<?php\n"
        "$folder = __DIR__ . '/../debian/usr/share/php/';\n"
        "spl_autoload_register(function ($class) use ($folder) {\n"
        "    $file = $folder . strtr($class, '\\\\', '/') . '.php';\n"
        "    is_file($file) && require $file;\n"
        "});\n"
        "require_once $folder . 'GuzzleHttp/functions_include.php';\n"
        "require_once $folder . 'Symfony/Contracts/Deprecation/function.php';\n"
        "require_once $folder . 'getallheaders/getallheaders.php';\n",
    ),
    "ruby": Substitute(
        ("ruby-httparty", "ruby-multi-xml", "ruby-mini-mime"),
        "Gemfile",
        "vendor/bundle/bundler/setup.rb",
        'folders = "usr/{lib/ruby/vendor_ruby,share/rubygems-integration/all/gems/*/lib}"\n'
        '$LOAD_PATH.unshift(*Dir[File.expand_path("../../../debian/#{folders}", __dir__)])\n',
    ),
}


def lay(fixture: Fixture, function: Path) -> Fixture:
    """Give a copy of a language's function its packages.

    Args:
        fixture: The language.
        function: The copy's folder.

    Returns:
        The language, whose packages need not be installed any more. One that needs no substitute is returned as it is.
    """
    substitute = SUBSTITUTES.get(fixture.language)
    if substitute is None:
        return fixture
    area = packages.Area(home() / "apt" / f"{SUITE}-{native()}", SUITE, native())
    with tempfile.TemporaryDirectory(prefix="runtimekit-debian-") as scratch:
        packages.unpack(area.fetch(substitute.packages, Path(scratch)), function / FOLDER)
    (function / substitute.declared).unlink(missing_ok=True)
    loader = function / substitute.loader
    loader.parent.mkdir(parents=True, exist_ok=True)
    loader.write_text(substitute.text, encoding="utf-8")
    return replace(fixture, install="")
