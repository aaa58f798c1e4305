"""Gradle's files as functions in Java and Kotlin have them: what is read of them, and what is said of the rest."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ = """
// a comment
plugins { id 'java' } // another
plugins { id 'war' }
repositories { mavenCentral() }
dependencies {
    implementation "a.b:one:1.0"  // https://example.org
    implementation('a.b:two:2.0.1-jre')
    api(group: "a.b", name: "three", version: "3")
    /* not this:
    implementation "a.b:four:4"
    */
    runtimeOnly 'a.b:five:5', { transitive = false }
    testImplementation libs.junit
}
"""


def read(folder: Path, text: str) -> subprocess.CompletedProcess[str]:
    """What becomes of a file."""
    (folder / "deps.gradle").write_text(text)
    command = ["awk", "-f", str(ROOT / "adapters/java/gradle.awk"), "deps.gradle"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def packages(pom: str) -> list[str]:
    """The dependencies of a pom.xml."""
    form = r"<groupId>(.+?)</groupId><artifactId>(.+?)</artifactId><version>(.+?)</version></dependency>"
    return [":".join(found) for found in re.findall(form, pom)]


def test_what_names_a_package_is_read(tmp_path: Path) -> None:
    """In the forms that there are; tests' packages are none of the function's."""
    done = read(tmp_path, READ.replace(", { transitive = false }", ""))
    assert done.returncode == 0
    assert packages(done.stdout) == ["a.b:one:1.0", "a.b:two:2.0.1-jre", "a.b:three:3", "a.b:five:5"]


def test_of_the_rest_there_is_one_warning(tmp_path: Path) -> None:
    """It names the first place."""
    said = read(tmp_path, READ.replace(", { transitive = false }", "")).stderr
    why = "Gradle is not run here, only its dependencies are read; this and what is like it is not"
    assert said == f"deps.gradle:3: warning: {why}: plugins\n"


@pytest.mark.parametrize(
    "line",
    [
        'implementation "a.b:one:1.+"',
        'implementation "a.b:one"',
        'implementation platform("a.b:bom:1")',
        "implementation libs.one",
        'implementation "a.b:one:$version"',
        'implementation "a.b:one:latest.release"',
        'implementation "a.b:one:1", "a.b:two:2"',
        'implementation project(":other")',
        "api group: 'a', name: 'b'",
        'implementation "a.b:</artifactId>:1"',
    ],
)
def test_a_package_that_cannot_be_read_fails_the_build(tmp_path: Path, line: str) -> None:
    """The function would lack it."""
    done = read(tmp_path, f"dependencies {{\n    {line}\n}}\n")
    assert done.returncode == 1
    assert packages(done.stdout) == []
    assert done.stderr.startswith("deps.gradle:2: this runtime reads dependencies of the form implementation ")
    assert done.stderr.endswith(f"not this: {line}\n")
