"""orjson, loaded without what a quick check never gives it.

orjson asks `uuid` and `dataclasses` for the types that it can serialise, and those bring `inspect`, `ast`, `tokenize`
and twelve others: a tenth of a check's time. A process that serialises only dictionaries, lists, strings and numbers
needs none of it (ADR 7).
"""

import importlib
import sys
from types import ModuleType
from typing import Any, Final

_ASKED_FOR: Final = {"dataclasses": "_FIELD", "uuid": "UUID"}  # module -> the one type that orjson takes from it


def load() -> None:
    """Load orjson; in this process it will then refuse (`TypeError`) dataclasses and UUIDs that it is given.

    What is loaded already stays as it is, and both modules can be imported as ever afterwards. A version of orjson that
    asks them for anything else is given the real thing.
    """
    if "orjson" in sys.modules:
        return
    instead = {name: _Instead(name) for name in _ASKED_FOR if name not in sys.modules}
    sys.modules.update(instead)
    try:
        importlib.import_module("orjson")
    finally:
        for name, module in instead.items():
            if sys.modules.get(name) is module:
                del sys.modules[name]


class _Instead(ModuleType):
    """Stands where a module will be: has the one type asked for, of which nothing is an instance; else steps aside."""

    def __getattr__(self, name: str) -> Any:
        if name == _ASKED_FOR[self.__name__]:
            return type(name, (), {})
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        return getattr(importlib.import_module(self.__name__), name)
