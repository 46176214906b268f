"""Semantic Versioning 2.0.0: npm and the ecosystems that order versions as it does.

Build metadata does not count: `1.0.0+a` and `1.0.0+b` are the same version (§10), as in npm's `semver`, Elixir's
`Version`, and SwiftPM. Tags of GitHub Actions and extension versions are read the same way, and so is GHC.
"""

from typing import Final

from wardline.check.dependencies.schemes import _semver

ID: Final = "semver"
TITLE: Final = "Semantic Versioning 2.0.0"
ECOSYSTEMS: Final = ("npm", "Hex", "SwiftURL", "GitHub Actions", "VSCode", "GHC", "Kubernetes")

key = _semver.key
prerelease = _semver.prerelease
major = _semver.major
