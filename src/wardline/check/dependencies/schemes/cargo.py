"""Rust crates: semantic versions, with build metadata as the last thing to compare.

Source: the `semver` crate's `Ord` for `Version` (numeric identifiers of build metadata by value, then by length, and
before textual ones). Whether an advisory concerns a version is decided by SemVer's precedence instead, which ignores
build metadata: an advisory that ends with 111.15.0 means 111.15.0+1.1.1k too.
"""

from typing import Final

from wardline.check.dependencies.schemes import _semver
from wardline.check.dependencies.schemes._parts import Key

ID: Final = "cargo"
TITLE: Final = "Rust crates"
ECOSYSTEMS: Final = ("crates.io",)

precedence = _semver.key
prerelease = _semver.prerelease
major = _semver.major


def key(version: str) -> Key:
    """Return a key that orders versions as Cargo does, build metadata last."""
    parsed = _semver.parse(version)
    return (*parsed.precedence(), _build(parsed.build) if parsed.build else ())


def _build(text: str) -> Key:
    return tuple((0, int(part), len(part), "") if part.isdigit() else (1, 0, 0, part) for part in text.split("."))
