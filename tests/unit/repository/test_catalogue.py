"""The folders of runtimes/ become Runtime objects, or every mistake in them is shown."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from runtimekit.errors import ConfigurationError, UnknownNameError
from runtimekit.repository import catalogue, configuration
from runtimekit.repository.identifiers import Kind, Protocol

if TYPE_CHECKING:
    from pathlib import Path


def load(root: Path) -> catalogue.Catalogue:
    """The catalogue of a repository."""
    return catalogue.load(configuration.load(root))


def mistakes(root: Path) -> str:
    """All that is said about the folders."""
    with pytest.raises(ConfigurationError) as caught:
        load(root)
    return str(caught.value)


def test_every_folder_is_there_in_the_order_of_its_version(repository: Path) -> None:
    """Run images come first: compiled functions need them."""
    found = load(repository)
    assert [str(each) for each in found.runtimes] == ["go-1.24", "python-3.9", "python-3.10"]
    assert [str(each) for each in found.run_images] == ["alpine-3.22", "ubuntu-24.04"]
    assert found.all == found.run_images + found.runtimes


def test_the_newest_version_is_the_newest_that_can_be_had(repository: Path) -> None:
    """A newer one may need a registry; a language of which nothing can be had keeps its newest, to be named."""
    found = load(repository)
    assert [str(each) for each in found.newest] == ["go-1.24", "python-3.10"]
    assert [str(each) for each in found.newest_of(lambda each: str(each) == "python-3.9")] == ["go-1.24", "python-3.9"]


def test_an_interpreted_runtime_runs_on_its_own_image(repository: Path) -> None:
    """Contract I2."""
    python = load(repository).get("python-3.10")
    assert python.build_image == python.run_image == "python-runtime:3.10"
    assert (python.name, python.version, python.entrypoint, python.memory) == ("Python", "3.10", "index.py", "256m")
    assert python.bases == ("python:3.10-slim",)
    assert dict(python.inputs) == {"adapter": repository / "adapters" / "python"}


def test_a_language_may_use_the_adapter_of_another(repository: Path) -> None:
    """As those do that the same virtual machine runs."""
    path = repository / "platforms.toml"
    path.write_text(path.read_text().replace("[languages.python]", '[languages.python]\nadapter = "go"'))
    assert dict(load(repository).get("python-3.10").inputs) == {"adapter": repository / "adapters" / "go"}


def test_a_compiled_runtime_runs_on_a_run_image(repository: Path) -> None:
    """Contract I3."""
    go = load(repository).get("go-1.24")
    assert (go.build_image, go.run_image, go.memory) == ("go-runtime:1.24", "appwrite-alpine:3.22", "512m")


def test_a_run_image_has_no_language(repository: Path) -> None:
    """And runs on itself."""
    alpine = load(repository).get("alpine-3.22")
    assert alpine.language is None
    assert alpine.kind is Kind.RUN_IMAGE
    assert alpine.build_image == alpine.run_image == "appwrite-alpine:3.22"
    assert dict(alpine.inputs) == {"common": repository / "adapters" / "common"}


def test_an_image_of_the_second_protocol_is_made_on_the_first_ones(two_protocols: Path) -> None:
    """One for each version of a language that has it; it shares the runtime's folder, and builds what it runs."""
    found = load(two_protocols)
    assert [str(each) for each in found.second] == ["python-3.9-v5", "python-3.10-v5"]
    assert [str(each) for each in found.of(Protocol.V5).newest] == ["python-3.10-v5"]
    assert found.of(Protocol.V2021) is found
    second = found.get("python-3.10-v5")
    assert second.first is found.get("python-3.10")
    assert second.build_image == second.run_image == "python:v5-3.10"
    assert (second.bases, second.below, second.outside) == ((), ("python-runtime:3.10",), ("python:3.10-slim",))
    assert second.folder == two_protocols / "adapters" / "open-runtimes"
    assert (second.row()["protocol"], second.entrypoint) == ("v5", "main.any")
    assert second not in found.all


def test_what_the_second_protocols_images_are_made_of_must_be_there(two_protocols: Path) -> None:
    """For each language that has it."""
    (two_protocols / "adapters/open-runtimes/languages/python.sh").unlink()
    (two_protocols / "adapters/open-runtimes/Dockerfile").unlink()
    said = mistakes(two_protocols)
    assert "languages/python.sh: is missing; platforms.toml has 'v5' among 'protocols'" in said
    assert "Dockerfile: is missing" in said
    (two_protocols / "adapters/open-runtimes/languages/python.sh").touch()
    assert "languages/python.sh: has no line default_entrypoint=FILE" in mistakes(two_protocols)


def test_a_folder_makes_all_protocols_images(two_protocols: Path) -> None:
    """None is one image of one protocol."""
    (two_protocols / "runtimes" / "python-3.9-v5").mkdir()
    assert "runtimes/python-3.9 and 'protocols' in platforms.toml make it" in mistakes(two_protocols)


def test_a_row_has_exactly_the_promised_keys(repository: Path) -> None:
    """``invoke list --json`` is read by machines."""
    row = load(repository).get("python-3.9").row()
    assert json.loads(json.dumps(row)) == {
        "id": "python-3.9",
        "language": "python",
        "name": "Python",
        "version": "3.9",
        "kind": "interpreted",
        "protocol": "2021",
        "build_image": "python-runtime:3.9",
        "run_image": "python-runtime:3.9",
        "entrypoint": "index.py",
        "platforms": ["linux/amd64"],
        "memory": "256m",
    }


def test_runtimes_can_be_keys(repository: Path) -> None:
    """Of dictionaries and sets, as plans need them."""
    assert len(set(load(repository).all)) == 5


def test_an_unknown_name_is_answered_with_near_ones(repository: Path) -> None:
    """Not only refused."""
    with pytest.raises(UnknownNameError) as caught:
        load(repository).get("pyton-3.10")
    assert caught.value.near[0] == "python-3.10"


def test_all_mistakes_are_shown_at_once(repository: Path) -> None:
    """Each with the file that it is in."""
    runtimes = repository / "runtimes"
    (runtimes / "python-3.9" / "Dockerfile").unlink()
    (runtimes / "python-3.10" / "README.md").unlink()
    for name in ("pyton-3.11", "Node-22", "a;rm -rf", "alpine-3.21"):
        (runtimes / name).mkdir()
        for file in ("Dockerfile", "README.md"):
            (runtimes / name / file).write_text("FROM a:1\n")
    (runtimes / "go-1.23").symlink_to(runtimes / "go-1.24")
    (runtimes / "go-1.24" / "Dockerfile").write_text("RUN true\n")
    (runtimes / "alpine-3.22" / "Dockerfile").write_text("FROM a:1\nCOPY --from=adapter . /x\n")
    (runtimes / "ubuntu-24.04" / "Dockerfile").write_bytes(b"FROM \xff\n")
    text = mistakes(repository)
    for expected in (
        "python-3.9/Dockerfile: is missing",
        "python-3.10/README.md: is missing",
        "pyton-3.11: platforms.toml has neither a language 'pyton' nor a run image 'pyton-3.11'",
        "Perhaps you meant 'python'?",
        "Node-22: 'Node-22' is no runtime's name: the language must be lower-case",
        "a;rm -rf: 'a;rm -rf' is no runtime's name",
        "alpine-3.21: platforms.toml has neither a language 'alpine' nor a run image 'alpine-3.21'",
        "Perhaps you meant 'alpine-3.22'?",
        "go-1.23: is a link",
        "go-1.24/Dockerfile: has no FROM line",
        "alpine-3.22/Dockerfile: takes files from the context 'adapter', but a run image belongs to no language",
        "ubuntu-24.04/Dockerfile: 'utf-8' codec",
    ):
        assert expected in text
    assert text.startswith("10 mistakes")


def test_what_is_declared_must_exist(repository: Path) -> None:
    """A forgotten exception or run image is shown with its line."""
    for name in ("python-3.9", "ubuntu-24.04"):
        (repository / "runtimes" / name).rename(repository / name)
    text = mistakes(repository)
    assert "platforms.toml:34: the exception's runtime 'python-3.9' has no folder runtimes/python-3.9." in text
    assert "platforms.toml:30: the run image 'ubuntu-24.04' has no folder runtimes/ubuntu-24.04." in text


def test_a_context_needs_its_folder(repository: Path) -> None:
    """Else the build would fail in docker's words."""
    (repository / "adapters" / "go" / "file").unlink()
    (repository / "adapters" / "go").rmdir()
    assert "takes files from the context 'adapter', but there is no folder" in mistakes(repository)


def test_files_and_hidden_folders_beside_the_runtimes_are_nobodys_business(repository: Path) -> None:
    """Editors and people leave some."""
    (repository / "runtimes" / "README.md").write_text("# Runtimes\n")
    (repository / "runtimes" / ".idea").mkdir()
    assert len(load(repository).all) == 5


def test_without_the_folder_there_is_nothing_to_read(repository: Path) -> None:
    """And that is said."""
    (repository / "runtimes").rename(repository / "other")
    assert "runtimes: is missing" in mistakes(repository)
