"""A system call filter for this process and all that it starts, from which nothing can step back.

Calls in `syscalls.REFUSED` fail with EPERM; a call by another architecture's numbers (a 32-bit or x32 call, which the
table would misread) kills the process. Needs no privilege once `no_new_privs` is set. Costs nothing per call that is
always allowed: the kernel keeps a bitmap of those (Linux 5.11).

Source: Linux `Documentation/userspace-api/seccomp_filter.rst`, `include/uapi/linux/{filter,seccomp,audit}.h`.
"""

import ctypes
import os
import struct
import sys
from typing import Final

from wardline.kernel.confinement import syscalls

_AUDIT_ARCH: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT: Final = 0x40000000

_LD_ABS: Final = 0x20  # BPF_LD | BPF_W | BPF_ABS
_JEQ: Final = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
_JGE: Final = 0x35
_JSET: Final = 0x45
_RET: Final = 0x06

_ALLOW: Final = 0x7FFF0000
_KILL: Final = 0x80000000  # SECCOMP_RET_KILL_PROCESS
_EPERM: Final = 0x00050000 | 1
_ENOSYS: Final = 0x00050000 | 38

# struct seccomp_data { int nr; __u32 arch; __u64 instruction_pointer; __u64 args[6]; }, little-endian halves
_NR: Final = 0
_ARCH: Final = 4
_ARG0_LOW: Final = 16
_ARG1_LOW: Final = 24

_CLONE_THREAD: Final = 0x00010000
# CLONE_NEWTIME | NEWNS | NEWCGROUP | NEWUTS | NEWIPC | NEWUSER | NEWPID | NEWNET
_CLONE_NAMESPACES: Final = 0x7E020080
_TIOCSTI: Final = 0x5412  # types into a terminal
_TIOCLINUX: Final = 0x541C

_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2


def architecture() -> str | None:
    """Return the name of this process's architecture where there is a table for it."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(os.uname().machine, os.uname().machine)
    return machine if machine in _AUDIT_ARCH and sys.maxsize > 2**32 and sys.byteorder == "little" else None


def program(machine: str, *, may_start_processes: bool) -> bytes:
    """Return the filter as an array of `struct sock_filter`."""
    column = 0 if machine == "x86_64" else 1
    code = [
        (_LD_ABS, 0, 0, _ARCH),
        (_JEQ, 1, 0, _AUDIT_ARCH[machine]),
        (_RET, 0, 0, _KILL),
        (_LD_ABS, 0, 0, _NR),
    ]
    if machine == "x86_64":
        code += [(_JGE, 0, 1, _X32_BIT), (_RET, 0, 0, _KILL)]
    for numbers in syscalls.REFUSED.values():
        code += _when(numbers[column], [(_RET, 0, 0, _EPERM)])
    # The flags of clone3 are in memory, where a filter cannot look; the C library then falls back to clone.
    code += _when(syscalls.CLONE3[column], [(_RET, 0, 0, _ENOSYS)])
    code += _when(syscalls.CLONE[column], _clone(may_start_processes=may_start_processes))
    if not may_start_processes:
        code += _when(syscalls.FORK[column], [(_RET, 0, 0, _EPERM)])
        code += _when(syscalls.VFORK[column], [(_RET, 0, 0, _EPERM)])
    code += _when(
        syscalls.IOCTL[column],
        [
            (_LD_ABS, 0, 0, _ARG1_LOW),
            (_JEQ, 1, 0, _TIOCSTI),
            (_JEQ, 0, 1, _TIOCLINUX),
            (_RET, 0, 0, _EPERM),
            (_RET, 0, 0, _ALLOW),
        ],
    )
    # Limits of this process only (pid 0): another process of the same user keeps its own.
    code += _when(
        syscalls.PRLIMIT64[column],
        [(_LD_ABS, 0, 0, _ARG0_LOW), (_JEQ, 1, 0, 0), (_RET, 0, 0, _EPERM), (_RET, 0, 0, _ALLOW)],
    )
    code.append((_RET, 0, 0, _ALLOW))
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def _when(number: int, then: list[tuple[int, int, int, int]]) -> list[tuple[int, int, int, int]]:
    """Return `then` (which ends in a return) for one call, and what steps over it for all others."""
    return [] if number == syscalls.NONE else [(_JEQ, 0, len(then), number), *then]


def _clone(*, may_start_processes: bool) -> list[tuple[int, int, int, int]]:
    test = [(_LD_ABS, 0, 0, _ARG0_LOW)]
    if may_start_processes:
        test += [(_JSET, 0, 1, _CLONE_NAMESPACES), (_RET, 0, 0, _EPERM), (_RET, 0, 0, _ALLOW)]
    else:
        test += [(_JSET, 1, 0, _CLONE_THREAD), (_RET, 0, 0, _EPERM), (_RET, 0, 0, _ALLOW)]
    return test


def enforce(*, may_start_processes: bool) -> str | None:
    """Filter this process's system calls from now on; return what could not be enforced, or None.

    `no_new_privs` must stand already.
    """
    machine = architecture()
    if machine is None:
        return f"system calls and the network: no table of them for {os.uname().machine}"
    instructions = program(machine, may_start_processes=may_start_processes)
    buffer = ctypes.create_string_buffer(instructions, len(instructions))
    # struct sock_fprog { unsigned short len; struct sock_filter *filter; }
    head = ctypes.create_string_buffer(struct.pack("@HP", len(instructions) // 8, ctypes.addressof(buffer)))
    libc = ctypes.CDLL(None, use_errno=True)
    refused = libc.prctl(
        ctypes.c_int(_PR_SET_SECCOMP),
        ctypes.c_ulong(_SECCOMP_MODE_FILTER),
        ctypes.c_void_p(ctypes.addressof(head)),
        ctypes.c_ulong(0),
        ctypes.c_ulong(0),
    )
    if refused:
        return f"system calls and the network: the kernel takes no filter ({os.strerror(ctypes.get_errno())})"
    return None
