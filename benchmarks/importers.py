"""Other tools' reports: how fast `wardline import` reads them, and how many findings a second a platform takes in.

    python benchmarks/importers.py                # 2 and 20 MB of each format; 2 and 20 MB through the API, on SQLite
    python benchmarks/importers.py --full         # 20 and 200 MB, on PostgreSQL as well
    python benchmarks/importers.py --only sarif trivy --sizes 5 50 --database both

The first table: for each format and size the findings, MB/s, and the peak resident memory of the largest of the
processes (the one that asked, the confined one that read). Growth is the larger size's peak less the smaller's.

The second: a report sent to a node of its own through API v1 (upload, spool, importer's process, database), once when
all of it is new and once when nothing changed; findings a second by the clock on the wall and by the processor, and the
peak of the node's and of the importer's memory without what is mapped from files. PostgreSQL is a server of the
benchmark's own, with its defaults (fsync on).
"""

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

sys.path[0] = str(Path(__file__).parents[1])  # this folder's platform.py must not hide the library's

from benchmarks.watching import Watch, processor  # noqa: E402 - behind that
from tests import databases, nodes  # noqa: E402 - as above

TEXT = "The value comes from a request and reaches a sink without a check; see the rule's page for how to repair it. "


class Shape(NamedTuple):
    """A report as text: what stands before its elements, one element by its number, what stands between and behind."""

    head: str
    element: Callable[[int], str]
    between: str = ","
    tail: str = ""


def dumped(made: Callable[[int], object]) -> Callable[[int], str]:
    return lambda number: json.dumps(made(number))


def sarif(number: int) -> object:
    region = {"startLine": number % 900 + 1, "startColumn": 5, "snippet": {"text": f"run(query_{number})\n"}}
    place = {"physicalLocation": {"artifactLocation": {"uri": f"src/m{number % 997}.py"}, "region": region}}
    return {"ruleId": f"r{number % 50}", "level": "warning", "message": {"text": TEXT}, "locations": [place]}


def bug(number: int) -> str:
    return f"CVE-{2000 + number % 26}-{10000 + number}"


def grype(number: int) -> object:
    known = {"id": bug(number), "severity": "High", "description": TEXT, "fix": {"versions": ["9.9"], "state": "fixed"}}
    name = f"package-{number % 5000}"
    artifact = {"name": name, "version": "1.0", "type": "npm", "purl": f"pkg:npm/{name}@1.0", "locations": []}
    return {"vulnerability": known, "relatedVulnerabilities": [], "artifact": artifact}


def trivy(number: int) -> object:
    names = {"VulnerabilityID": bug(number), "PkgName": f"package-{number % 5000}", "InstalledVersion": "1.0"}
    return {**names, "FixedVersion": "9.9", "Severity": "HIGH", "Title": TEXT[:80], "Description": TEXT * 2}


def osv(number: int) -> object:
    return {"id": bug(number), "summary": TEXT[:80], "details": TEXT * 3, "aliases": [], "affected": []}


def snyk(number: int) -> object:
    names = {"id": f"SNYK-JS-{number}", "identifiers": {"CVE": [bug(number)], "CWE": ["CWE-79"]}}
    package = {"packageName": f"package-{number % 5000}", "version": "1.0", "packageManager": "npm", "from": ["a@1"]}
    return {**names, **package, "title": TEXT[:60], "severity": "high", "description": TEXT * 2}


def pip_audit(number: int) -> object:
    vulns = [{"id": bug(number), "aliases": [], "fix_versions": ["9.9"], "description": TEXT * 2}]
    return {"name": f"package-{number % 5000}", "version": f"1.{number}", "vulns": vulns}


def npm(number: int) -> str:
    via = {"source": number, "name": f"p{number}", "title": TEXT[:60], "severity": "high", "range": "<9"}
    via["url"] = f"https://github.com/advisories/GHSA-aaaa-bbbb-{number % 10000:04d}"
    package = {"name": f"p{number}", "severity": "high", "via": [via], "effects": [], "fixAvailable": True}
    return f'"p{number}": {json.dumps(package)}'


def semgrep(number: int) -> object:
    extra = {
        "message": TEXT,
        "severity": "ERROR",
        "lines": f"run(query_{number})",
        "metadata": {"cwe": ["CWE-89: SQL"]},
    }
    line = {"line": number % 900 + 1, "col": 1}
    return {
        "check_id": f"r{number % 50}",
        "path": f"src/m{number % 997}.py",
        "start": line,
        "end": line,
        "extra": extra,
    }


def bandit(number: int) -> object:
    line = number % 900 + 1
    code = f"{line} run(query_{number})\n{line + 1} \n"
    words = {"issue_text": TEXT, "issue_severity": "HIGH", "issue_confidence": "HIGH", "issue_cwe": {"id": 89}}
    place = {"filename": f"src/m{number % 997}.py", "line_number": line, "code": code}
    return {"test_id": f"B{600 + number % 50}", "test_name": "t", **place, **words}


def checkov(number: int) -> object:
    place = {"file_path": f"/infra/{number % 997}/main.tf", "file_line_range": [1, 9], "resource": f"aws_x.r{number}"}
    return {
        "check_id": f"CKV_{number % 50}",
        "check_name": TEXT[:60],
        **place,
        "code_block": [[1, TEXT]],
        "guideline": TEXT,
    }


def gitleaks(number: int) -> object:
    place = {"File": f"src/m{number}.py", "StartLine": 4, "EndLine": 4, "StartColumn": 9, "Commit": "", "Author": ""}
    return {
        "RuleID": f"r{number % 50}",
        "Description": TEXT,
        "Match": f'k = "{number}"',
        "Secret": str(number),
        **place,
    }


def trufflehog(number: int) -> object:
    data = {"Filesystem": {"file": f"src/m{number}.py", "line": 4}}
    return {
        "SourceMetadata": {"Data": data},
        "DetectorName": f"D{number % 50}",
        "Verified": False,
        "Raw": str(number) * 20,
    }


def nuclei(number: int) -> object:
    info = {"name": f"t{number % 50}", "severity": "medium", "description": TEXT}
    place = {"host": "https://shop.example", "matched-at": f"https://shop.example/a{number}/page", "type": "http"}
    return {"template-id": f"t{number % 50}", "info": info, **place, "response": TEXT * 3}


def zap(number: int) -> object:
    return {"uri": f"https://shop.example/a{number}/page", "method": "GET", "param": "q", "evidence": TEXT}


def zap_xml(number: int) -> str:
    words = f"<pluginid>{number % 50}</pluginid><name>a name</name><riskcode>2</riskcode><confidence>2</confidence>"
    instance = f"<uri>https://shop.example/a{number}/page</uri><method>GET</method><param>q</param>"
    return f"<alertitem>{words}<desc>{TEXT}</desc><instances><instance>{instance}</instance></instances></alertitem>\n"


def burp(number: int) -> str:
    place = f"<host>https://shop.example</host><path><![CDATA[/a{number}/page]]></path>"
    words = (
        f"<type>{number % 50}</type><name>a name</name>{place}<severity>High</severity><confidence>Firm</confidence>"
    )
    return f"<issue>{words}<issueBackground><![CDATA[<p>{TEXT}</p>]]></issueBackground></issue>\n"


def cyclonedx(number: int) -> object:
    affects = [{"ref": f"pkg:npm/package-{number % 5000}@1.0"}]
    return {"id": bug(number), "ratings": [{"severity": "high"}], "description": TEXT, "affects": affects}


def spdx(number: int) -> object:
    name = f"package-{number}"
    purl = {"referenceType": "purl", "referenceLocator": f"pkg:npm/{name}@1.0"}
    advisory = {"referenceType": "advisory", "referenceLocator": f"https://nvd.example/{bug(number)}", "comment": TEXT}
    return {"SPDXID": f"SPDXRef-{number}", "name": name, "versionInfo": "1.0", "externalRefs": [purl, advisory]}


def plain(number: int) -> object:
    return {"title": TEXT[:60], "severity": "high", "file": f"src/m{number}.py", "line": 3, "description": TEXT}


def own(number: int) -> object:
    empty = (
        "end_line",
        "column",
        "location",
        "fix",
        "package",
        "exploited",
        "exploit_probability",
        "suppression",
        "vector",
    )
    lists: dict[str, list[str]] = {name: [] for name in ("cwe", "advisories", "trace", "context")}
    said = {"rule": "r", "title": TEXT[:60], "message": TEXT, "severity": "high", "confidence": "high", "blocks": False}
    place = {"fingerprint": f"{number:032x}", "practice": "code", "file": f"src/m{number}.py", "line": 3}
    return {**place, **said, **lists, **dict.fromkeys(empty)}


SHAPES = {
    "bandit": Shape('{"errors": [], "generated_at": "x", "metrics": {}, "results": [', dumped(bandit), tail="]}"),
    "burp": Shape("<issues>", burp, "", "</issues>"),
    "checkov": Shape('{"check_type": "terraform", "results": {"failed_checks": [', dumped(checkov), tail="]}}"),
    "csv": Shape("Title,Severity,File,Line,Description\n", lambda n: f"t{n % 50},High,src/m{n}.py,3,{TEXT}\n", ""),
    "cyclonedx": Shape(
        '{"bomFormat": "CycloneDX", "specVersion": "1.5", "vulnerabilities": [', dumped(cyclonedx), tail="]}"
    ),
    "gitleaks": Shape("[", dumped(gitleaks), tail="]"),
    "grype": Shape('{"descriptor": {"name": "grype"}, "matches": [', dumped(grype), tail="]}"),
    "json": Shape("[", dumped(plain), tail="]"),
    "npm-audit": Shape('{"auditReportVersion": 2, "vulnerabilities": {', npm, tail="}}"),
    "nuclei": Shape("", dumped(nuclei), "\n", "\n"),
    "osv-scanner": Shape(
        '{"results": [{"source": {"path": "uv.lock"}, "packages": [{"package": '
        '{"name": "p", "version": "1", "ecosystem": "PyPI"}, "vulnerabilities": [',
        dumped(osv),
        tail="]}]}]}",
    ),
    "pip-audit": Shape('{"fixes": [], "dependencies": [', dumped(pip_audit), tail="]}"),
    "sarif": Shape(
        '{"version": "2.1.0", "runs": [{"tool": {"driver": {"name": "x"}}, "results": [', dumped(sarif), tail="]}]}"
    ),
    "semgrep": Shape('{"version": "1", "errors": [], "results": [', dumped(semgrep), tail="]}"),
    "snyk": Shape('{"ok": false, "dependencyCount": 1, "vulnerabilities": [', dumped(snyk), tail="]}"),
    "spdx": Shape('{"spdxVersion": "SPDX-2.3", "SPDXID": "x", "packages": [', dumped(spdx), tail="]}"),
    "trivy": Shape(
        '{"SchemaVersion": 2, "ArtifactName": ".", '
        '"Results": [{"Target": "yarn.lock", "Type": "yarn", "Vulnerabilities": [',
        dumped(trivy),
        tail="]}]}",
    ),
    "trufflehog": Shape("", dumped(trufflehog), "\n", "\n"),
    "wardline": Shape('{"schema": 1, "verdict": "block", "fail_on": "low", "findings": [', dumped(own), tail="]}"),
    "zap": Shape(
        '{"@version": "2", "site": [{"@name": "s", "alerts": [{"name": "a", "instances": [', dumped(zap), tail="]}]}]}"
    ),
    "zap as XML": Shape("<OWASPZAPReport><site name='s'><alerts>", zap_xml, "", "</alerts></site></OWASPZAPReport>"),
}


def write(path: Path, shape: Shape, size: int) -> None:
    with path.open("w") as file:
        file.write(shape.head)
        written = number = 0
        while written < size:
            written += file.write((shape.between if number else "") + shape.element(number))
            number += 1
        file.write(shape.tail)


def measured(path: Path) -> tuple[int, float, float]:
    """Return the findings, MB/s, and the peak in MB; in a process of its own, so that peaks are apart."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        command = [sys.executable, "-m", "wardline", "import", "--dry-run", "--json", str(path)]
        started = time.perf_counter()
        with subprocess.Popen(command, stdout=subprocess.PIPE) as running:
            count = sum(line.startswith(b'      "fingerprint"') for line in running.stdout or ())
        took = time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        os.write(writer, f"{count} {path.stat().st_size / 1e6 / took} {peak} {running.returncode}".encode())
        os._exit(0)
    os.waitpid(child, 0)
    count, speed, peak, status = os.read(reader, 200).decode().split()
    os.close(reader)
    os.close(writer)
    if status not in {"0", "3"}:  # 3: more findings than are taken
        raise SystemExit(f"{path.name}: exit status {status}")
    return int(count), float(speed), float(peak)


class Received(NamedTuple):
    """How one report was taken in: findings, seconds on the wall and of the processor, peaks in MB by process."""

    findings: int
    wall: float
    cpu: float
    peaks: dict[str, int]


def received(report: Path, folder: Path, database: str) -> list[Received]:
    """Return how a report was taken in: new, and again when nothing changed."""
    folder.mkdir()
    node = nodes.Node(folder, nodes.token(folder, database), database)
    found = []
    try:
        node.api.put("services/orders", json={"name": "Orders"}).raise_for_status()
        for key in ("new", "nothing changed"):
            with Watch(node.process.pid) as watch, report.open("rb") as content:
                cpu, began = processor(node.process.pid), time.perf_counter()
                answer = node.api.post(
                    "reports",
                    params={"service": "orders", "format": "auto"},
                    content=content,
                    headers={"idempotency-key": key.replace(" ", "-"), "content-type": "application/octet-stream"},
                    timeout=3600,
                )
                wall = time.perf_counter() - began
            if answer.status_code != 201:
                raise SystemExit(f"{report.name}: {answer.text}")
            said = answer.json()
            used = processor(node.process.pid) - cpu
            found.append(Received(said["opened"] + said["seen"], wall, used, watch.peaks))
    finally:
        node.end()
    return found


def read_all(names: list[str], sizes: list[int], folder: Path) -> None:
    print(f"{'format':<12}{'MB':>6}{'findings':>10}{'MB/s':>8}{'peak MB':>9}{'growth':>8}")
    for name in names:
        first = None
        for size in sizes:
            path = folder / f"{name.replace(' ', '-')}-{size}"
            write(path, SHAPES[name], size * 1_000_000)
            count, speed, peak = measured(path)
            first = first or peak
            print(f"{name:<12}{size:>6}{count:>10,}{speed:>8.1f}{peak:>9.0f}{peak - first:>8.0f}", flush=True)
            path.unlink()


def receive_all(names: list[str], sizes: list[int], folder: Path, address: Callable[[], str], database: str) -> None:
    print(f"\n{database}")
    print(f"{'format':<12}{'MB':>6}{'findings':>10}  {'':<16}{'/s':>8}{'/cpu-s':>8}{'node':>7}{'importer':>10}")
    for name in names:
        for size in sizes:
            path = folder / f"{name.replace(' ', '-')}-{size}"
            write(path, SHAPES[name], size * 1_000_000)
            state = folder / f"{path.name}-{database}"
            for what, one in zip(("new", "nothing changed"), received(path, state, address()), strict=True):
                speeds = f"{one.findings / one.wall:>8,.0f}{one.findings / one.cpu:>8,.0f}"
                peaks = f"{one.peaks['node']:>7}{one.peaks['importer']:>10}"
                print(f"{name:<12}{size:>6}{one.findings:>10,}  {what:<16}{speeds}{peaks}", flush=True)
            path.unlink()
            shutil.rmtree(state)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="20 and 200 MB, on both databases")
    parser.add_argument("--sizes", nargs="*", type=int, metavar="MB")
    parser.add_argument("--only", nargs="*", choices=SHAPES, help="[default: all are read; sarif and trivy received]")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both", "none"))
    asked = parser.parse_args()
    sizes = asked.sizes or ([20, 200] if asked.full else [2, 20])
    database = asked.database or ("both" if asked.full else "sqlite")
    with tempfile.TemporaryDirectory() as folder:
        read_all(asked.only or list(SHAPES), sizes, Path(folder))
        names = asked.only or ["sarif", "trivy"]
        if database in {"sqlite", "both"}:
            receive_all(names, sizes, Path(folder), lambda: "", "sqlite")
        if database in {"postgresql", "both"}:
            if databases.programs() is None:
                raise SystemExit("no PostgreSQL server here: make system")
            for server in databases.cluster(Path(tempfile.mkdtemp(prefix="wardline-pg-", dir="/tmp")), fsync=True):
                receive_all(names, sizes, Path(folder), lambda server=server: server.dsn(server.made()), "postgresql")


if __name__ == "__main__":
    main()
