"""Which bugs are known to be exploited (CISA's KEV catalogue), and how likely the others are to be (FIRST's EPSS).

Sources: KEV, https://www.cisa.gov/known-exploited-vulnerabilities-catalog (JSON); EPSS, https://www.first.org/epss/
(CSV, usually gzipped: a comment line, a header, `cve,epss,percentile`). Both are untrusted files: bounded, and rows
that cannot be read are counted. They are compiled into a small mapped file of their own, since reading them whole would
be the larger part of a small check.
"""

import os
import re
import stat
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from wardline.check.dependencies.advisories.mapped import DamagedError, Mapped, Table, tag, write_table, writing
from wardline.check.dependencies.advisories.sources import Problem
from wardline.findings.report import Exploited
from wardline.kernel import cache
from wardline.kernel.text import printable

KIND: Final = "ranking 1"
KEV_NAME: Final = "known_exploited_vulnerabilities.json"
EPSS_NAME: Final = "epss_scores-current.csv.gz"
UNREADABLE: Final = (OSError, EOFError, zlib.error, ValueError, TypeError, KeyError)
MAX_BYTES: Final = 256 * 1024 * 1024
MAX_ROWS: Final = 2_000_000
_CVE: Final = r"CVE-\d{4}-\d{4,19}"
_DAY: Final = r"\d{4}-\d\d-\d\d"


class Ranking:
    """KEV and EPSS, open for look-up by CVE id. Empty where neither file was given."""

    def __init__(self, mapped: Mapped | None = None) -> None:
        self._mapped = mapped
        self._table: Table | None = None if mapped is None else mapped.table(mapped.contents.get("table"))
        facts = {} if mapped is None else mapped.contents.get("facts", {})
        self.kev_date: str | None = facts.get("kev_date")  # when CISA released the catalogue
        self.epss_date: str | None = facts.get("epss_date")  # the day the scores are for
        self.exploited_count: int = facts.get("exploited", 0)
        self.scored_count: int = facts.get("scored", 0)
        self.problems = tuple(Problem(*row) for row in facts.get("problems", ()))

    @classmethod
    def open(cls, path: Path, key: list[str]) -> Self | None:
        """Return the ranking compiled at `path` where it was compiled from these very files, else None."""
        try:
            mapped = Mapped.open(path, KIND)
            return cls(mapped) if mapped.contents.get("key") == key else None
        except (FileNotFoundError, DamagedError, TypeError):
            return None

    def exploited(self, ids: Iterable[str]) -> Exploited | None:
        """Return what the catalogue says of the bug with these ids: the earliest entry, None where there is none."""
        found = [said for row in self._rows(ids) if (said := row[0]) is not None]
        if not found:
            return None
        since, due, _ = min(found, key=lambda said: (said[0] is None, said[0] or ""))
        return Exploited(since=since, due=due, ransomware=any(said[2] for said in found))

    def probability(self, ids: Iterable[str]) -> float | None:
        """Return the likelihood (0 to 1) that the bug with these ids is exploited within 30 days; None if unscored."""
        return max((row[1] for row in self._rows(ids) if row[1] is not None), default=None)

    def _rows(self, ids: Iterable[str]) -> Iterator[list[Any]]:
        import orjson

        if self._mapped is None or self._table is None:
            return
        for identifier in ids:
            if identifier.startswith("CVE-"):
                key = identifier.encode("utf-8", "surrogatepass")
                value = self._mapped.value(self._table, key, tag(key))
                if value is not None:
                    yield orjson.loads(value)


class _Rows(NamedTuple):
    exploited: dict[str, tuple[str | None, str | None, bool]]
    scores: dict[str, float]
    facts: dict[str, Any]
    problems: list[Problem]


def ready(kev: Path | None, epss: Path | None) -> Ranking:
    """Return the ranking by these files, compiled first where they changed. A folder stands for the catalogue in it.

    A file that cannot be read is a problem in `problems`, and ranks nothing: it never changes what is found.
    """
    if kev is not None and kev.is_dir():
        kev = kev / KEV_NAME
    files = [path for path in (kev, epss) if path is not None]
    if not files:
        return Ranking()
    key = [*map(_stamp, files), str(kev), str(epss)]
    folder = cache.own_folder("advisories")
    path = None if folder is None else folder / f"{cache.key('ranking', KIND, str(kev), str(epss))}.idx"
    ranking = None if path is None else Ranking.open(path, key)
    if ranking is not None:
        return ranking
    if path is not None:
        try:
            _compile(kev, epss, key, path)
            ranking = Ranking.open(path, key)
        except OSError:  # the cache is full or read-only
            ranking = None
        if ranking is not None:
            return ranking
    import tempfile

    with tempfile.TemporaryDirectory(prefix="wardline-") as temporary:
        _compile(kev, epss, key, Path(temporary) / "ranking")
        return Ranking.open(Path(temporary) / "ranking", key) or Ranking()


def _stamp(path: Path) -> str:
    try:
        facts = path.stat()
    except OSError as error:
        return f"{printable(str(path))}|{error.strerror}"
    return f"{printable(str(path))}|{facts.st_size}|{facts.st_mtime_ns}|{facts.st_ino}"


def _compile(kev: Path | None, epss: Path | None, key: list[str], target: Path) -> None:
    import orjson

    rows = _Rows({}, {}, {}, [])
    if kev is not None:
        _read(kev, rows, _read_kev)
    if epss is not None:
        _read(epss, rows, _read_epss)
    with writing(target, KIND) as writer:
        entries = []
        for name in {**rows.exploited, **rows.scores}:
            encoded = name.encode()
            value = orjson.dumps([rows.exploited.get(name), rows.scores.get(name)])
            entries.append((tag(encoded), writer.keyed(encoded, value)))
        facts = {
            **rows.facts,
            "exploited": len(rows.exploited),
            "scored": len(rows.scores),
            "problems": [list(problem) for problem in rows.problems],
        }
        writer.finish({"key": key, "facts": facts, "table": write_table(writer, entries)})


def _read(path: Path, rows: _Rows, reader: Callable[[bytes, _Rows], int]) -> None:
    """Read a file with its reader; whatever is wrong with it becomes a problem with its name."""
    shown = printable(path.name)
    try:
        flawed = reader(content(path), rows)
    except UNREADABLE as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        rows.problems.append(Problem(shown, printable(reason, max_chars=200) or "cannot be read"))
        return
    if flawed:
        rows.problems.append(Problem(shown, f"{flawed:,} rows could not be read"))


def check_kev(content: bytes) -> None:
    """Refuse what is not CISA's catalogue. Raises: one of `UNREADABLE`."""
    _read_kev(content, _Rows({}, {}, {}, []))


def check_epss(content: bytes) -> None:
    """Refuse what is not a file of EPSS scores. Raises: one of `UNREADABLE`."""
    _read_epss(content, _Rows({}, {}, {}, []))


def content(path: Path) -> bytes:
    """Return a regular file's bytes, unpacked where it is gzipped, never more than `MAX_BYTES`.

    Raises: one of `UNREADABLE`.
    """
    import gzip

    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "not a regular file")
        packed = file.read(2) == b"\x1f\x8b"
        file.seek(0)
        found = (gzip.GzipFile(fileobj=file) if packed else file).read(MAX_BYTES + 1)
    if len(found) > MAX_BYTES:
        raise ValueError(f"larger than {MAX_BYTES // 2**20} MB")
    return found


def _read_kev(content: bytes, rows: _Rows) -> int:
    import orjson

    document = orjson.loads(content)
    listed = document.get("vulnerabilities") if isinstance(document, dict) else None
    if not isinstance(listed, list):
        raise TypeError("not CISA's catalogue: no list of vulnerabilities")
    flawed = 0
    for row in listed[:MAX_ROWS]:
        name = _cve(row.get("cveID")) if isinstance(row, dict) else None
        if name is None:
            flawed += 1
            continue
        ransomware = str(row.get("knownRansomwareCampaignUse", "")).strip().lower() == "known"
        rows.exploited[name] = (_day(row.get("dateAdded")), _day(row.get("dueDate")), ransomware)
    rows.facts["kev_date"] = _day(str(document.get("dateReleased", ""))[:10])
    return flawed + max(0, len(listed) - MAX_ROWS)


def _read_epss(content: bytes, rows: _Rows) -> int:
    flawed = 0
    for number, line in enumerate(content.decode("utf-8-sig", "replace").splitlines()):
        if line.startswith("#"):
            stated = re.search(r"score_date:(\d{4}-\d\d-\d\d)", line)
            rows.facts["epss_date"] = stated.group(1) if stated else rows.facts.get("epss_date")
            continue
        cells = line.split(",", 2)
        if not line.strip() or cells[0].strip().lower() == "cve":
            continue
        name, score = _cve(cells[0]), _score(cells[1]) if len(cells) > 1 else None
        if name is None or score is None or number > MAX_ROWS:
            flawed += 1
            continue
        rows.scores[name] = score
    if not rows.scores:
        raise ValueError("not an EPSS file: no line has a CVE id and a probability")
    return flawed


def _cve(said: Any) -> str | None:
    name = said.strip().upper() if isinstance(said, str) else ""
    return name if re.fullmatch(_CVE, name) else None


def _day(said: Any) -> str | None:
    return said.strip() if isinstance(said, str) and re.fullmatch(_DAY, said.strip()) else None


def _score(said: str) -> float | None:
    try:
        score = float(said)
    except ValueError:
        return None
    return score if 0 <= score <= 1 else None
