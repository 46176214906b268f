import pytest

from wardline.check.dependencies.formats import load

FORMATS = load()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("uv.lock", "uv"),
        ("a/b/uv.lock", "uv"),
        ("a/uv.lock.bak", None),
        ("requirements.txt", "requirements"),
        ("requirements-dev.txt", "requirements"),
        ("dev-requirements.txt", "requirements"),
        ("requirements/dev.txt", "requirements"),
        ("a/requirements/dev.txt", "requirements"),
        ("a/requirements/b/dev.txt", None),
        ("notes.txt", None),
        ("web/package-lock.json", "npm"),
        ("package.json", None),
        ("go.mod", "go-mod"),
        ("Cargo.lock", "cargo-lock"),
        ("pom.xml", "pom-xml"),
        ("bin/app.deps.json", "nuget-deps"),
        ("odd\nname/uv.lock", "uv"),
        ("var/lib/dpkg/status.d/libc6", "dpkg-status"),
        ("image/var/lib/dpkg/status.d/libc6", "dpkg-status"),
        ("var/lib/dpkg/status.d/more/libc6", None),
        ("var/lib/dpkg/other/libc6", None),
    ],
)
def test_a_path_has_the_format_that_declares_it(path: str, expected: str | None) -> None:
    found = FORMATS.of(path)
    assert (found.id if found else None) == expected


def test_no_two_formats_claim_the_same_base_name() -> None:
    claimed = [pattern for known in FORMATS.all for pattern in known.plugin.declared["PATTERNS"]]
    assert len(claimed) == len(set(claimed))


def test_every_format_declares_what_the_engine_reads() -> None:
    for known in FORMATS.all:
        assert known.id
        assert known.title
        assert known.plugin.doc
        assert set(known.plugin.declared) >= {"ID", "TITLE", "PATTERNS", "ECOSYSTEMS"}
        assert "{name}" in known.upgrade or not known.upgrade
