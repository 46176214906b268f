"""The filter is read instruction by instruction here, so that no refused call has to be made to know its fate."""

import re
import struct
from pathlib import Path

import pytest

from wardline.kernel.confinement import seccomp, syscalls

ALLOW, KILL, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
YOUNGER_THAN_SOME_HEADERS = {"fchmodat2", "setxattrat", "removexattrat", "open_tree_attr", "file_setattr"}


def verdict(machine, number, *arguments, may_start_processes=True, audit=None):
    """Run the filter as the kernel would (classic BPF, the six instructions that it uses)."""
    code = list(struct.iter_unpack("=HBBI", seccomp.program(machine, may_start_processes=may_start_processes)))
    padded = (*arguments, 0, 0, 0, 0, 0, 0)[:6]
    facts = struct.pack("=IIQ6Q", number, ARCHITECTURES[machine] if audit is None else audit, 0, *padded)
    at = accumulator = 0
    while True:
        kind, if_true, if_false, operand = code[at]
        at += 1
        if kind == 0x20:
            (accumulator,) = struct.unpack_from("=I", facts, operand)
        elif kind == 0x06:
            return operand
        else:
            test = {0x15: accumulator == operand, 0x35: accumulator >= operand, 0x45: bool(accumulator & operand)}
            at += if_true if test[kind] else if_false


@pytest.mark.parametrize("machine", ARCHITECTURES)
@pytest.mark.parametrize("alone", [False, True])
def test_every_call_in_the_table_is_refused_and_no_other(machine, alone) -> None:
    column = list(ARCHITECTURES).index(machine)
    refused = {numbers[column] for numbers in syscalls.REFUSED.values()} - {syscalls.NONE}
    special = {syscalls.CLONE3[column]}
    if alone:
        special |= {syscalls.CLONE[column], syscalls.FORK[column], syscalls.VFORK[column]} - {syscalls.NONE}
    for number in range(600):
        expected = EPERM if number in refused | special else ALLOW
        if number == syscalls.CLONE3[column]:
            expected = ENOSYS
        assert verdict(machine, number, may_start_processes=not alone) == expected, number


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_another_architectures_numbers_kill(machine) -> None:
    for audit in (0x40000003, 0xC000003E ^ 0xC00000B7 ^ ARCHITECTURES[machine], 0):  # i386, the other one, none
        assert verdict(machine, 0, audit=audit) == KILL


def test_an_x32_call_kills() -> None:
    assert verdict("x86_64", 0x40000000 | 41) == KILL
    assert verdict("x86_64", 0x40000000 | 520) == KILL  # x32's own execve


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_processes_and_threads_are_started_but_no_namespaces(machine) -> None:
    clone = syscalls.CLONE[list(ARCHITECTURES).index(machine)]
    assert verdict(machine, clone, 0x01200011) == ALLOW  # a fork as the C library makes it
    assert verdict(machine, clone, 0x003D0F00) == ALLOW  # a thread
    for namespace in (0x80, 0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
        assert verdict(machine, clone, 0x11 | namespace) == EPERM
    assert verdict(machine, clone, 0x003D0F00, may_start_processes=False) == ALLOW
    assert verdict(machine, clone, 0x11, may_start_processes=False) == EPERM


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_nothing_is_typed_into_a_terminal(machine) -> None:
    ioctl = syscalls.IOCTL[list(ARCHITECTURES).index(machine)]
    assert verdict(machine, ioctl, 0, 0x5412) == EPERM  # TIOCSTI
    assert verdict(machine, ioctl, 0, 0x541C) == EPERM  # TIOCLINUX
    assert verdict(machine, ioctl, 0, (1 << 32) | 0x5412) == EPERM  # the kernel looks at the lower half only
    assert verdict(machine, ioctl, 0, 0x5401) == ALLOW  # TCGETS


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_limits_are_set_for_oneself_only(machine) -> None:
    prlimit64 = syscalls.PRLIMIT64[list(ARCHITECTURES).index(machine)]
    assert verdict(machine, prlimit64, 0) == ALLOW
    assert verdict(machine, prlimit64, 1) == EPERM


@pytest.mark.parametrize("machine", ARCHITECTURES)
def test_the_numbers_are_those_of_the_kernels_headers(machine) -> None:
    header = HEADERS[machine]
    if not header.is_file():
        pytest.skip(f"the kernel's headers for {machine} are not installed")
    found = re.findall(r"#define __NR(?:3264)?_(\w+) (\d+)", header.read_text())
    known = {name: int(number) for name, number in found}
    column = list(ARCHITECTURES).index(machine)
    special = {
        "clone": syscalls.CLONE,
        "clone3": syscalls.CLONE3,
        "fork": syscalls.FORK,
        "vfork": syscalls.VFORK,
        "ioctl": syscalls.IOCTL,
        "prlimit64": syscalls.PRLIMIT64,
    }
    written_in_two_steps = {"name_to_handle_at", "open_by_handle_at", "clock_adjtime"}
    for name, numbers in {**syscalls.REFUSED, **special}.items():
        if numbers[column] == syscalls.NONE:
            assert name not in known
        elif name in known or name not in YOUNGER_THAN_SOME_HEADERS | written_in_two_steps:
            assert known[name] == numbers[column], name


def test_an_architecture_without_a_table_is_said(monkeypatch) -> None:
    monkeypatch.setattr(seccomp, "architecture", lambda: None)
    assert "no table" in (seccomp.enforce(may_start_processes=True) or "")
