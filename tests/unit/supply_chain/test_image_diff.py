"""Two builds of an image are compared file by file, so that what is not reproducible has a name."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from typing import TYPE_CHECKING, Any

import pytest

from runtimekit.supply_chain.image_diff import Difference, compare
from runtimekit.supply_chain.oci_layouts import Layout

if TYPE_CHECKING:
    from pathlib import Path

FILES: dict[str, dict[str, Any]] = {"etc/a": {"data": b"a"}, "etc/b": {"data": b"b", "mode": 0o755}}


def layer(files: dict[str, dict[str, Any]]) -> bytes:
    """A layer as BuildKit packs it."""
    target = io.BytesIO()
    with tarfile.open(fileobj=target, mode="w") as archive:
        for name, facts in files.items():
            entry = tarfile.TarInfo(name)
            data = facts.get("data", b"")
            entry.size, entry.mtime = len(data), facts.get("mtime", 7)
            entry.mode, entry.uid = facts.get("mode", 0o644), facts.get("uid", 0)
            if "link" in facts:
                entry.type, entry.linkname = tarfile.SYMTYPE, facts["link"]
            archive.addfile(entry, io.BytesIO(data))
    return gzip.compress(target.getvalue(), mtime=0)


def layout(folder: Path, *layers: bytes, **configuration: Any) -> Layout:
    """An image as buildx writes it with ``type=oci,tar=false``."""

    def keep(data: bytes) -> dict[str, Any]:
        digest = hashlib.sha256(data).hexdigest()
        blob = folder / "blobs/sha256" / digest
        blob.parent.mkdir(parents=True, exist_ok=True)
        blob.write_bytes(data)
        return {"digest": f"sha256:{digest}", "size": len(data)}

    history = [{"created_by": "WORKDIR /", "empty_layer": True}]
    history += [{"created_by": f"RUN step {number}"} for number, _ in enumerate(layers, 1)]
    document = {"history": history, "rootfs": {"diff_ids": [hashlib.sha256(each).hexdigest() for each in layers]}}
    config = keep(json.dumps(document | configuration).encode())
    manifest = keep(json.dumps({"config": config, "layers": [keep(each) for each in layers]}).encode())
    (folder / "index.json").write_text(json.dumps({"manifests": [manifest]}))
    return Layout(folder)


def test_the_same_bytes_have_no_differences(tmp_path: Path) -> None:
    """And the same digest."""
    one, other = layout(tmp_path / "1", layer(FILES)), layout(tmp_path / "2", layer(FILES))
    assert one.digest == other.digest
    assert compare(one, other) == []


@pytest.mark.parametrize(
    ("changed", "name", "what"),
    [
        ({"etc/a": {"data": b"x"}}, "etc/a", "content ca978112ca1b, then 2d711642b726"),
        ({"etc/a": {"data": b"a", "mtime": 8}}, "etc/a", "mtime 7, then 8"),
        ({"etc/b": {"data": b"b", "mode": 0o700}}, "etc/b", "mode 755, then 700"),
        ({"etc/b": {"data": b"b", "mode": 0o755, "uid": 5}}, "etc/b", "owner 0:0, then 5:0"),
        ({"etc/c": {"data": b""}}, "etc/c", "only in the second build"),
        ({"etc/a": {"link": "b"}}, "etc/a", "content ca978112ca1b, then b; type 0, then 2"),
    ],
)
def test_a_file_that_differs_is_named_with_what_differs(
    tmp_path: Path, changed: dict[str, dict[str, Any]], name: str, what: str
) -> None:
    """In its layer, which is named by the instruction that made it; the layer that is the same is left out."""
    same = layer({"same": {"data": b"same"}})
    one = layout(tmp_path / "1", same, layer(FILES))
    other = layout(tmp_path / "2", same, layer(FILES | changed))
    assert compare(one, other) == [Difference("layer 2: RUN step 2", name, what)]


def test_another_order_and_another_packing_are_told_apart(tmp_path: Path) -> None:
    """Both change the digest although every file is the same."""
    one = layout(tmp_path / "1", layer(FILES))
    turned = layout(tmp_path / "2", layer(dict(reversed(FILES.items()))))
    assert [each.what for each in compare(one, turned)] == ["the same files in another order"]
    packed = layout(tmp_path / "3", gzip.compress(gzip.decompress(layer(FILES)), 1, mtime=5))
    assert [each.where for each in compare(one, packed)] == ["configuration"]


def test_a_missing_layer_and_a_different_configuration_are_named(tmp_path: Path) -> None:
    """The configuration is compared where the layers are the same."""
    one = layout(tmp_path / "1", layer(FILES), config={"Env": ["A=1"]})
    two = layout(tmp_path / "2", layer(FILES), layer(FILES))
    assert [each.what for each in compare(one, two)] == ["only the second build has this layer"]
    three = layout(tmp_path / "3", layer(FILES), config={"Env": ["A=2"]})
    assert compare(one, three) == [Difference("configuration", "config.Env[0]", "'A=1', then 'A=2'")]
