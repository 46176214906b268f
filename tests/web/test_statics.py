import hashlib
import re

import pytest

from wardline.web import statics

FONTS = {
    "inter-latin.woff2": "3100e775e8616cd2611beecfa23a4263d7037586789b43f035236a2e6fbd4c62",
    "inter-latin-ext.woff2": "34b9c504cab7a73e37b746343a449132e56cf7b5481af2cb81dc74dcff25c956",
}
HTMX = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"


def test_htmx_is_the_file_that_was_looked_at_with_its_licence_beside_it():
    folder = statics.FOLDER / "vendor"
    assert hashlib.sha256((folder / "htmx-4.0.1.min.js").read_bytes()).hexdigest() == HTMX
    assert "Zero-Clause BSD" in (folder / "htmx-LICENSE").read_text(encoding="utf-8")


def test_an_address_names_the_content():
    for name in ("wardline.css", "wardline.js", "htmx-4.0.1.min.js", "mark.svg"):
        address = statics.address(name)
        digest = re.fullmatch(rf"/static/([0-9a-f]{{16}})-{re.escape(name)}", address)[1]
        content = statics.files()[address.removeprefix("/static/")].content
        assert hashlib.sha256(content).hexdigest().startswith(digest)


def test_a_file_that_is_not_there_is_an_error_when_a_page_is_made():
    with pytest.raises(KeyError):
        statics.address("other.css")


@pytest.mark.parametrize(
    "name", ["../app.py", "..%2fapp.py", "wardline.css", "0000000000000000-wardline.css", "vendor"]
)
def test_nothing_but_the_files_themselves_is_served(sign_in, name):
    assert sign_in("").get(f"/static/{name}").status_code == 404


def test_a_file_is_served_as_what_it_is(sign_in):
    answer = sign_in("").get(statics.address("wardline.js"))
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_the_style_sheet_loads_nothing_but_the_typeface_from_beside_itself():
    style = (statics.FOLDER / "wardline.css").read_text(encoding="utf-8")
    assert "@import" not in style
    loaded = re.findall(r"url\(([^)]*)\)", style)
    assert {f'"{statics.address(name).removeprefix("/static/")}"' for name in FONTS} == set(loaded)


def test_the_typeface_is_the_one_that_was_looked_at_with_its_licence_beside_it():
    folder = statics.FOLDER / "vendor"
    for name, digest in FONTS.items():
        content = (folder / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() == digest
        assert content.startswith(b"wOF2")
    assert "SIL OPEN FONT LICENSE Version 1.1" in (folder / "inter-LICENSE").read_text(encoding="utf-8")


def test_the_style_sheet_has_every_colour_in_both_schemes():
    style = (statics.FOLDER / "wardline.css").read_text(encoding="utf-8")
    schemes = re.findall(r":root(?::not\([^{]*|\[data-theme=\"dark\"\])? \{(.*?)\}", style, re.DOTALL)
    light, *dark = [set(re.findall(r"(--[a-z0-9-]+):", scheme)) for scheme in schemes]
    assert len(dark) == 2
    assert dark[0] == dark[1]
    assert dark[0] <= light
    used = set(re.findall(r"var\((--[a-z0-9-]+)", style)) - {"--tone"}
    assert used <= light
