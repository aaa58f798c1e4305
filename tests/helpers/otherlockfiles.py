"""Functions with lock files, as in lockfiles.py, in the languages whose tools the image has."""

from __future__ import annotations

import json

from lockfiles import LOCKED, PINNED, Locked
from pinnedpackages import MODULE, NAME
from pinnedregistries import GO_MODULE, PERL_MODULE, PHP_PACKAGE, crate, dart_package, go_sum, php_entry, sha256

PHP = (
    "<?php\nrequire_once __DIR__ . '/vendor/autoload.php';\nreturn fn ($req, $res) => $res->send(RUNTIMEKIT_PINNED);\n"
)
COMPOSER = json.dumps(
    {
        "require": {PHP_PACKAGE: "^1.0"},
        "repositories": [{"type": "composer", "url": "{url}/php"}, {"packagist.org": False}],
        "config": {"secure-http": False},
    }
)
COMPOSER_LOCK = json.dumps(
    {"content-hash": "0", "packages": [php_entry(PINNED)], "packages-dev": [], "minimum-stability": "stable"}
)
GEMFILE = f'source "{{url}}/gem"\ngem "{NAME}", "~> 1.0"\n'
GEMFILE_LOCK = f"""GEM
  remote: {{url}}/gem/
  specs:
    {NAME} ({PINNED})

PLATFORMS
  ruby

DEPENDENCIES
  {NAME} (~> 1.0)
"""
DART = f"""import 'package:{MODULE}/{MODULE}.dart';
import 'package:runtime/runtime.dart';

void main(Request req, Response res) => res.send(version);
"""
PUBSPEC = f"name: function\nenvironment: {{sdk: ^3.0.0}}\ndependencies: {{{MODULE}: ^1.0.0}}\n"
PUBSPEC_LOCK = f"""packages:
  {MODULE}:
    dependency: "direct main"
    description:
      name: {MODULE}
      sha256: "{sha256(dart_package(PINNED))}"
      url: "{{url}}/pub"
    source: hosted
    version: "{PINNED}"
sdks:
  dart: ">=3.0.0 <4.0.0"
"""
ROCKSPEC = f"""rockspec_format = "3.0"
package = "function"
version = "1.0-1"
source = {{ url = "none" }}
dependencies = {{ "{NAME} >= 1.0" }}
build = {{ type = "none" }}
"""
PERL = f"use {PERL_MODULE};\n\nsub main {{ my ($req, $res) = @_; $res->send(${PERL_MODULE}::VERSION); }}\n1;\n"
SNAPSHOT = f"""# carton snapshot format: version 1.0
DISTRIBUTIONS
  Runtimekit-Pinned-{PINNED}
    pathname: R/RU/RUNTIME/Runtimekit-Pinned-{PINNED}.tar.gz
    provides:
      {PERL_MODULE} {PINNED}
    requirements:
      ExtUtils::MakeMaker 0
"""
RUST = f"""use crate::{{Request, Response}};

pub fn main(_: Request, res: Response) -> Response {{
    res.send({MODULE}::VERSION)
}}
"""
CARGO = f"""[package]
name = "function"
version = "1.0.0"
edition = "2021"

[dependencies]
{NAME} = {{ version = "1", registry = "here" }}
"""
CARGO_LOCK = f"""version = 4

[[package]]
name = "function"
version = "1.0.0"
dependencies = [
 "{NAME}",
]

[[package]]
name = "{NAME}"
version = "{PINNED}"
source = "sparse+{{url}}/crates/"
checksum = "{sha256(crate(PINNED))}"
"""
GO = f"""package function

import pinned "{GO_MODULE}"

func Main(req Request, res Response) Response {{
    return res.Send(pinned.Version)
}}
"""
SWIFT = "import Pinned\n\npublic func main(req: Request, res: Response) -> Response { res.send(version) }\n"
SWIFT_PACKAGE = """// swift-tools-version:6.0
import PackageDescription

let package = Package(
    name: "example",
    products: [.library(name: "function", targets: ["function"])],
    dependencies: [.package(url: "{url}/swift/pinned.git", from: "1.0.0")],
    targets: [
        .target(name: "function", dependencies: [.product(name: "Pinned", package: "pinned")], path: ".",
            sources: ["index.swift"])
    ]
)
"""
RESOLVED = json.dumps(
    {
        "pins": [
            {
                "identity": "pinned",
                "kind": "remoteSourceControl",
                "location": "{url}/swift/pinned.git",
                "state": {"revision": "{revision}", "version": PINNED},
            }
        ],
        "version": 2,
    }
)

LOCKED |= {
    "composer": Locked(
        "php-8.4", {"index.php": PHP, "composer.json": COMPOSER, "composer.lock": COMPOSER_LOCK}, quick=True
    ),
    "bundler": Locked(
        "ruby-3.3",
        {
            "index.rb": f"require '{MODULE}'\n\ndef main(req, res)\n  res.send(RUNTIMEKIT_PINNED)\nend\n",
            "Gemfile": GEMFILE,
            "Gemfile.lock": GEMFILE_LOCK,
        },
        quick=True,
    ),
    "bundler-gems.rb": Locked(
        "ruby-3.3",
        {
            "index.rb": f"require '{MODULE}'\n\ndef main(req, res)\n  res.send(RUNTIMEKIT_PINNED)\nend\n",
            "gems.rb": GEMFILE,
            "gems.locked": GEMFILE_LOCK,
        },
    ),
    "pub": Locked(
        "dart-3.13",
        {"index.dart": DART, "pubspec.yaml": PUBSPEC, "pubspec.lock": PUBSPEC_LOCK},
        {"PUB_HOSTED_URL": "{url}/pub"},
    ),
    "luarocks": Locked(
        "lua-5.4",
        {
            "index.lua": f"local version = require '{MODULE}'\n\nfunction main(req, res)\n    res:send(version)\nend\n",
            "function-1.0-1.rockspec": ROCKSPEC,
            "luarocks.lock": f'return {{ dependencies = {{ ["{NAME}"] = "{PINNED}-1" }} }}\n',
        },
        {"LUAROCKS_CONFIG": "/tmp/luarocks.lua"},
        settings={"/tmp/luarocks.lua": 'rocks_servers = { "{url}/rocks" }\n'},
        quick=True,
    ),
    "carton": Locked(
        "perl-5.40",
        {
            "index.pl": PERL,
            "cpanfile": f"requires '{PERL_MODULE}', '1.0';\n",
            "cpanfile.snapshot": SNAPSHOT,
        },
        {"PERL_CPANM_OPT": "--mirror {url}/cpan --mirror-only"},
        quick=True,
    ),
    "cargo": Locked(
        "rust-1.85",
        {"index.rs": RUST, "Cargo.toml": CARGO, "Cargo.lock": CARGO_LOCK},
        settings={"/tmp/.cargo/config.toml": '[registries.here]\nindex = "sparse+{url}/crates/"\n'},
    ),
    "go": Locked(
        "go-1.24",
        {
            "index.go": GO,
            "go.mod": f"module function\n\ngo 1.24\n\nrequire {GO_MODULE} v{PINNED}\n",
            "go.sum": go_sum(PINNED),
        },
        {"GOPROXY": "{url}/go", "GONOSUMDB": "*"},
    ),
    "swift": Locked("swift-6.2", {"index.swift": SWIFT, "Package.swift": SWIFT_PACKAGE, "Package.resolved": RESOLVED}),
}
