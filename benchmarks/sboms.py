"""How long an SBOM of 10,000 components takes to write: ours beside cyclonedx-python-lib on the same graph.

python benchmarks/sboms.py [COMPONENTS]
"""

import sys
from collections.abc import Callable
from datetime import UTC, datetime
from time import perf_counter

from wardline.check.reports import cyclonedx, spdx
from wardline.check.reports.model import Subject
from wardline.findings.inventory import Component, Inventory
from wardline.findings.report import Report


def graph(number: int) -> dict[int, list[int]]:
    return {one: sorted({(one * 7 + step) % number for step in range(1, 4)} - {one}) for one in range(number)}


def subject(number: int) -> Subject:
    components = [
        Component(
            "npm", f"package-{one}", "1.0.0", f"pkg:npm/package-{one}@1.0.0", "package-lock.json", one, (), one < 50
        )
        for one in range(number)
    ]
    inventory = Inventory(components=components, needs=graph(number))
    return Subject(name="tree", at=datetime(2026, 1, 1, tzinfo=UTC), tool_version="0", inventory=inventory)


def library(number: int) -> int:
    from cyclonedx.model.bom import Bom
    from cyclonedx.model.component import Component as Row
    from cyclonedx.model.component import ComponentType
    from cyclonedx.model.dependency import Dependency
    from cyclonedx.output.json import JsonV1Dot6
    from packageurl import PackageURL

    rows = [
        Row(
            name=f"package-{one}",
            version="1.0.0",
            type=ComponentType.LIBRARY,
            purl=PackageURL("npm", None, f"package-{one}", "1.0.0"),
            bom_ref=f"pkg:npm/package-{one}@1.0.0",
        )
        for one in range(number)
    ]
    bom = Bom(components=rows)
    bom.dependencies = [  # register_dependency walks all dependencies each time
        Dependency(rows[one].bom_ref, [Dependency(rows[needed].bom_ref) for needed in needs])
        for one, needs in graph(number).items()
    ]
    return len(JsonV1Dot6(bom).output_as_string())


def measured(title: str, work: Callable[[], int]) -> None:
    started = perf_counter()
    size = work()
    print(f"{title:<24} {perf_counter() - started:8.2f} s {size / 1e6:8.1f} MB")


def main() -> None:
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    tree = subject(number)
    measured("wardline, CycloneDX 1.6", lambda: len(cyclonedx.render(Report(), tree)))
    measured("wardline, SPDX 2.3", lambda: len(spdx.render(Report(), tree)))
    measured("cyclonedx-python-lib", lambda: library(number))


if __name__ == "__main__":
    main()
