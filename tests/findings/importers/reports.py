"""Small reports in every format, one that fires and one that is quiet; values that look like secrets are made here."""

import io
import json
import random
import string

from wardline.findings.importers import reading
from wardline.findings.report import Finding, Gap


def made_up_secret(seed: int = 7) -> str:
    chance = random.Random(seed)  # noqa: S311 - it only has to look like one
    return "".join(chance.choice(string.ascii_letters + string.digits) for _ in range(32))


def as_bytes(document) -> bytes:
    if isinstance(document, bytes):
        return document
    return (document if isinstance(document, str) else json.dumps(document)).encode()


def told(document, format_name="auto", **options):
    return list(reading.read(io.BytesIO(as_bytes(document)), format_name, **options))


def findings(document, format_name="auto", **options) -> list[Finding]:
    return [one for one in told(document, format_name, **options) if isinstance(one, Finding)]


def gaps(document, format_name="auto", **options) -> list[Gap]:
    return [one for one in told(document, format_name, **options) if isinstance(one, Gap)]


def sarif(*results, tool="semgrep", rules=(), **run):
    driver = {"name": tool, "rules": list(rules)}
    return {"version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": list(results), **run}]}


def result(rule="r1", uri="src/a.py", line=3, snippet="eval(x)", **more):
    region = {"startLine": line, "snippet": {"text": snippet}} if snippet else {"startLine": line}
    place = {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}
    return {"ruleId": rule, "message": {"text": f"{rule} is wrong"}, "locations": [place], **more}


def cyclonedx(*vulnerabilities, **more):
    component = {"bom-ref": "c1", "type": "library", "name": "jinja2", "version": "2.4", "purl": "pkg:pypi/jinja2@2.4"}
    known = {"vulnerabilities": list(vulnerabilities)}
    return {"bomFormat": "CycloneDX", "specVersion": "1.5", "components": [component], **known, **more}


VULNERABILITY = {
    "id": "CVE-2019-10906",
    "ratings": [{"severity": "high", "method": "CVSSv3", "vector": "AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N"}],
    "cwes": [693],
    "description": "a sandbox escape",
    "affects": [{"ref": "c1"}],
}

CYCLONEDX_XML = """<?xml version="1.0" encoding="UTF-8"?>
<bom xmlns="http://cyclonedx.org/schema/bom/1.4" version="1">
 <components><component type="library" bom-ref="c1"><name>jinja2</name><version>2.4</version>
  <purl>pkg:pypi/jinja2@2.4</purl></component></components>
 <vulnerabilities>%s</vulnerabilities>
</bom>"""

VULNERABILITY_XML = """<vulnerability><id>CVE-2019-10906</id>
 <ratings><rating><severity>high</severity></rating></ratings>
 <cwes><cwe>693</cwe></cwes><description>a sandbox escape</description>
 <affects><target><ref>c1</ref></target></affects></vulnerability>"""


def osv(*vulnerabilities, groups=()):
    package = {"name": "jinja2", "version": "2.4", "ecosystem": "PyPI"}
    held = {"package": package, "vulnerabilities": list(vulnerabilities), "groups": list(groups)}
    source = {"path": "/srv/tree/requirements.txt", "type": "lockfile"}
    return {"results": [{"source": source, "packages": [held]}]}


OSV_RECORD = {
    "id": "GHSA-462w-v97r-4m45",
    "aliases": ["CVE-2019-10906", "PYSEC-2019-217"],
    "summary": "a sandbox escape",
    "affected": [
        {"package": {"name": "jinja2"}, "ranges": [{"type": "ECOSYSTEM", "events": [{"fixed": "2.10.1"}]}]},
    ],
}
OSV_GROUP = {"ids": ["GHSA-462w-v97r-4m45", "PYSEC-2019-217"], "max_severity": "8.6"}


def pip_audit(*vulns, **more):
    return {"dependencies": [{"name": "Jinja2", "version": "2.4", "vulns": list(vulns)}, *more.pop("and_", ())], **more}


NPM_2 = {
    "auditReportVersion": 2,
    "vulnerabilities": {
        "debug": {
            "name": "debug",
            "severity": "moderate",
            "via": [
                {
                    "source": 1094219,
                    "name": "debug",
                    "title": "slow patterns",
                    "url": "https://github.com/advisories/GHSA-gxpj-cx7g-858c",
                    "severity": "moderate",
                    "cwe": ["CWE-400"],
                    "cvss": {"score": 5.3, "vectorString": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:L"},
                    "range": ">=4.0.0 <4.3.1",
                }
            ],
            "effects": ["express"],
            "fixAvailable": {"name": "debug", "version": "4.3.1", "isSemVerMajor": False},
        },
        "express": {"name": "express", "severity": "moderate", "via": ["debug"], "effects": [], "fixAvailable": True},
    },
    "metadata": {},
}

NPM_1 = {
    "actions": [],
    "advisories": {
        "146": {
            "id": 146,
            "findings": [{"version": "1.9.2", "paths": ["mocha>growl"]}],
            "title": "commands can be injected",
            "module_name": "growl",
            "cves": ["CVE-2017-16042"],
            "patched_versions": ">=1.10.2",
            "severity": "critical",
            "cwe": "CWE-94",
            "url": "https://npm.example/advisories/146",
        }
    },
    "muted": [],
    "metadata": {},
}


def grype(*matches, ignored=()):
    return {"matches": list(matches), "ignoredMatches": list(ignored), "descriptor": {"name": "grype"}}


GRYPE_MATCH = {
    "vulnerability": {
        "id": "GHSA-462w-v97r-4m45",
        "severity": "High",
        "description": "a sandbox escape",
        "cvss": [{"vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N"}],
        "fix": {"versions": ["2.10.1"], "state": "fixed"},
        "epss": [{"cve": "CVE-2019-10906", "epss": 0.25}],
        "knownExploited": [{"dateAdded": "2024-01-02", "dueDate": "2024-01-23", "knownRansomwareCampaignUse": "Known"}],
    },
    "relatedVulnerabilities": [{"id": "CVE-2019-10906"}],
    "artifact": {
        "name": "Jinja2",
        "version": "2.4",
        "type": "python",
        "purl": "pkg:pypi/Jinja2@2.4",
        "locations": [{"path": "/app/requirements.txt"}],
    },
}


def trivy(**kinds):
    target = {"Target": "requirements.txt", "Class": "lang-pkgs", "Type": "pip", **kinds}
    return {"SchemaVersion": 2, "ArtifactName": ".", "ArtifactType": "filesystem", "Results": [target]}


TRIVY_VULNERABILITY = {
    "VulnerabilityID": "CVE-2019-10906",
    "PkgName": "jinja2",
    "InstalledVersion": "2.4",
    "FixedVersion": "2.10.1, 2.11",
    "Severity": "HIGH",
    "SeveritySource": "ghsa",
    "Title": "a sandbox escape",
    "CweIDs": ["CWE-693"],
    "CVSS": {"ghsa": {"V3Vector": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N"}},
}


def snyk(*vulnerabilities, **more):
    known = {"ok": not vulnerabilities, "dependencyCount": 2, "packageManager": "pip"}
    return {"vulnerabilities": list(vulnerabilities), **known, "displayTargetFile": "requirements.txt", **more}


SNYK_ISSUE = {
    "id": "SNYK-PYTHON-JINJA2-174126",
    "title": "Sandbox Escape",
    "severity": "high",
    "identifiers": {"CVE": ["CVE-2019-10906"], "CWE": ["CWE-265"]},
    "packageManager": "pip",
    "packageName": "jinja2",
    "version": "2.4",
    "CVSSv3": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N",
    "fixedIn": ["2.10.1"],
    "from": ["shop@1.0", "flask@1.0", "jinja2@2.4"],
}


def gitleaks(secret=None, **more):
    secret = secret or made_up_secret()
    place = {"File": "src/conf.py", "StartLine": 4, "EndLine": 4, "StartColumn": 9}
    shown = {"Description": "a generic key", "Match": f'api_key = "{secret}"', "Secret": secret}
    return {"RuleID": "generic-api-key", **place, **shown, "Commit": "", "Author": "", "Email": "", **more}


def trufflehog(secret=None, **more):
    secret = secret or made_up_secret()
    data = {"Filesystem": {"file": "src/conf.py", "line": 4}}
    known = {"SourceMetadata": {"Data": data}, "DetectorName": "Example", "Verified": True}
    return {**known, "Raw": secret, "RawV2": secret, "Redacted": secret[:8], "ExtraData": {"k": secret}, **more}


def semgrep(*results, **more):
    return {"version": "1.100.0", "results": list(results), "errors": [], "paths": {"scanned": []}, **more}


SEMGREP_RESULT = {
    "check_id": "python.lang.eval",
    "path": "src/a.py",
    "start": {"line": 3, "col": 5},
    "end": {"line": 3, "col": 12},
    "extra": {
        "message": "eval is used",
        "severity": "ERROR",
        "lines": "    eval(x)",
        "metadata": {"cwe": ["CWE-95: Eval Injection"], "confidence": "HIGH"},
    },
}


def bandit(*results, **more):
    return {"errors": [], "generated_at": "2026-01-01T00:00:00Z", "metrics": {}, "results": list(results), **more}


BANDIT_ISSUE = {
    "test_id": "B307",
    "test_name": "eval",
    "filename": "./src/a.py",
    "line_number": 3,
    "line_range": [3, 4],
    "col_offset": 4,
    "code": "2 def f(x):\n3     eval(x)\n4 \n",
    "issue_text": "Use of a possibly insecure function.",
    "issue_severity": "MEDIUM",
    "issue_confidence": "HIGH",
    "issue_cwe": {"id": 95},
}


def checkov(*failed, skipped=(), parsing_errors=(), check_type="terraform"):
    results = {"failed_checks": list(failed), "skipped_checks": list(skipped), "parsing_errors": list(parsing_errors)}
    return {"check_type": check_type, "results": results, "summary": {}}


CHECKOV_CHECK = {
    "check_id": "CKV_AWS_20",
    "check_name": "the bucket is not public",
    "file_path": "/infra/main.tf",
    "file_line_range": [1, 9],
    "resource": "aws_s3_bucket.logs",
    "severity": None,
}


def zap(*instances):
    alert = {
        "pluginid": "40012",
        "alertRef": "40012-1",
        "name": "Cross Site Scripting (Reflected)",
        "riskcode": "3",
        "confidence": "2",
        "desc": "<p>A script &amp; more</p>",
        "instances": list(instances),
        "solution": "<p>Escape it.</p>",
        "cweid": "79",
    }
    return {"@version": "2.16", "site": [{"@name": "https://shop.example", "alerts": [alert] if instances else []}]}


ZAP_XML = """<?xml version="1.0"?><OWASPZAPReport version="2.16">
<site name="https://shop.example" host="shop.example"><alerts>%s</alerts></site></OWASPZAPReport>"""
ZAP_ITEM = """<alertitem><pluginid>40012</pluginid><alertRef>40012-1</alertRef><name>Cross Site Scripting</name>
<riskcode>3</riskcode><confidence>2</confidence><desc>&lt;p&gt;A script&lt;/p&gt;</desc>
<instances><instance><uri>https://shop.example/users/17?q=x</uri><method>GET</method><param>q</param></instance>
</instances><cweid>79</cweid></alertitem>"""

BURP = """<?xml version="1.0"?>
<!DOCTYPE issues [
<!ELEMENT issues (issue*)>
<!ATTLIST issues burpVersion CDATA "">
<!ELEMENT issue (#PCDATA)>
]>
<issues burpVersion="2026.1">%s</issues>"""
BURP_ISSUE = """<issue><serialNumber>1</serialNumber><type>1049088</type><name><![CDATA[SQL injection]]></name>
<host ip="192.0.2.1">https://shop.example</host><path><![CDATA[/orders/42]]></path>
<location><![CDATA[/orders/42 [sort parameter]]]></location><severity>High</severity><confidence>Certain</confidence>
<issueBackground><![CDATA[<p>Text reaches a query.</p>]]></issueBackground>
<vulnerabilityClassifications><![CDATA[<ul><li>CWE-89: SQL Injection</li></ul>]]></vulnerabilityClassifications>
<requestresponse><request base64="true">R0VUIC8=</request></requestresponse></issue>"""

NUCLEI = {
    "template-id": "exposed-panel",
    "info": {
        "name": "an exposed panel",
        "severity": "medium",
        "description": "a panel answers",
        "classification": {"cve-id": None, "cwe-id": ["cwe-200"], "cvss-score": 5.3},
    },
    "type": "http",
    "host": "https://shop.example",
    "matched-at": "https://shop.example/admin/",
    "matcher-name": "title",
}

CSV = "Title,Severity,File,Line,CWE\n"


def spdx(*references):
    purl = {"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl", "referenceLocator": "pkg:pypi/jinja2@2.4"}
    package = {"SPDXID": "SPDXRef-1", "name": "jinja2", "versionInfo": "2.4", "externalRefs": [purl, *references]}
    return {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "dataLicense": "CC0-1.0", "packages": [package]}


ADVISORY = {
    "referenceCategory": "SECURITY",
    "referenceType": "advisory",
    "referenceLocator": "https://nvd.example/vuln/detail/CVE-2019-10906",
}


def own(*documents):
    known = {"gaps": [], "suppressed": [], "notes": [], "coverage": {}}
    return {"schema": 1, "verdict": "pass", "fail_on": "low", "findings": list(documents), **known}


OWN_FINDING = {
    "fingerprint": "0" * 32,
    "practice": "code",
    "rule": "eval",
    "title": "eval is used",
    "severity": "high",
    "confidence": "high",
    "message": "eval is used here",
    "file": "src/a.py",
    "line": 3,
    "end_line": 3,
    "column": None,
    "location": None,
    "cwe": ["CWE-95"],
    "fix": None,
    "package": None,
    "advisories": [],
    "trace": [{"file": "src/b.py", "line": 1, "message": "from here"}],
    "blocks": False,
    "exploited": None,
    "exploit_probability": None,
    "suppression": None,
    "vector": None,
    "context": [],
}

# format -> a report with one finding, and one of the same format without any
EXAMPLES = {
    "bandit": (bandit(BANDIT_ISSUE), bandit()),
    "burp": (BURP % BURP_ISSUE, BURP % ""),
    "checkov": (checkov(CHECKOV_CHECK), {"passed": 0, "failed": 0, "skipped": 0, "checkov_version": "3.0"}),
    "csv": (CSV + "eval is used,High,src/a.py,3,95\n", CSV),
    "cyclonedx": (cyclonedx(VULNERABILITY), cyclonedx()),
    "gitleaks": ([gitleaks()], []),
    "grype": (grype(GRYPE_MATCH), grype()),
    "json": ([{"title": "eval is used", "severity": "high", "file": "src/a.py", "line": 3}], []),
    "npm-audit": (NPM_2, {"auditReportVersion": 2, "vulnerabilities": {}, "metadata": {}}),
    "nuclei": (NUCLEI, []),
    "osv-scanner": (osv(OSV_RECORD, groups=[OSV_GROUP]), osv()),
    "pip-audit": (pip_audit({"id": "PYSEC-2019-217", "aliases": ["CVE-2019-10906"], "fix_versions": []}), pip_audit()),
    "sarif": (sarif(result()), sarif()),
    "semgrep": (semgrep(SEMGREP_RESULT), semgrep()),
    "snyk": (snyk(SNYK_ISSUE), snyk()),
    "spdx": (spdx(ADVISORY), None),  # one without security information is a gap
    "trivy": (trivy(Vulnerabilities=[TRIVY_VULNERABILITY]), trivy()),
    "trufflehog": (trufflehog(), []),
    "wardline": (own(OWN_FINDING), own()),
    "zap": (zap({"uri": "https://shop.example/users/17?q=x", "method": "GET", "param": "q"}), zap()),
}
