"""A library that this project pins is affected by a published vulnerability.

**Why it matters.** The defect and often the way to use it are public. It is a problem now, not debt for later:
most attacks on known vulnerabilities use ones for which a fix existed.

**How it is found.** The exact version in the lockfile lies in a range, or in the list of versions, of an advisory in
OSV's format. Records about one bug (a CVE, its GHSA and its PYSEC twin) are one finding. Advisories that were
withdrawn do not count. The order of urgency: known to be exploited (CISA's KEV catalogue), then severity, then the
probability of exploitation (EPSS).

**How to repair it.** Run the finding's command: it raises this one package to the lowest version that no advisory
affects, with the ecosystem's own tool. Where no fixed version exists: remove the library, replace it, or reach the
affected code no more, and say so in a VEX statement or a suppression with a reason and a date.

**Severity.** From the advisory's CVSS vector (v4 before v3 before v2), else its publisher's word. `unknown` means that
nobody has said, and counts as if it reached every threshold.
"""

ID = "vulnerable-dependency"
TITLE = "A pinned library is affected by a published vulnerability"
