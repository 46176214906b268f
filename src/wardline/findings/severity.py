"""How bad an advisory says its bug is, on the one scale that reports use.

Sources: CVSS v2.0, v3.0, v3.1 and v4.0 (FIRST; scores by the `cvss` library), with the qualitative bands of CVSS v3.1
section 5 for every version (NVD uses the same bands for v4, and for v2 they keep a 9.0 critical); OSV schema, fields
`severity[]`, `affected[].severity[]`; words as GitHub, Red Hat, Ubuntu, Debian and others write them.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final, NamedTuple

from wardline.findings.report import Severity

_WORDS: Final[Mapping[str, Severity]] = {
    "critical": "critical",
    "urgent": "critical",
    "high": "high",
    "important": "high",
    "medium": "medium",
    "moderate": "medium",
    "low": "low",
    "minor": "low",
    "info": "info",
    "informational": "info",
    "none": "info",
    "negligible": "info",
    "unimportant": "info",
}
_ORDER: Final[Mapping[Severity, int]] = {"critical": 5, "high": 4, "medium": 3, "low": 2, "info": 1, "unknown": 0}
# a record that gives several is read by the newest version of the standard
_PREFERENCE: Final[Mapping[str, int]] = {"CVSS_V4": 3, "CVSS_V3": 2, "CVSS_V2": 1}
_MAX_MEMBERS: Final = 1000
_MAX_VECTOR_CHARS: Final = 400  # the longest CVSS v4 vector, every metric given, has fewer than 250


class Rating(NamedTuple):
    """A severity, and the CVSS vector it was computed from ("" where it was a word, or nothing)."""

    severity: Severity
    vector: str = ""


UNKNOWN: Final = Rating("unknown")


def highest(ratings: Iterable[Rating]) -> Rating:
    """Return the highest known rating, the first of equals; `UNKNOWN` where none is known."""
    return max(ratings, key=lambda rating: (_ORDER[rating.severity], bool(rating.vector)), default=UNKNOWN)


def of_word(word: object) -> Severity:
    """Return the severity that a word names, in any case; "unknown" for every other word and for what is no word."""
    return _WORDS.get(word.strip().lower(), "unknown") if isinstance(word, str) else "unknown"


def of_score(score: float) -> Severity:
    """Return the band that a CVSS score of 0.0 to 10.0 falls into; 0.0 ("none") is "info"."""
    if score >= 9:
        return "critical"
    if score >= 7:
        return "high"
    if score >= 4:
        return "medium"
    return "low" if score > 0 else "info"


@lru_cache(maxsize=16384)
def of_vector(vector: str) -> Severity:
    """Return the severity of a CVSS vector of any version by its base score, or "unknown" where it is not a vector.

    A bare score ("7.5"), which some records carry where a vector belongs, is read as one.
    """
    if len(vector) > _MAX_VECTOR_CHARS:
        return "unknown"
    score = _score(vector.strip())
    return "unknown" if score is None or not 0 <= score <= 10 else of_score(score)


def _score(vector: str) -> float | None:
    from cvss import CVSS2, CVSS3, CVSS4
    from cvss.exceptions import CVSSError

    try:
        if vector.startswith("CVSS:4.0/"):
            return float(CVSS4(vector).base_score)
        if vector.startswith("CVSS:3."):
            return float(CVSS3(vector).base_score)
        if "AV:" in vector:
            return float(CVSS2(vector.removeprefix("CVSS:2.0/").strip("()")).base_score)
        return float(vector)
    except (CVSSError, ValueError, KeyError, ArithmeticError):
        return None


def of_record(record: Mapping[str, Any]) -> Rating:
    """Return what an OSV record says of its severity as a whole; what cannot be read counts as not said.

    In this order, the first that is known: CVSS v4, v3, v2 vectors; the words of `database_specific`; those of the
    members' `ecosystem_specific` and `database_specific`, the highest of them.
    """
    rating = of_vectors(record.get("severity"))
    if rating.severity != "unknown":
        return rating
    own = _of_specifics(record)
    if own != "unknown":
        return Rating(own)
    affected = record.get("affected")
    members = affected[:_MAX_MEMBERS] if isinstance(affected, list) else ()
    return highest(Rating(_of_specifics(member)) for member in members if isinstance(member, dict))


def _of_specifics(place: Mapping[str, Any]) -> Severity:
    for name in ("database_specific", "ecosystem_specific"):
        specific = place.get(name)
        if isinstance(specific, dict):
            severity = _of_specific(specific)
            if severity != "unknown":
                return severity
    return "unknown"


def _of_specific(specific: Mapping[str, Any]) -> Severity:
    for name in ("severity", "cvss"):
        said = specific.get(name)
        if isinstance(said, dict):  # {"score": 7.5, "vectorString": ...}
            said = next((said[part] for part in ("vectorString", "vector", "score") if said.get(part)), None)
        if isinstance(said, int | float) and not isinstance(said, bool):
            said = str(said)
        if isinstance(said, str):
            severity = of_word(said)
            severity = of_vector(said) if severity == "unknown" else severity
            if severity != "unknown":
                return severity
    return "unknown"


def of_vectors(said: object) -> Rating:
    """Return the rating of a `severity[]` array: the newest CVSS version that can be read, else a word.

    A member of `affected[]` may have such an array of its own, where the bug is not equally bad for every package.
    """
    best, best_rank = UNKNOWN, -1
    for row in said if isinstance(said, list) else ():
        kind, score = (row.get("type"), row.get("score")) if isinstance(row, dict) else (None, None)
        if not isinstance(score, str) or not isinstance(kind, str):
            continue
        rank = _PREFERENCE.get(kind, 0)
        if rank > best_rank:
            severity = of_word(score)
            rating = Rating(severity) if severity != "unknown" else Rating(of_vector(score), score.strip())
            if rating.severity != "unknown":
                best, best_rank = rating, rank
    return best
