"""A Landlock domain for this process and all that it starts: which files it reads, executes and writes.

Unprivileged, since Linux 5.13; what a kernel is too old for is named, never assumed. Landlock does not govern looking
at a file's metadata (`stat`): a confined process can still learn that a path exists.

Source: Linux `Documentation/userspace-api/landlock.rst`, `include/uapi/linux/landlock.h`.
"""

import ctypes
import os
import stat
import struct
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

# Above 423 all architectures share their numbers.
_CREATE_RULESET: Final = 444
_ADD_RULE: Final = 445
_RESTRICT_SELF: Final = 446
_CREATE_RULESET_VERSION: Final = 1
_RULE_PATH_BENEATH: Final = 1

_EXECUTE: Final = 1 << 0
_WRITE_FILE: Final = 1 << 1
_READ_FILE: Final = 1 << 2
_READ_DIR: Final = 1 << 3
_REMOVE_DIR: Final = 1 << 4
_REMOVE_FILE: Final = 1 << 5
_MAKE_DIR: Final = 1 << 7
_MAKE_REG: Final = 1 << 8
_MAKE_SYM: Final = 1 << 12
_REFER: Final = 1 << 13  # ABI 2
_TRUNCATE: Final = 1 << 14  # ABI 3
_IOCTL_DEV: Final = 1 << 15  # ABI 5

_READ: Final = _READ_FILE | _READ_DIR
_WRITE: Final = (
    _READ | _WRITE_FILE | _REMOVE_DIR | _REMOVE_FILE | _MAKE_DIR | _MAKE_REG | _MAKE_SYM | _REFER | _TRUNCATE
)
_ON_FILES: Final = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV

_NET_TCP: Final = 0b11  # ABI 4: bind and connect
_SCOPED: Final = 0b11  # ABI 6: abstract unix sockets and signals reach nobody outside the domain

_MINIMAL_HANDLED: Final = (1 << 13) - 1  # ABI 1


class Files(NamedTuple):
    """What a confined process may do with files: folders mean all that is below them; what is missing is left out."""

    readable: Sequence[Path] = ()
    executable: Sequence[Path] = ()  # read and run
    writable: Sequence[Path] = ()  # read, write, make and remove


def abi() -> int:
    """Return the kernel's Landlock version; 0 where there is none, or it is switched off."""
    return max(0, _syscall(_CREATE_RULESET, None, 0, _CREATE_RULESET_VERSION))


def enforce(files: Files, version: int | None = None) -> list[str]:
    """Confine this process from now on; return what could not be enforced. `no_new_privs` must stand already."""
    version = abi() if version is None else version
    if version == 0:
        return ["files: the kernel has no Landlock, so the child could open whatever its user can"]
    handled = _handled(version)
    attributes = struct.pack("=Q", handled)
    if version >= 4:
        attributes += struct.pack("=Q", _NET_TCP)
    if version >= 6:
        attributes += struct.pack("=Q", _SCOPED)
    ruleset = _syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        return ["files: the kernel refused a Landlock ruleset"]
    try:
        for paths, rights in ((files.readable, _READ), (files.executable, _READ | _EXECUTE), (files.writable, _WRITE)):
            _allow(ruleset, paths, rights & handled)
        if _syscall(_RESTRICT_SELF, ruleset, 0) != 0:
            return ["files: the kernel refused the Landlock domain"]
    finally:
        os.close(ruleset)
    return _missing(version)


def _handled(version: int) -> int:
    handled = _MINIMAL_HANDLED
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV)):
        if version >= since:
            handled |= right
    return handled


def _missing(version: int) -> list[str]:
    missing = []
    if version < 3:
        missing.append(f"truncating files that the user may write (Landlock {version} of 3)")
    if version < 6:
        missing.append(f"signals to the user's other processes (Landlock {version} of 6)")
    return missing


def _allow(ruleset: int, paths: Iterable[Path], rights: int) -> None:
    for path in paths:
        try:
            folder = os.open(path, os.O_PATH | os.O_CLOEXEC)
        except (FileNotFoundError, NotADirectoryError, PermissionError):
            continue  # nothing there that could be read: nothing to allow
        try:
            here = rights if stat.S_ISDIR(os.fstat(folder).st_mode) else rights & _ON_FILES
            # struct landlock_path_beneath_attr { __u64 allowed_access; __s32 parent_fd; } packed
            _syscall(_ADD_RULE, ruleset, _RULE_PATH_BENEATH, struct.pack("=Qi", here, folder), 0)
        finally:
            os.close(folder)


@cache
def _libc() -> ctypes.PyDLL:
    """Return the C library; opening it anew for each call would be most of what a domain costs."""
    libc = ctypes.PyDLL(None)
    libc.syscall.restype = ctypes.c_long
    return libc


def _syscall(number: int, *arguments: Any) -> int:
    passed = [ctypes.c_long(argument) if isinstance(argument, int) else argument for argument in arguments]
    result: int = _libc().syscall(ctypes.c_long(number), *passed)
    return result
