"""What an index was compiled from, and what in it could not be used: every record is accounted for."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self

from wardline.check.dependencies.advisories.sources import Problem

MAX_PROBLEMS = 100  # named; all are counted


class SourceStatus(NamedTuple):
    """One source file, or a folder's loose records.

    `records` could be read. Of them `withdrawn` were taken back by their authors, `superseded` stand in a later
    edition elsewhere, and `silent` name no version of any package (or no package): nothing can be matched with them.
    `unreadable` could not be read at all, `flawed` in part; `problems` names the first `MAX_PROBLEMS` of both.
    """

    name: str
    ecosystem: str | None
    records: int = 0
    withdrawn: int = 0
    superseded: int = 0
    silent: int = 0
    unreadable: int = 0
    flawed: int = 0
    problems: tuple[Problem, ...] = ()


class EcosystemStatus(NamedTuple):
    """What is known of one ecosystem: live records, packages they name, and when the newest of them was changed.

    `covered` says that a source stands for this ecosystem, rather than that other ecosystems' records mention it.
    `newest` leaves out dates that lie in the future (there are such), None where no date can be believed.
    """

    records: int
    packages: int
    newest: str | None
    covered: bool


class Status(NamedTuple):
    """The account of an index. `missing` are ecosystems that `ecosystems.txt` lists and no source holds."""

    source: str
    compiled_at: str
    sources: tuple[SourceStatus, ...]
    ecosystems: Mapping[str, EcosystemStatus]
    missing: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def unreadable(self) -> int:
        """Return how many records, and sources, could not be read at all."""
        return len(self.problems) + sum(part.unreadable for part in self.sources)

    def to_dict(self) -> dict[str, Any]:
        """Return the account as JSON-ready values."""
        document = self._asdict()
        document["sources"] = [{**part._asdict(), "problems": list(map(list, part.problems))} for part in self.sources]
        document["ecosystems"] = {name: part._asdict() for name, part in self.ecosystems.items()}
        document["problems"] = list(map(list, self.problems))
        document["missing"] = list(self.missing)
        return document

    @classmethod
    def from_dict(cls, document: Mapping[str, Any]) -> Self:
        """Return the account that `to_dict` wrote; raises `KeyError`, `TypeError` or `ValueError` on another shape."""
        return cls(
            source=document["source"],
            compiled_at=document["compiled_at"],
            sources=tuple(
                SourceStatus(**{**part, "problems": tuple(Problem(*row) for row in part["problems"])})
                for part in document["sources"]
            ),
            ecosystems={name: EcosystemStatus(**part) for name, part in document["ecosystems"].items()},
            missing=tuple(document["missing"]),
            problems=tuple(Problem(*row) for row in document["problems"]),
        )
