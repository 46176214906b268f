"""A history with known truth: what is flagged is opened and closed where it really came and went, and nowhere else."""

import random
from typing import NamedTuple

import pytest
from tests.findings.world import World

from wardline.findings import identity
from wardline.findings.identity import CodeContext
from wardline.findings.report import Finding, PackageRef

TOOL = "scanner/dangerous-call"
WORDS = (
    "order",
    "invoice",
    "basket",
    "refund",
    "ledger",
    "quote",
    "parcel",
    "voucher",
    "tariff",
    "stock",
    "claim",
    "route",
)


class Flaw(NamedTuple):
    """A dangerous line: `mark` is the truth about which one it is, and stands in it as its own code does."""

    mark: str
    function: str
    variable: str
    before: tuple[str, ...]
    after: tuple[str, ...]


class Project:
    """Files of functions, each with a flaw or none, and a lockfile; what a commit does to them is drawn at random."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - a made-up project
        self.names = iter(range(10_000))
        self.files: dict[str, list[Flaw]] = {}
        self.locked: dict[str, int] = {"left-pad": 1, "lodash": 3}
        self.affected = {"lodash"}
        self.indent = dict.fromkeys(self.files, 4)
        self.gone: list[tuple[str, Flaw]] = []
        for _ in range(4):
            self.new_file()
            for _ in range(3):
                self.add()

    def word(self) -> str:
        return f"{self.random.choice(WORDS)}_{next(self.names)}"

    def new_file(self) -> None:
        name = f"src/{self.word()}.py"
        self.files[name] = []
        self.indent[name] = 4

    def a_file(self, *, full: bool = False) -> str:
        return self.random.choice(sorted(name for name, flaws in self.files.items() if flaws or not full))

    # What a commit may do

    def add(self) -> None:
        lines = [f"{self.word()} = {self.word()}({self.word()})" for _ in range(6)]
        flaw = Flaw(f"m{next(self.names)}", self.word(), self.word(), tuple(lines[:3]), tuple(lines[3:]))
        self.files[self.a_file()].append(flaw)

    def fix(self) -> None:
        name = self.a_file(full=True)
        flaw = self.files[name].pop(self.random.randrange(len(self.files[name])))
        self.gone.append((name, flaw))

    def come_back(self) -> None:
        if self.gone:
            name, flaw = self.gone.pop(self.random.randrange(len(self.gone)))
            self.files.setdefault(name, []).append(flaw)
            self.indent.setdefault(name, 4)

    def move_file(self) -> None:
        old = self.a_file(full=True)
        new = f"src/{self.random.choice(['core', 'web', 'jobs'])}/{old.rpartition('/')[2]}"
        if new != old and new not in self.files:
            self.files[new], self.indent[new] = self.files.pop(old), self.indent.pop(old)
            self.gone = [(new if name == old else name, flaw) for name, flaw in self.gone]

    def rename_file(self) -> None:
        old = self.a_file(full=True)
        new = f"{old.rpartition('/')[0]}/{self.word()}.py"
        self.files[new], self.indent[new] = self.files.pop(old), self.indent.pop(old)
        self.gone = [(new if name == old else name, flaw) for name, flaw in self.gone]

    def move_function(self) -> None:
        old, new = self.a_file(full=True), self.a_file()
        self.files[new].append(self.files[old].pop())

    def change(self, **how: str) -> None:
        name = self.a_file(full=True)
        place = self.random.randrange(len(self.files[name]))
        flaw = self.files[name][place]
        self.files[name][place] = flaw._replace(**{part: self.word() for part in how})

    def rename_function(self) -> None:
        self.change(function="")

    def rename_variable(self) -> None:
        self.change(variable="")

    def edit_around(self) -> None:
        name = self.a_file(full=True)
        flaw = self.files[name][0]
        self.files[name][0] = flaw._replace(before=(*flaw.before[1:], f"{self.word()} = 1"))

    def insert_above(self) -> None:
        name = self.a_file(full=True)
        flaw = self.files[name][0]
        self.files[name][0] = flaw._replace(before=(f"log({self.word()})", *flaw.before))

    def reindent(self) -> None:
        name = self.a_file()
        self.indent[name] = 6 - self.indent[name] // 2

    def reorder(self) -> None:
        self.random.shuffle(self.files[self.a_file()])

    def upgrade_in_vain(self) -> None:
        self.locked["lodash"] += 1

    def upgrade(self) -> None:
        self.affected ^= {"lodash"}

    def commit(self, most: int) -> None:
        moves = [
            self.add, self.fix, self.come_back, self.move_file, self.rename_file, self.move_function,
            self.rename_function, self.rename_variable, self.edit_around, self.insert_above, self.reindent,
            self.reorder, self.upgrade_in_vain, self.upgrade,
        ]  # fmt: skip
        for move in self.random.sample(moves, self.random.randint(1, most)):
            move()

    # What a scanner says of it

    def scan(self) -> tuple[list[Finding], dict[str, str]]:
        """Findings as an importer makes them, and the truth: which fingerprint is which flaw."""
        found, truth = [], {}
        for path, flaws in self.files.items():
            line = 1
            for flaw in flaws:
                line += len(flaw.before) + 2
                snippet = f"{' ' * self.indent[path]}danger({flaw.variable}, {flaw.mark})"
                context = CodeContext(path, flaw.function, snippet, text="danger is called")
                name = identity.of_code(f"rule:{TOOL}", TOOL, context)
                around = (flaw.function, *flaw.before, snippet.strip(), *flaw.after)
                truth[name] = flaw.mark
                found.append(
                    Finding(name, "code", TOOL, f"danger {flaw.mark}", "high", "high", "danger is called", file=path,
                            line=line, context=around)
                )  # fmt: skip
                line += len(flaw.after) + 1
        for package in sorted(self.affected):
            version = f"1.{self.locked[package]}.0"
            name = identity.of_dependency(identity.VULNERABLE, "npm", package, "CVE-2026-1")
            truth[name] = package
            about = PackageRef("npm", package, version, f"pkg:npm/{package}@{version}")
            found.append(
                Finding(name, "dependencies", identity.VULNERABLE, package, "high", "high", "x", package=about,
                        file="package-lock.json", advisories=("CVE-2026-1",))
            )  # fmt: skip
        return found, truth


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("most", [1, 3])
def test_re_scanning_opens_and_closes_only_what_really_came_and_went(small: World, seed: int, most: int):
    project = Project(seed)
    known: dict[str, str] = {}
    spurious = []
    for number in range(25):
        if number:
            project.commit(most)
        found, truth = project.scan()
        before = {mark: small.findings.get(small.auditor, one).state for mark, one in known.items()}
        small.clock.forward(hours=1)
        receipt = small.send(*found, complete=("code", "dependencies"), commit=f"{number:040x}", source="scanner")
        there = {one.fingerprint: one.id for one in small.all() if one.open}
        came = {mark for mark in truth.values() if before.get(mark) != "detected"}
        went = {mark for mark, state in before.items() if state == "detected" and mark not in truth.values()}
        spurious += [("opened", number, receipt)] * (receipt.opened + receipt.reopened - len(came))
        spurious += [("closed", number, receipt)] * (receipt.fixed - len(went))
        for name, mark in truth.items():
            if before.get(mark) == "detected" and known[mark] != there[name]:
                spurious.append(("another", number, receipt))
            known[mark] = there[name]  # what comes back where its file was moved meanwhile may be told anew
    assert spurious == []
    assert len(known) > 12
