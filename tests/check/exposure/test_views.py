import json

from wardline.check.exposure import views


def test_a_notebook_keeps_its_number_of_lines():
    document = {"cells": [{"source": ['a = "b\\n"\n', "c\u00fc\n"], "outputs": [{"text": ["t\tx"]}]}], "n": 1}
    content = json.dumps(document, indent=1).encode()
    shown = views.text(content, "x.IPYNB")
    assert shown.count(b"\n") == content.count(b"\n")
    assert b'a = "b\\n"' in shown
    assert "cü".encode() in shown


def test_other_files_are_taken_as_they_are():
    content = b'{"a": "b\\n"}'
    assert views.text(content, "x.json") is content
    assert not views.binary(content)
    assert views.binary(b"\x7fELF\0\0")


def test_a_program_is_not_taken_for_wide_text():
    content = b"\x7fELF\0\0\0\1" * 20
    assert views.text(content, "a.out") is content
