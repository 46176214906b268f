"""Reports to render: one realistic, one hostile, one empty, one that cannot say, and one of 10,000 findings."""

from datetime import UTC, datetime

from wardline.check.reports.model import Rule, Subject
from wardline.findings.inventory import Component, Inventory
from wardline.findings.report import (
    Coverage,
    Exploited,
    Finding,
    Fix,
    Gap,
    Location,
    PackageRef,
    Report,
    Step,
    Suppression,
    fingerprint,
)

AT = datetime(2026, 8, 22, 14, 3, 27, tzinfo=UTC)
RED = "\x1b[31mred\x1b[0m"
HOSTILE = (
    RED,
    "\x1b]8;;https://evil.example\x07click\x1b]8;;\x07",
    "\x9b2J\x9b1;1H",
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[click](javascript:alert(1))",
    "![x](https://evil.example/p.png)",
    "https://evil.example/ www.evil.example mail@evil.example",
    "@everyone @octocat/security #1 octocat/hello#2 GH-3 da39a3ee5e6b4b0d3255bfef95601890afd80709",
    "```\n# heading\n- list\n| a | b |",
    "one\r\ntwo\nthree\ttab\x00nul\x7f",
    "safe\u202egnp.exe\u2066\u200b\u2028para",
    "--> ]]> <!-- &amp; &lt; %0a::error::x",
    "snow ☃ 漢字 e\u0301 🎉",
    "\udcff\udc00 undecodable",
    "{{7*7}} ${7*7} $`x`$ :tada: \\| \\` ||| ```` `",
    "x" * 100_000,
)


def vulnerable(
    name: str = "requests",
    version: str = "2.19.0",
    *,
    ecosystem: str = "PyPI",
    ids: tuple[str, ...] = ("GHSA-j8r2-6x86-q33q", "CVE-2023-32681"),
    severity="high",
    fixed: str | None = "2.32.4",
    command: str | None = "uv lock --upgrade-package requests==2.32.4",
    title: str = "Unintended leak of Proxy-Authorization header",
    paths: tuple[tuple[str, ...], ...] = ((("api-client@1.2.0", "requests@2.19.0")),),
    file: str = "uv.lock",
    line: int | None = 123,
    **more,
) -> Finding:
    fix = Fix(kind="upgrade", text=f"Upgrade {name} to {fixed}.", version=fixed, command=command) if fixed else None
    kind = {"PyPI": "pypi", "npm": "npm", "crates.io": "cargo", "Go": "golang"}.get(ecosystem, "generic")
    return Finding(
        **{
            "fingerprint": fingerprint("vulnerable-dependency", ecosystem, name, ids[0]),
            "practice": "dependencies",
            "rule": "vulnerable-dependency",
            "title": title,
            "severity": severity,
            "confidence": "high",
            "message": f"{name} {version} is affected by {ids[0]}: {title}.",
            "file": file,
            "line": line,
            "cwe": ("CWE-200",),
            "fix": fix,
            "package": PackageRef(
                ecosystem=ecosystem, name=name, version=version, purl=f"pkg:{kind}/{name}@{version}", paths=paths
            ),
            "advisories": ids,
            **more,
        }
    )


def malware() -> Finding:
    return vulnerable(
        "colourama-js",
        "0.1.6",
        ecosystem="npm",
        ids=("MAL-2025-3214",),
        severity="critical",
        fixed=None,
        title="Malicious code in colourama-js",
        paths=(("colourama-js@0.1.6",),),
        file="web/package-lock.json",
        line=17,
        rule="malicious-dependency",
        blocks=True,
        fix=Fix(
            kind="remove",
            text="Remove it, and treat every machine that installed it as compromised: rotate what it could read.",
            command="npm uninstall colourama-js",
        ),
    )


def findings() -> tuple[Finding, ...]:
    return (
        malware(),
        vulnerable(
            ids=("GHSA-9hjg-9r4m-mvj7", "CVE-2024-47081", "PYSEC-2024-110"),
            severity="critical",
            title="requests sends .netrc credentials to a third party through a crafted URL",
            exploited=Exploited(since="2026-08-02", due="2026-08-23", ransomware=True),
            exploit_probability=0.9412,
        ),
        vulnerable(fixed="2.31.0", command="uv lock --upgrade-package requests==2.31.0"),
        vulnerable(
            ids=("GHSA-9wx4-h78v-vm56", "CVE-2024-35195"),
            severity="medium",
            title="Session does not verify requests after the first with verify=False",
            fixed="2.32.0",
            command="uv lock --upgrade-package requests==2.32.0",
            exploit_probability=0.0007,
        ),
        vulnerable(
            "minimist",
            "0.0.8",
            ecosystem="npm",
            ids=("GHSA-xvch-5gv4-984h", "CVE-2021-44906"),
            severity="critical",
            fixed="1.2.8",
            command="npm install minimist@1.2.8",
            title="Prototype pollution in minimist",
            paths=(("mkdirp@0.5.1", "minimist@0.0.8"), ("webpack@4.46.0", "loader-utils@1.4.0", "minimist@0.0.8")),
            file="web/package-lock.json",
            line=812,
            cwe=("CWE-1321",),
            exploit_probability=0.0123,
        ),
        vulnerable(
            "python-jose",
            "3.3.0",
            ids=("GHSA-6c5p-j8vq-pqhj", "CVE-2024-33663"),
            severity="unknown",
            fixed=None,
            title="Algorithm confusion with OpenSSH ECDSA keys",
            paths=(("python-jose@3.3.0",),),
            line=98,
        ),
        Finding(
            fingerprint=fingerprint("sql-injection", "src/orders/search.py", "cursor.execute(q)"),
            practice="code",
            rule="python-sql-injection",
            title="SQL built from a request",
            severity="high",
            confidence="medium",
            message="request.args['q'] reaches cursor.execute() without parameters.",
            file="src/orders/search.py",
            line=41,
            end_line=43,
            column=9,
            cwe=("CWE-89",),
            fix=Fix(kind="edit", text="Pass the value as a parameter: cursor.execute(sql, (q,))."),
            trace=(
                Step(file="src/orders/search.py", line=38, message="q comes from the request"),
                Step(file="src/orders/search.py", line=41, message="q reaches the query"),
            ),
        ),
        Finding(
            fingerprint=fingerprint("credential", "deploy/prod.env", "AWS_SECRET_ACCESS_KEY=***"),
            practice="exposure",
            rule="aws-access-key",
            title="AWS secret access key in the tree",
            severity="critical",
            confidence="high",
            message="A value that looks like an AWS secret access key stands in the file (value not shown).",
            file="deploy/prod.env",
            line=3,
            cwe=("CWE-798",),
            fix=Fix(kind="rotate", text="Rotate the key at its issuer first, then remove it from the file."),
        ),
        Finding(
            fingerprint=fingerprint("unpinned-action", ".github/workflows/ci.yml", "actions/checkout"),
            practice="pipeline",
            rule="unpinned-action",
            title="Action pinned by a tag that can move",
            severity="low",
            confidence="high",
            message="actions/checkout@v4 can change without a change here.",
            file=".github/workflows/ci.yml",
            line=12,
            fix=Fix(kind="edit", text="Pin it by the commit's full hash."),
        ),
        Finding(
            fingerprint=fingerprint("tls", "https://shop.example/login"),
            practice="pentest",
            rule="weak-tls",
            title="TLS 1.0 is still accepted",
            severity="medium",
            confidence="high",
            message="The server completed a TLS 1.0 handshake.",
            location=Location(kind="url", value="https://shop.example/login?next=/"),
        ),
    )


def suppressed() -> tuple[Finding, ...]:
    vex = Suppression(source="vex/shop.json", reason="not_affected: vulnerable_code_not_in_execute_path", until=None)
    own = Suppression(
        source=".wardline/suppressions.toml", reason="Upgrade is planned with the move to Django 5", until="2026-10-01"
    )
    return (
        vulnerable("jinja2", "2.11.0", ids=("GHSA-h5c8-rqwp-cp95", "CVE-2024-22195"), line=61, suppression=vex),
        vulnerable("django", "3.2.1", ids=("GHSA-xpfp-f569-q3p2", "CVE-2021-35042"), line=30, suppression=own),
        vulnerable("django", "3.2.1", ids=("GHSA-w24h-v9qh-8gxj", "CVE-2022-28346"), line=30, suppression=own),
    )


def gaps() -> tuple[Gap, ...]:
    return (
        Gap(
            practice="dependencies",
            scope="tools/yarn.lock",
            reason="not YAML: found character that cannot start any token (line 12)",
            remedy="repair the file with `yarn install`, or exclude it with a reason in .wardline/policy.toml",
        ),
        Gap(
            practice="dependencies",
            scope="legacy/requirements.txt",
            reason="2 requirements have no exact version (line 3)",
            remedy="pin them: uv pip compile requirements.in -o requirements.txt",
            units=2,
        ),
    )


def report() -> Report:
    return Report(
        findings=findings(),
        gaps=gaps(),
        suppressed=suppressed(),
        coverage={
            "dependencies": Coverage(
                in_scope=415, examined=412, gaps=3, excluded=7, suppressed=3, data_date="2026-08-22T03:00:00Z"
            ),
            "exposure": Coverage(in_scope=1893, examined=1893),
            "code": Coverage(in_scope=214, examined=214),
            "pipeline": Coverage(in_scope=6, examined=6),
        },
        notes=("A suppression in .wardline/suppressions.toml is used by nothing: 9f3c20d1a4b7.",),
        fail_on="medium",
    )


def _row(ecosystem, name, version, file, line, *, groups=(), direct, paths=()) -> Component:
    kind = {"PyPI": "pypi"}.get(ecosystem, ecosystem)
    return Component(ecosystem, name, version, f"pkg:{kind}/{name}@{version}", file, line, groups, direct, paths)


def inventory() -> Inventory:
    web = "web/package-lock.json"
    brought = (("api-client@1.2.0", "requests@2.19.0"),)
    components = (
        _row("PyPI", "api-client", "1.2.0", "uv.lock", 12, direct=True),
        _row("PyPI", "requests", "2.19.0", "uv.lock", 123, direct=False, paths=brought),
        _row("PyPI", "python-jose", "3.3.0", "uv.lock", 98, direct=True),
        _row("PyPI", "jinja2", "2.11.0", "uv.lock", 61, direct=True),
        _row("PyPI", "django", "3.2.1", "uv.lock", 30, direct=True),
        _row("PyPI", "pytest", "8.2.0", "uv.lock", 110, groups=("dev",), direct=True),
        _row("npm", "mkdirp", "0.5.1", web, 801, direct=True),
        _row("npm", "minimist", "0.0.8", web, 812, direct=False),
        _row("npm", "colourama-js", "0.1.6", web, 17, direct=True),
        _row("PyPI", "requests", "2.19.0", "legacy/requirements.txt", 1, direct=None),
    )
    return Inventory(components=components, needs={0: (1,), 1: (), 6: (7,), 7: ()}, gaps=gaps())


def subject(**changes) -> Subject:
    rules = {
        "vulnerable-dependency": Rule(
            id="vulnerable-dependency",
            title="A library with a known vulnerability",
            help="A published advisory says that this version is affected.\n\n**Repair**: upgrade it.",
        ),
        "python-sql-injection": Rule(
            id="python-sql-injection", title="SQL built from a request", help="Use parameters: `execute(sql, (q,))`."
        ),
    }
    whole = Subject(
        name="shop",
        at=AT,
        tool_version="0.1.0",
        revision="3f2a9c1d5e6b7a8091a2b3c4d5e6f708192a3b4c",
        inventory=inventory(),
        rules=rules,
        seconds=0.84,
    )
    return whole._replace(**changes)


def empty_pass() -> Report:
    return Report(coverage={"dependencies": Coverage(in_scope=12, examined=12, data_date="2026-08-22")})


def cannot_say() -> Report:
    gap = Gap(
        practice="dependencies",
        scope="all lockfiles",
        reason="no advisories on this machine",
        remedy="wardline advisories sync",
        units=12,
    )
    return Report(gaps=(gap,), coverage={"dependencies": Coverage(in_scope=12, gaps=12)})


def nothing_examined() -> Report:
    return Report()


def hostile() -> Report:
    """Every text that a stranger can write is hostile, in every field that takes one."""
    found = []
    for number, text in enumerate(HOSTILE):
        one = vulnerable(
            text,
            text,
            ids=(text, f"CVE-2024-{1000 + number}{text}"),
            title=text,
            message=text,
            paths=((text, text),),
            file=text,
            rule=text,
            cwe=(text,),
            fix=Fix(kind="upgrade", text=text, version=text, command=text),
        )
        elsewhere = one._replace(package=None, file=None, line=None, location=Location(kind="url", value=text))
        traced = one._replace(package=None, practice="code", trace=(Step(file=text, line=1, message=text),))
        found += [one, elsewhere._replace(practice="pentest"), traced]
    late = [one._replace(suppression=Suppression(source=one.title, reason=one.title, until=one.title)) for one in found]
    bad = tuple(Gap(practice="dependencies", scope=text, reason=text, remedy=text) for text in HOSTILE)
    coverage = {"dependencies": Coverage(in_scope=len(bad), gaps=len(bad), data_date=HOSTILE[0])}
    return Report(findings=tuple(found), gaps=bad, suppressed=tuple(late), coverage=coverage, notes=HOSTILE)


def hostile_subject(**changes) -> Subject:
    components = tuple(
        Component(*([text] * 5), line=1, groups=(text,), direct=True, paths=((text,),)) for text in HOSTILE
    )
    rules = {text: Rule(id=text, title=text, help=text) for text in HOSTILE}
    made_of = Inventory(components=components, needs={0: (0, 1, 99, -1)})
    changes = {"name": HOSTILE[3], "revision": HOSTILE[0], "inventory": made_of, "rules": rules, **changes}
    return subject(**changes)


def many(number: int = 10_000) -> Report:
    severities = ("critical", "high", "medium", "low", "unknown")
    found = tuple(
        vulnerable(
            f"package-{n % (number // 4)}",
            f"1.{n % 7}.{n % 11}",
            ecosystem="npm",
            ids=(f"GHSA-{n:04d}-aaaa-bbbb", f"CVE-2024-{n}"),
            severity=severities[n % 5],
            fixed="2.0.0",
            command=f"npm install package-{n % (number // 4)}@2.0.0",
            title=f"Something that can be exploited in package-{n % (number // 4)}",
            file="package-lock.json",
            line=n + 1,
            paths=((f"root-{n % 50}@1.0.0", f"package-{n % (number // 4)}@1.{n % 7}.{n % 11}"),),
        )
        for n in range(number)
    )
    return Report(findings=found, coverage={"dependencies": Coverage(in_scope=number, examined=number)})


def large_inventory(number: int = 10_000) -> Inventory:
    components = tuple(
        Component(
            *("npm", f"package-{n}", "1.0.0", f"pkg:npm/package-{n}@1.0.0", "package-lock.json", 7 * n + 3),
            groups=("dev",) if n % 3 else (),
            direct=n < 50,
        )
        for n in range(number)
    )
    return Inventory(
        components=components, needs={n: [(n * 7 + k) % number for k in range(1, 4)] for n in range(number)}
    )
