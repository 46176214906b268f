"""TruffleHog's JSON (`trufflehog … --json`): one object a line, of version 3; also those of version 2.

Each secret is a finding about a credential. One that TruffleHog verified works, and is critical with high confidence;
any other is high with medium confidence, or low where the verification said that it does not work. The values (`Raw`,
`RawV2`, `Redacted`, `ExtraData`, version 2's `stringsFound` and `diff`) are not kept, nor is anything made from them.
Lines of TruffleHog's own log are passed over; its errors are gaps. Identity: the detector and the path.

Source: TruffleHog, `pkg/output/json.go`, `proto/source_metadata.proto`.
"""

from collections.abc import Iterator
from typing import Any

from wardline.findings.importers import building, words
from wardline.findings.importers.building import Place, Said
from wardline.findings.importers.json_stream import objects
from wardline.findings.importers.model import Told
from wardline.findings.importers.source import Source
from wardline.findings.report import Finding, Gap

NAME = "trufflehog"
TITLE = "TruffleHog's JSON lines"
KIND = "json"
PRACTICE = "exposure"
SIGNS = [
    ["SourceMetadata", "DetectorName"],
    ["[].SourceMetadata", "[].DetectorName"],
    ["stringsFound", "reason", "path"],
    ["[].stringsFound", "[].reason", "[].path"],
    ["level", "ts", "logger", "msg"],
]


def read(source: Source) -> Iterator[Told]:
    """Yield a finding for each secret."""
    for number, one in enumerate(objects(source)):
        detector = words.first(words.at(one, "DetectorName"), words.at(one, "reason"))
        if detector:
            yield _finding(source, one, detector)
        elif isinstance(words.at(one, "msg"), str):
            if words.text(words.at(one, "level")).startswith(("error", "fatal")):
                said = building.elided(words.text(words.at(one, "msg"), 400))
                yield Gap("exposure", "", f"TruffleHog said: {said}", "see its log, and run it again")
        else:
            source.trouble("an object without a detector", f"number {number + 1}")


def _finding(source: Source, one: Any, detector: str) -> Finding:
    places = words.at(one, "SourceMetadata", "Data")
    kind = next(iter(places), "") if isinstance(places, dict) else ""
    where = words.at(places, kind) if kind else one
    path = words.first(words.at(where, "file"), words.at(where, "path"), max_chars=words.MAX_PATH)
    otherwise = words.first(
        words.at(where, "link"),
        words.at(where, "bucket"),
        words.at(where, "image"),
        words.at(where, "repository"),
        kind,
        max_chars=words.MAX_PATH,
    )
    verified = words.at(one, "Verified") is True
    failed = isinstance(words.at(one, "VerificationError"), str)
    sure = "TruffleHog verified that it works" if verified else "It was not verified to work"
    said = Said(
        tool=NAME,
        rule=detector,
        title=f"{detector} credential",
        message=words.sentences([f"A {detector} credential stands here in plain text", sure]),
        severity="critical" if verified else "high",
        confidence="high" if verified else "medium" if failed or "Verified" not in one else "low",
        cwe=("CWE-798",),
    )
    line = words.line(words.at(where, "line"))
    return building.credential(said, Place(words.place(path, source.root, otherwise), line, line))
