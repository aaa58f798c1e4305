"""A program of a few hundred bytes that makes system calls and prints their results.

What the kernel lets a process do to another one of its user is a matter of system calls, which few languages make by
themselves, and images hold neither a compiler nor the tools for them. So this is a whole program, for either processor,
that every function can have started: it works through a table, writes the results over the numbers, and prints it.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BASE, TABLE, DATA = 0x400000, 0x200, 0xC00
"""The load address, and the offsets of the table and of the data."""
DATA_ADDRESS = BASE + DATA
TABLE_ENTRY = struct.Struct("<qQQQQ")
"""A system call's number, later its result, and its arguments."""
HEADERS = 64 + 56
"""The sizes of ELF's header and of the one segment's."""


@dataclass(frozen=True)
class SystemCall:
    """A system call."""

    name: str
    numbers: tuple[int, int]
    """On amd64 and on arm64."""
    arguments: tuple[int, ...] = ()
    """At most four."""

    @property
    def registers(self) -> tuple[int, ...]:
        """The four arguments as unsigned 64-bit register values."""
        return tuple(value & (1 << 64) - 1 for value in (*self.arguments, 0, 0, 0, 0)[:4])


def _amd64(size: int) -> bytes:
    table = struct.pack("<I", BASE + TABLE)
    loop = bytes.fromhex(
        "488b03 4885c0 781b"  # loop: mov rax,[rbx]; test rax,rax; js end
        "488b7b08 488b7310 488b5318 4c8b5320 0f05"  # mov rdi, rsi, rdx, r10 from [rbx+8] onwards; syscall
        "488903 4883c328 ebdd"  # mov [rbx],rax; add rbx,40; jmp loop
    )
    write = b"\xb8\x01\0\0\0\xbf\x01\0\0\0\xbe" + table + b"\xba" + struct.pack("<I", size) + b"\x0f\x05"  # write
    exit_group = bytes.fromhex("b8e7000000 31ff 0f05")  # exit_group
    return b"\xbb" + table + loop + write + exit_group


def _arm64(size: int) -> bytes:
    def number(register: int, value: int) -> list[int]:  # movz; movk with the upper half
        return [0xD2800000 | (value & 0xFFFF) << 5 | register, 0xF2A00000 | value >> 16 << 5 | register]

    def load(register: int, place: int) -> int:  # ldr register,[x19+8*place]
        return 0xF9400000 | place << 10 | 19 << 5 | register

    svc = 0xD4000001
    loop = [load(8, 0), 0xB7F80000 | 8 << 5 | 8]  # tbnz x8,#63,end: eight words on
    loop += [*(load(register, register + 1) for register in range(4)), svc]
    loop += [0xF8000400 | TABLE_ENTRY.size << 12 | 19 << 5, 0x14000000 | -8 & 0x3FFFFFF]  # str x0,[x19],#40; b loop
    write = [*number(8, 64), *number(0, 1), *number(1, BASE + TABLE), *number(2, size), svc]  # write
    exit_group = [*number(8, 94), *number(0, 0), svc]  # exit_group
    instructions = [*number(19, BASE + TABLE), *loop, *write, *exit_group]
    return struct.pack(f"<{len(instructions)}I", *instructions)


MACHINES = {"amd64": (62, _amd64), "arm64": (183, _arm64)}


def program(calls: Sequence[SystemCall], architecture: str, data: bytes = b"") -> bytes:
    """The program, an ELF executable; ``data`` will be at :data:`DATA_ADDRESS`."""
    machine, code = MACHINES[architecture]
    column = tuple(MACHINES).index(architecture)
    table = b"".join(TABLE_ENTRY.pack(call.numbers[column], *call.registers) for call in calls)
    end = TABLE_ENTRY.pack(-1, 0, 0, 0, 0)
    if len(table + end) > DATA - TABLE:
        raise ValueError(f"the table has room for {(DATA - TABLE) // TABLE_ENTRY.size - 1} calls, not for {len(calls)}")
    content = code(len(table)).ljust(TABLE - HEADERS, b"\0") + (table + end).ljust(DATA - TABLE, b"\0") + data
    header = b"\x7fELF\2\1\1".ljust(16, b"\0")
    header += struct.pack("<HHIQQQIHHHHHH", 2, machine, 1, BASE + HEADERS, 64, 0, 0, 64, 56, 1, 0, 0, 0)
    size = HEADERS + len(content)
    segment = struct.pack("<IIQQQQQQ", 1, 7, 0, BASE, BASE, size, size, 0x1000)  # read, write and execute
    return header + segment + content


def results(calls: Sequence[SystemCall], printed: bytes) -> dict[str, int]:
    """The result of each call by its name, read from the program's output. Negative numbers are errors (-errno)."""
    return {call.name: entry[0] for call, entry in zip(calls, TABLE_ENTRY.iter_unpack(printed), strict=True)}
