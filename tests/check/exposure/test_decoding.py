import base64
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check.exposure import decoding, patterns
from wardline.check.exposure.decoding import DECODERS, decoded

PLAIN = b"a sentence that is long enough: yes"
FORMS = {
    "base64": base64.b64encode(PLAIN).decode(),
    "hexadecimal": PLAIN.hex(),
    "percent signs": quote(PLAIN.decode() + "/:", safe=""),
    "escapes": "".join(f"\\x{byte:02x}" for byte in PLAIN),
}
BY_NAME = {one.name: one for one in DECODERS}
ENGINES = [patterns.with_re, *([patterns.with_re2] if patterns.re2() is not None else [])]


@pytest.mark.parametrize("compiled", ENGINES)
@pytest.mark.parametrize("form", FORMS)
def test_a_piece_is_decoded_and_knows_where_it_was_written(form, compiled):
    decoder = BY_NAME[form]
    before = b"first\nsecond " if not decoder.lines else b"first\n"
    layer = decoded(decoder, compiled(decoder.expression), before + FORMS[form].encode() + b"\nlast\n")
    assert PLAIN in layer.content
    assert layer.origins[0] == len(before)
    assert layer.complete


@pytest.mark.parametrize("compiled", ENGINES)
def test_what_decodes_to_no_text_is_left_alone(compiled):
    noise = bytes((number * 151) % 256 for number in range(90))
    for form, text in (("base64", base64.b64encode(noise)), ("hexadecimal", noise.hex().encode())):
        assert decoded(BY_NAME[form], compiled(BY_NAME[form].expression), text).content == b""


def test_more_than_is_decoded_is_said(monkeypatch):
    monkeypatch.setattr(decoding, "MAX_RUNS", 2)
    decoder = BY_NAME["base64"]
    text = b"\n".join([FORMS["base64"].encode()] * 5)
    layer = decoded(decoder, patterns.with_re(decoder.expression), text)
    assert len(layer.starts) == 2
    assert not layer.complete


def test_a_line_of_a_million_columns_is_cut_and_not_copied_for_each_piece():
    decoder = BY_NAME["percent signs"]
    layer = decoded(decoder, patterns.with_re(decoder.expression), b"%3A" * 400_000)
    assert len(layer.content) <= 1_300_000


@settings(max_examples=50, deadline=None)
@given(content=st.binary(max_size=600), decoder=st.sampled_from(DECODERS))
def test_no_bytes_are_too_strange(content, decoder):
    layer = decoded(decoder, patterns.with_re(decoder.expression), content)
    assert len(layer.starts) == len(layer.origins)
    assert all(0 <= origin <= len(content) for origin in layer.origins)
