"""How much memory a container uses: as ``docker stats`` counts it, and without what the kernel only keeps for later."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runtimekit.errors import BenchmarkError

if TYPE_CHECKING:
    from runtimekit.engine.client import Engine
    from runtimekit.engine.container import Container

MIB = 2**20
STATISTICS = ("/sys/fs/cgroup/memory.stat", "/sys/fs/cgroup/memory/memory.stat")
"""The container's memory by what it is for, in control groups of version 2, and of version 1."""


def counted_by_docker(engine: Engine, container: Container) -> float:
    """The memory of a container in MiB, as ``docker stats`` counts it: without files that were not used lately."""
    arguments = ("stats", "--no-stream", "--format", "{{.MemUsage}}", container.id)
    used = engine.docker(*arguments, doing="asking for its memory").split("/")[0].strip()
    units = {"GiB": 1024.0, "MiB": 1.0, "KiB": 1 / 1024}
    number, unit = used[:-3], used[-3:]
    return float(number) * units[unit]


def held(container: Container) -> float:
    """The memory in MiB that the processes of a container hold on to.

    Docker's figure has the kernel's caches in it, too. They keep a name for every file that was ever deleted, 200 bytes
    each, and are given back when memory is short: a million requests with two log files each look like a leak.

    Raises:
        BenchmarkError: The container does not tell.
    """
    text = container.execute("sh", "-c", f"cat {' '.join(STATISTICS)} 2>/dev/null; true")
    found = held_bytes_in(text)
    if found is None:
        raise BenchmarkError(
            container.name, f"it does not tell its memory: none of {' and '.join(STATISTICS)} is there"
        )
    return found / MIB


def held_bytes_in(text: str) -> int | None:
    """What is held of the contents of one of :data:`STATISTICS`; None if neither is there.

    Version 1 does not say how much of the kernel's memory is a cache, nor Linux before 5.18 how much the kernel has:
    all of it is left out.
    """
    amounts = {name: int(value) for name, _, value in (line.partition(" ") for line in text.splitlines())}
    if "anon" in amounts:
        kernel = amounts["kernel"] - amounts["slab_reclaimable"] if "kernel" in amounts else 0
        return amounts["anon"] + amounts["shmem"] + kernel
    if "total_rss" in amounts:
        return amounts["total_rss"] + amounts["total_shmem"]
    return None
