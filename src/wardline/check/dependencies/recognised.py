"""Files that lock third-party packages, or list installed ones, in a format that is not read yet."""

from typing import Final

_MAKE_SBOM: Final = "make an SBOM of it (CycloneDX or SPDX, with purls) and commit it; SBOMs are read"

# Base name -> what it is, and the way out for now.
_NAMES: Final = {
    "bun.lockb": ("Bun's binary lockfile", "run `bun install --save-text-lockfile`, and commit bun.lock"),
    "cabal.project.freeze": ("Cabal's freeze file", _MAKE_SBOM),
    "Cartfile.resolved": ("Carthage's Cartfile.resolved", _MAKE_SBOM),
    "conda-lock.yml": ("conda-lock's lockfile", _MAKE_SBOM),
    "cpanfile.snapshot": ("Carton's cpanfile.snapshot", _MAKE_SBOM),
    "deno.lock": ("Deno's lockfile", _MAKE_SBOM),
    "deps-lock.json": ("clj-nix's lockfile", _MAKE_SBOM),
    "dub.selections.json": ("Dub's selections", _MAKE_SBOM),
    "flake.lock": ("Nix's flake.lock", _MAKE_SBOM),
    "MODULE.bazel.lock": ("Bazel's module lockfile", _MAKE_SBOM),
    "packrat.lock": ("Packrat's lockfile", "run `renv::init()`, and commit renv.lock"),
    "paket.lock": ("Paket's lockfile", _MAKE_SBOM),
    "pixi.lock": ("Pixi's lockfile", _MAKE_SBOM),
    "Podfile.lock": ("CocoaPods' Podfile.lock", _MAKE_SBOM),
    "project.assets.json": ("NuGet's restore output", "run `dotnet restore --use-lock-file`"),
    "rebar.lock": ("Rebar's lockfile", _MAKE_SBOM),
    "shard.lock": ("Crystal's shard.lock", _MAKE_SBOM),
    "shrinkwrap.yaml": (
        "pnpm's lockfile of before version 3",
        "run `pnpm install --lockfile-only` with a current pnpm",
    ),
    "stack.yaml.lock": ("Stack's lockfile", _MAKE_SBOM),
    "vcpkg-lock.json": ("vcpkg's lockfile", _MAKE_SBOM),
}
# The end of the path -> the same.
_ENDS: Final = {
    "var/lib/rpm/Packages": ("RPM's database", _MAKE_SBOM),
    "var/lib/rpm/Packages.db": ("RPM's database", _MAKE_SBOM),
    "var/lib/rpm/rpmdb.sqlite": ("RPM's database", _MAKE_SBOM),
    "usr/lib/sysimage/rpm/Packages.db": ("RPM's database", _MAKE_SBOM),
    "usr/lib/sysimage/rpm/rpmdb.sqlite": ("RPM's database", _MAKE_SBOM),
    "conda-meta/history": ("an installed Conda environment", _MAKE_SBOM),
}
_EXTENSIONS: Final = {
    ".spdx.rdf": ("SPDX as RDF", "make it anew as SPDX 2.3 JSON"),
    ".spdx.rdf.xml": ("SPDX as RDF", "make it anew as SPDX 2.3 JSON"),
    ".spdx.yaml": ("SPDX as YAML", "make it anew as SPDX 2.3 JSON"),
    ".spdx.yml": ("SPDX as YAML", "make it anew as SPDX 2.3 JSON"),
    ".spdx.xlsx": ("SPDX as a spreadsheet", "make it anew as SPDX 2.3 JSON"),
}


def recognised(path: str) -> tuple[str, str] | None:
    """Return what the file is ("Mix's lockfile") and the way out, or None where its path says nothing.

    Pure on the path, which is `/`-separated. Files that a format reads are not asked about.
    """
    name = path.rpartition("/")[2]
    known = _NAMES.get(name)
    if known is None and name.endswith(tuple(_EXTENSIONS)):
        known = next((said for end, said in _EXTENSIONS.items() if name.endswith(end)), None)
    if known is None and path.endswith(tuple(_ENDS)):
        known = next((said for end, said in _ENDS.items() if path == end or path.endswith(f"/{end}")), None)
    return known
