"""What every image must be (contract §1). Each case is run on every image of a runtime, for each platform."""

from __future__ import annotations

import re

from runtimekit.conformance import Subject, Target, case, expect, expect_that
from runtimekit.functions import function
from runtimekit.functions.archive import pack

LABELS = ("title", "description", "source", "revision", "version", "licenses", "base.name", "base.digest", "created")
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
BUILT_FROM_SOURCE = {"ruby", "perl", "r", "lua"}
"""Languages whose packages are commonly built from source, so that their images may hold a compiler (contract I6)."""


@case("image.name", rule="I1", core=True, bench=Subject.IMAGE)
def name(target: Target) -> str:
    """``<language>-runtime:<version>`` or ``appwrite-<name>:<version>``; the report shows its size.

    An image with packages that a runtime.toml asks for has ``-with-<hash>`` after it.
    """
    form = r"(?:[a-z]+-runtime|appwrite-(?:alpine|ubuntu)):[0-9]+(?:\.[0-9]+)*(?:-with-[0-9a-f]{12}(?:-untested)?)?"
    expect_that(re.fullmatch(form, target.image.name), "the image's name", form, target.image.name)
    return f"{target.image.description['Size'] / 1e6:.0f} MB"


@case("image.scripts", rule="I2", core=True, bench=Subject.IMAGE)
def scripts(target: Target) -> None:
    """An image that builds has build.sh, one that runs has launch.sh and starts it."""
    image = target.image
    expect("present" if image.builds else "", image.fact("build.sh"), "/usr/local/src/build.sh")
    expect("present" if image.runs else "", image.fact("launch.sh"), "/usr/local/src/launch.sh")


@case("image.command", rule="I3", core=True, bench=Subject.IMAGE)
def command(target: Target) -> None:
    """The command starts the server, or waits in an image that only builds; no entrypoint, no shell around it."""
    wanted = ["/usr/local/src/launch.sh"] if target.image.runs else ["tail", "-f", "/dev/null"]
    expect(wanted, target.image.settings.get("Cmd"), "CMD")
    expect([], target.image.settings.get("Entrypoint") or [], "ENTRYPOINT")


@case("image.user", rule="I4", core=True, bench=Subject.IMAGE)
def user(target: Target) -> None:
    """Group appwrite 2000 and user appwrite 2001 are there; USER is numeric and not root."""
    expect("2000", target.image.fact("group"), "the gid of group appwrite")
    expect("2001", target.image.fact("user"), "the uid of user appwrite")
    found = target.image.settings.get("User") or ""
    expect_that(re.fullmatch(r"[1-9][0-9]*(:[1-9][0-9]*)?", found), "USER", "a number other than 0", found)


@case("image.folders", rule="I4", core=True, bench=Subject.IMAGE)
def folders(target: Target) -> None:
    """The function's folders are the user's and open to everybody, the runtime's own is root's."""
    for folder in ("/usr/code", "/usr/workspace", "/usr/builtCode"):
        expect("1777 2001:2000", target.image.fact(folder), f"mode and owner of {folder}")
    expect([], target.image.inside.get("changeable", []), "what others than root may change in /usr/local/src")
    expect("755 0:0", target.image.fact("/usr/local/src"), "mode and owner of /usr/local/src")


@case("image.unpacking", rule="L1", core=True, bench=Subject.IMAGE)
def unpacking(target: Target) -> None:
    """The image's user can unpack what the guides of 2021 pack with ``tar -C FOLDER .``: it has an entry for ``.``."""
    folder, archive = target.environment.folder / "packed", target.environment.folder / "packed.tar.gz"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "index.file").write_text("a function\n", encoding="utf-8")
    pack(folder, archive)
    script = f"tar -zxf {function.ARCHIVE} -C /usr/code && cat /usr/code/index.file"
    expect((0, "a function\n"), target.image.run(script, {function.ARCHIVE: archive}), script)


@case("image.settings", rule="I5", core=True, bench=Subject.IMAGE)
def settings(target: Target) -> None:
    """Port 3000 is exposed, SIGTERM stops it, no volume is declared."""
    found = target.image.settings
    expect(["3000/tcp"], sorted(found.get("ExposedPorts") or {}), "EXPOSE")
    expect("SIGTERM", found.get("StopSignal") or "SIGTERM", "STOPSIGNAL")
    expect([], sorted(found.get("Volumes") or {}), "VOLUME")


@case("image.labels", rule="I5", core=True, bench=Subject.IMAGE)
def labels(target: Target) -> None:
    """OCI's labels are there and hold what their names say."""
    found = target.image.settings.get("Labels") or {}
    missing = [label for label in LABELS if not found.get(f"org.opencontainers.image.{label}")]
    expect([], missing, "missing labels")
    created = found["org.opencontainers.image.created"]
    form = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|\+00:00)"
    expect_that(re.fullmatch(form, created), "label created", "a time in UTC", created)
    digest = found["org.opencontainers.image.base.digest"]
    expect_that(re.fullmatch(r"sha256:[0-9a-f]{64}", digest), "label base.digest", "sha256:…", digest)


@case("image.hygiene", rule="I6", core=True, bench=Subject.IMAGE)
def hygiene(target: Target) -> None:
    """Nothing secret, no package lists, no setuid file."""
    for what in ("setuid", "packages", "secret"):
        expect([], target.image.inside.get(what, []), f"{what} in the image")
    settings = target.image.settings.get("Env") or []
    expect([], [each for each in settings if "RUNTIME_KEY" in each], "a default key (contract R2)")


@case("image.no-compiler", rule="I6", core=True, bench=Subject.IMAGE)
def no_compiler(target: Target) -> None:
    """An image that only runs functions holds no compiler."""
    image = target.image
    if image.builds and (not image.runs or target.runtime.id.language in BUILT_FROM_SOURCE):
        return
    expect([], image.inside.get("compiler", []), "compilers in an image that runs functions")


@case("image.architecture", rule="I1", core=True, bench=Subject.IMAGE)
def architecture(target: Target) -> None:
    """The image is for the platform whose name it has, and could be looked into to the end."""
    machine = target.image.platform.split("/")[1]
    expect(MACHINES.get(machine, machine), target.image.fact("machine"), "uname -m inside")
    expect("yes", target.image.fact("done"), "looking into the image to the end")
