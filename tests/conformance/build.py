"""Building functions (contract L2, L3): what is recorded, and what a failure says."""

from __future__ import annotations

import re
import tarfile

from runtimekit import functions, packaging
from runtimekit.conformance import Bench, CaseFailedError, Suite, case, expect, expect_contains, expect_that
from runtimekit.errors import FunctionBuildError

BROKEN = {
    "go": "package function\n\nfunc Main(req Request, res Response) Response {\n\treturn undefined\n}\n",
}
"""Programs that do not compile, where something else is refused before the compiler sees it."""
NO_PROGRAM = "\n\nthis is (no program in any language\n"


def failing_build(suite: Suite, name: str, files: dict[str, str], entrypoint: str = "") -> str:
    """What build.sh prints when it fails, as it must."""
    source = suite.site.folder / name
    source.mkdir(exist_ok=True)
    for file, text in files.items():
        (source / file).write_text(text, encoding="utf-8")
    packed, target = source.with_suffix(".tar.gz"), source.with_suffix(".built.tar.gz")
    packaging.pack(source, packed)
    site = suite.site
    try:
        output = functions.build(
            site.engine, site.runtime, source=packed, target=target, platform=site.platform, entrypoint=entrypoint
        )
    except FunctionBuildError as error:
        return error.output
    raise CaseFailedError("building it", "a failure", output)


@case("build.no-program", rule="L3", bench=Bench.OWN)
def no_program(suite: Suite) -> None:
    """What is no program is refused in the compiler's words, with the user's file and line."""
    entrypoint = suite.runtime.entrypoint
    output = failing_build(suite, "no-program", {entrypoint: BROKEN.get(suite.runtime.id.language, NO_PROGRAM)})
    named = re.search(rf"{re.escape(entrypoint)}\D{{1,20}}\d", output)
    expect_that(named, "what build.sh printed", f"{entrypoint} and a line's number", output)


@case("build.missing-entrypoint", rule="L3", bench=Bench.OWN)
def missing_entrypoint(suite: Suite) -> None:
    """An entrypoint that is not there is named."""
    output = failing_build(suite, "missing-entrypoint", {"README.md": "# No function\n"}, "elsewhere.file")
    expect_contains(output, ["elsewhere.file"], "what build.sh printed")


@case("build.records-entrypoint", rule="L2", bench=Bench.OWN)
def records_entrypoint(suite: Suite) -> None:
    """The built archive says which file is the entrypoint: the language's default where none was named."""
    with tarfile.open(suite.site.archives["hello"]) as archive:
        recorded = archive.extractfile("./.entrypoint" if "./.entrypoint" in archive.getnames() else ".entrypoint")
        text = recorded.read().decode() if recorded else ""
    expect(suite.runtime.entrypoint, text.strip(), ".entrypoint in the built archive")
