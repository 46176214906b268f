"""What a module declares is read from its source."""

import pytest

from wardline.kernel.declarations import declared_in


def test_only_public_constants_with_literal_values_are_declarations(tmp_path) -> None:
    path = tmp_path / "plugin.py"
    path.write_text(
        '"""What it is."""\n'
        'ID = "one"\nNAMES: tuple[str, ...] = ("a", "b")\nNOT_LITERAL = len("a")\n_PRIVATE = 1\nlower = 2\nA = B = 3\n'
    )
    assert declared_in(path) == ({"ID": "one", "NAMES": ("a", "b")}, "What it is.")


def test_what_is_no_python_is_an_error(tmp_path) -> None:
    path = tmp_path / "broken.py"
    path.write_text("def (")
    with pytest.raises(SyntaxError):
        declared_in(path)
