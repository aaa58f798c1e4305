"""What counts as memory that a function holds."""

from __future__ import annotations

from runtimekit.benchmarks.memory import held_bytes_in

VERSION_2 = """anon 30000000
file 9000000
kernel 81000000
sock 0
shmem 500000
inactive_file 7000000
slab_reclaimable 79000000
"""
VERSION_1 = """cache 1630208
rss 20000000
inactive_file 122880
total_cache 1630208
total_rss 29536256
total_shmem 4096
"""


def test_what_the_kernel_gives_back_is_not_held() -> None:
    """Of files only those in memory count, of the kernel's memory only what is no cache."""
    assert held_bytes_in(VERSION_2) == 30_000_000 + 500_000 + 2_000_000


def test_an_old_kernel_counts_its_own_memory_nowhere() -> None:
    """Linux before 5.18 has no line for it."""
    assert held_bytes_in("anon 5\nshmem 1\nslab_reclaimable 4\n") == 6


def test_version_1_counts_the_groups_below_too() -> None:
    """The totals."""
    assert held_bytes_in(VERSION_1) == 29_536_256 + 4096


def test_a_container_that_does_not_tell() -> None:
    """Neither file is there."""
    assert held_bytes_in("") is None
