"""What people are told about waivers: whose move it is, until when, and one link."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from wardline.findings.escalation import people
from wardline.findings.escalation.words import left, moment
from wardline.findings.waivers import store
from wardline.findings.waivers.model import Subject, Waiver, rose, urgency
from wardline.kernel.identity.model import Account
from wardline.kernel.notices import outbox
from wardline.kernel.notices.model import Recipient, Row, When

_AGAIN = "What it covered counts again, and its clock has gone on meanwhile: the move is the owner's."


class Telling(NamedTuple):
    """Notices about one waiver, posted in the transaction of what they tell about."""

    tx: Connection
    now: datetime
    waiver: Waiver

    def asked(self, service: str, subjects: Sequence[Subject], attester: Account | None) -> None:
        """Tell security that it is their move, and the attester that they were named."""
        waiver = self.waiver
        count = "one finding" if len(subjects) == 1 else f"{len(subjects)} findings"
        text = (
            f"{waiver.requester_name} asks to leave {count} in {service}{' once more' if waiver.renewals else ''} "
            f"until {moment(waiver.expires_at)}.\n\nWhy: {waiver.justification}\n\n"
            f"What holds meanwhile: {waiver.control.text}\n\n"
            f"It is security's move: yes or no by {moment(waiver.decide_by)}. {_if_late(waiver)}"
        )
        rows = [Row(one.title, one.place, "", left(waiver.decide_by, self.now), one.severity) for one in subjects]
        barred = waiver.involved | waiver.owners | {waiver.requester}
        security = people.with_role(self.tx, "security")
        deciders = [one for one in security if one.id not in barred]
        subject = f"Waiver to decide: {waiver.severity}, {service}"
        self._post("asked", deciders or security, subject, text, rows=rows)
        if attester is not None:
            text = (
                f"{waiver.requester_name} names you as the one who attests what holds instead of a fix in {service}, "
                f"until {moment(waiver.expires_at)}:\n\n{waiver.control.text}\n\nWhere that is so, there is nothing to "
                "do. Where it is not, or stops being so, revoke the waiver: it is your word that it stands on."
            )
            self._post("attester", [people.recipient(attester)], f"You attest a control: {service}", text)

    def decided(self, word: str, by: str, why: str = "") -> None:
        """Tell who asked, and the owners, what was decided."""
        after = {
            "approved": f"It counts until {moment(self.waiver.expires_at)}. The clock of what it covers goes on.",
            "refused": "Nothing was waived: the clock goes on, and the move is the owner's.",
            "revoked": _AGAIN,
        }[word]
        text = f"{by} {word} it.\n\n{f'Why: {why}' if why else ''}\n\n{after}".replace("\n\n\n\n", "\n\n")
        self._post(word, self._concerned(), f"Waiver {word}: {self._name()}", text)

    def expired(self) -> None:
        """Tell who asked, and the owners, that it is over."""
        text = f"It ended at {moment(self.waiver.expires_at)}. {_AGAIN}"
        self._post("expired", self._concerned(), f"Waiver expired: {self._name()}", text)

    def lapsed(self, why: str) -> None:
        """Tell who asked that it is not needed any more, or does not cover what came of it."""
        text = f"It covers nothing any more: {why}. There is nothing to do about the waiver itself."
        self._post("lapsed", self._requester(), f"Waiver lapsed: {self._name()}", text, when="morning")

    def narrowed(self, findings: Mapping[str, str]) -> None:
        """Tell who asked, and the owners, what counts again although the waiver goes on."""
        known = store.subjects(self.tx, findings)
        rows = [
            Row(known[one].title, known[one].place, why, "", known[one].severity)
            for one, why in findings.items()
            if one in known and known[one].open
        ]
        if rows:
            text = "What follows is not covered by the waiver any more: nobody agreed to leave it as it is now."
            what = f"narrowed:{min(findings)}"
            self._post(what, self._concerned(), f"Waiver covers less: {self._name()}", text, rows=rows)

    def ahead(self, days: int) -> None:
        """Tell who asked, and the owners, that it ends soon."""
        text = (
            f"It ends at {moment(self.waiver.expires_at)}. Repair what it covers until then, or ask to renew it now: "
            "that is decided anew, and takes time."
        )
        soon = "tomorrow" if days == 1 else f"in {days} days"
        self._post(f"ahead:{days}", self._concerned(), f"Waiver ends {soon}: {self._name()}", text)

    def granted_by_clock(self) -> None:
        """Tell who asked that it counts for now, and security that it still has to be decided."""
        text = (
            f"Nobody decided by {moment(self.waiver.decide_by)}, so it counts until {moment(self.waiver.expires_at)}, "
            "and that is written in the ledger. It is still security's move: yes, for as long as was asked, or no."
        )
        to = [*people.with_role(self.tx, "security"), *self._requester()]
        self._post("granted-by-clock", to, f"Waiver granted by the clock: {self._name()}", text)

    def late(self, step: int) -> None:
        """Tell security, from the second day on the directors too, that a decision is late."""
        waiver = self.waiver
        text = (
            f"{waiver.requester_name} asked at {moment(waiver.asked_at)}; an answer was due by "
            f"{moment(waiver.decide_by)}. For severity {waiver.severity} nothing is granted by waiting: it is "
            "security's move, yes or no."
        )
        to = people.with_role(self.tx, "security") + (people.with_role(self.tx, "director") if step > 1 else [])
        self._post(f"late:{step}", to, f"Decision is late: {waiver.severity}, {self._name()}", text)

    def _post(  # noqa: PLR0913 - what a notice consists of
        self, what: str, to: Iterable[Recipient], subject: str, text: str, *, rows: Sequence[Row] = (),
        when: When = "now",
    ) -> None:  # fmt: skip
        for recipient in {one.id: one for one in to}.values():
            outbox.post(
                self.tx, at=self.now, kind=f"waiver-{what.partition(':')[0]}", to=recipient, subject=subject, text=text,
                link=f"/waivers/{self.waiver.id}", dedupe=f"{self.waiver.id}:{what}", rows=rows, when=when,
            )  # fmt: skip

    def _requester(self) -> list[Recipient]:
        found = people.account(self.tx, self.waiver.requester)
        return [people.recipient(found)] if found is not None and found.active else []

    def _subjects(self) -> list[Subject]:
        pins = store.pins(self.tx, [self.waiver.id])[self.waiver.id]
        known = store.subjects(self.tx, [pin.finding for pin in pins]).values()
        return sorted(known, key=lambda one: (not one.open, urgency(one.severity), one.title, one.id))

    def _concerned(self) -> list[Recipient]:
        """Return who asked, and whoever owns what is covered: the person where there is one, else the team."""
        owned = {(subject.owner, subject.team) for subject in self._subjects()}
        return [*self._requester(), *people.to_tell(self.tx, owned)]

    def _name(self) -> str:
        """Return what the waiver is about, in a few words."""
        scope, known = self.waiver.scope, self._subjects()
        what = known[0].title if known else scope.rule or scope.fingerprint or ""
        more = f" and {len(known) - 1} more" if len(known) > 1 else ""
        service = people.service_names(self.tx, [scope.service]).get(scope.service)
        return f"{service.name if service else scope.service}: {what[:120]}{more}"


def _if_late(waiver: Waiver) -> str:
    if rose("medium", waiver.severity):
        return "Until somebody says yes, nothing is waived."
    return "After that the clock grants it for a few days, on the record."
