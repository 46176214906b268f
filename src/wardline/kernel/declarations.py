"""What a module's source declares: its literal constants and its docstring, read without importing it."""

import ast
from pathlib import Path
from typing import Any


def declared_in(path: Path) -> tuple[dict[str, Any], str]:
    """Return the constants in capitals whose values are literals, by name, and the module's docstring.

    Raises: `OSError`; `SyntaxError` where the file is no Python.
    """
    tree = ast.parse(path.read_bytes(), filename=str(path))
    declared: dict[str, Any] = {}
    for node in tree.body:
        target, value = _assignment(node)
        if target.isupper() and not target.startswith("_") and value is not None:
            try:
                declared[target] = ast.literal_eval(value)
            except ValueError:  # not a literal: it does not describe the plug-in
                continue
    return declared, ast.get_docstring(tree) or ""


def _assignment(node: ast.stmt) -> tuple[str, ast.expr | None]:
    if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id, node.value
    if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
        return node.target.id, node.value
    return "", None
