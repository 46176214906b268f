r"""The exposure rules, read from the files in `rules/`: one file a provider, literals only, nothing imported.

A rule file declares `PROVIDER`, `TITLE`, `REPAIR` (one sentence: what to do, and where) and `RULES`, a tuple of dicts.
Its docstring is the documentation page of all its rules. A rule has:

- `id`, `title`: lower-case words with dashes, unique among all rules; one line for people.
- `pattern`: an expression in RE2's syntax over bytes, with one group named `secret`, and perhaps one named `name`.
  `^` and `$` are lines' ends. It begins at a boundary (`\b` or a literal), repeats at most 1,000 times, and says
  `[ \t]` for a space (engines differ about `\s`).
- `keywords`: lower-case literals, one of which every match contains; how texts are told apart quickly.
- `near` (instead, for values without a face): lower-case literals, one of which stands within 240 bytes before a match
  or 80 after it. What is rarer is sought first: `seek` is `"pattern"` where that is not the neighbour.
- `min_entropy`: bits a character (Shannon), of the value. `validators`: names of files in `validators/`.
  `checksum`: a validator whose "no" only lowers the confidence: issuers change what they compute, and altered values
  are still worth a look. `allow`: expressions; a value that one of them matches as a whole never fires (placeholders
  fire nowhere, see `placeholders`). `model`: the name of a file in `models/` that judges what the pattern found.
- `until`: the value extends to the next occurrence of this literal within 16 KB (the end line of a private key).
- `severity`, `confidence`: as in a finding. `binary` (True): also look into binary files. `hashable` (False): the value
  has 128 random bits or more, so its hash may stand in a fingerprint. `personal` (False): personal data, no credential.
- `fires`: pairs of a context in which `<secret>` is replaced by a value generated from the expression beside it;
  validators and checksum complete what was generated. `quiet`: the same, or plain lines, that must not fire.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from wardline.check.exposure.model import Rule

_RULES: Final = "wardline.check.exposure.rules"
_NAMES: Final = frozenset(Rule._fields) - {"provider", "repair", "module"}


class Provider(NamedTuple):
    """One rule file: what all its rules share, and each with its examples."""

    module: str
    name: str
    title: str
    doc: str
    rules: tuple[Rule, ...]
    declared: tuple[Mapping[str, Any], ...]


@lru_cache(maxsize=1)
def providers() -> tuple[Provider, ...]:
    """Return every rule file, by name."""
    from wardline.kernel import plugins

    return tuple(
        Provider(
            plugin.module,
            plugin.declared["PROVIDER"],
            plugin.declared["TITLE"],
            plugin.doc,
            tuple(_rules(plugin.declared, plugin.module)),
            tuple(plugin.declared["RULES"]),
        )
        for plugin in plugins.catalogue(_RULES)
    )


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """Return all rules, in a stable order."""
    return tuple(rule for provider in providers() for rule in provider.rules)


def _rules(declared: Mapping[str, Any], module: str) -> Iterable[Rule]:
    for one in declared["RULES"]:
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in one.items()
        }
        known: dict[str, Any] = {name: value for name, value in values.items() if name in _NAMES}
        yield Rule(**known, provider=declared["PROVIDER"], repair=declared["REPAIR"], module=module)
