"""No GPL or AGPL in what Wardline installs; LGPL only as an unmodified dependency."""

import re
from importlib.metadata import distribution
from pathlib import Path

LOCKED = re.findall(
    r"^([A-Za-z0-9_.-]+)==", (Path(__file__).parents[2] / "requirements" / "server.txt").read_text(), re.MULTILINE
)
PLATFORM_ONLY = {"colorama"}


def licence(name: str) -> str:
    """Return what a distribution's metadata call its licence, else how the licence's own text begins."""
    found = distribution(name)
    facts = found.metadata
    classifiers = [row for row in facts.get_all("Classifier") or [] if row.startswith("License")]
    named = " ".join([facts.get("License-Expression") or "", (facts.get("License") or "")[:200], *classifiers])
    return named.strip() or " ".join(
        file.read_text(encoding="utf-8").strip()[:200]
        for file in found.files or ()
        if "licenses" in file.parts and file.name in (facts.get_all("License-File") or ())
    )


def test_every_locked_package_names_a_licence_that_the_product_may_carry() -> None:
    assert LOCKED
    named = {name: licence(name) for name in LOCKED if name not in PLATFORM_ONLY}
    assert [name for name, text in named.items() if not text] == []
    assert [
        name for name, text in named.items() if re.search(r"(?<!L)(?<!Lesser )\bA?GPL|Affero|^\s*GNU GENERAL", text)
    ] == []
