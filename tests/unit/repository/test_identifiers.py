"""Names are taken apart and put together in one place, and hostile ones are refused there."""

from __future__ import annotations

import platform

import pytest

from runtimekit.errors import NothingSelectedError
from runtimekit.repository.identifiers import Kind, Platform, Protocol, RuntimeId, near_names, perhaps

AMD64 = Platform("amd64", "linux/amd64", "runner")
ARM64 = Platform("arm64", "linux/arm64", "runner")


@pytest.mark.parametrize(
    "text", ["python-3.10", "node-22", "cpp-17", "ubuntu-24.04", "zig-0.13", "dart-2.19.6", "r-4.4", "node-22-v5"]
)
def test_a_name_survives_being_read_and_written(text: str) -> None:
    """Every form of version that the contract's languages use."""
    assert str(RuntimeId.parse(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "python",
        "python-",
        "-3.10",
        "python3.10",
        "Python-3.10",
        "python-3.10 ",
        "python-3.10\n",
        "python--3.10",
        "python-3-10",
        "python-03.10",
        "python-3.010",
        "python-3.04",
        "ubuntu-24.00",
        "python-3.",
        "python-.3",
        "python-3..1",
        "python-1.2.3.4",
        "python-3.x",
        "python-v5",
        "python-3.10-v4",
        "python-3.10-v5-v5",
        "python-latest",
        "python-٣",
        "../../x",
        "../python-3.10",
        "python-3.10/..",
        "a;rm -rf",
        "a;rm-1",
        "python-1,2",
        "$(id)-1",
        "--privileged",
        "py\x00thon-1",
        "python-" + "9" * 100,
        "a" * 100 + "-1",
    ],
)
def test_a_name_of_another_form_is_refused_with_the_reason(text: str) -> None:
    """What could climb out of a folder, end a command or mean two things never becomes a RuntimeId."""
    with pytest.raises(ValueError, match=r"is no runtime's name: .*as in") as caught:
        RuntimeId.parse(text)
    assert "\x00" not in str(caught.value)


def test_versions_are_ordered_by_their_numbers() -> None:
    """3.9 comes before 3.10, and 3 before 3.0."""
    names = ["python-3.10", "node-22", "python-3.9", "node-8", "python-3", "ubuntu-24.04"]
    expected = ["node-8", "node-22", "python-3", "python-3.9", "python-3.10", "ubuntu-24.04"]
    assert [str(each) for each in sorted(RuntimeId.parse(name) for name in names)] == expected


def test_the_other_forms_of_a_name() -> None:
    """Archives and containers have dashes; images have their kind's name."""
    assert RuntimeId.parse("python-3.10").dashed == "python-3-10"
    assert RuntimeId.parse("python-3.10").image_name(Kind.INTERPRETED) == "python-runtime:3.10"
    assert RuntimeId.parse("go-1.24").image_name(Kind.COMPILED) == "go-runtime:1.24"
    assert RuntimeId.parse("alpine-3.22").image_name(Kind.RUN_IMAGE) == "appwrite-alpine:3.22"


@pytest.mark.parametrize(
    ("machine", "expected"), [("x86_64", AMD64), ("AMD64", AMD64), ("aarch64", ARM64), ("arm64", ARM64)]
)
def test_this_machines_platform_is_found(machine: str, expected: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever its operating system calls it."""
    monkeypatch.setattr(platform, "machine", lambda: machine)
    assert Platform.native([AMD64, ARM64]) is expected


def test_a_machine_without_a_platform_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says what the machine is and what is declared."""
    monkeypatch.setattr(platform, "machine", lambda: "riscv64")
    with pytest.raises(NothingSelectedError, match=r"riscv64.*amd64, arm64"):
        Platform.native([AMD64, ARM64])


def test_near_names_are_suggested() -> None:
    """A misspelt name and a beginning both lead to the right one; nonsense leads nowhere."""
    known = ["python-3.10", "node-22", "go-1.24"]
    assert near_names("pyton-3.10", known) == ["python-3.10"]
    assert near_names("node", known) == ["node-22"]
    assert near_names("zzz", known) == []
    assert perhaps("entrypont", ["entrypoint", "name"]) == " Perhaps you meant 'entrypoint'?"
    assert perhaps("zzz", ["entrypoint"]) == ""


def test_the_image_of_the_second_protocol_is_named_as_its_executors_name_images() -> None:
    """Beside the first one, whose folder it shares."""
    first, second = RuntimeId.parse("node-22"), RuntimeId.parse("node-22-v5")
    assert (first.protocol, second.protocol) == (Protocol.V2021, Protocol.V5)
    assert first.folder == second.folder == "node-22"
    assert first.image_name(Kind.INTERPRETED) == "node-runtime:22"
    assert second.image_name(Kind.INTERPRETED) == second.image_name(Kind.COMPILED) == "node:v5-22"
    assert sorted([second, RuntimeId.parse("node-24"), first]) == [first, second, RuntimeId.parse("node-24")]
