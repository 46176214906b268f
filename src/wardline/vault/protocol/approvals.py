"""Who approved a document: people, counted by name and by the bytes of their keys."""

from collections.abc import Iterable

from wardline.vault.protocol.envelope import Envelope
from wardline.vault.protocol.errors import ThresholdError
from wardline.vault.protocol.model.root import Approver


def approving(envelope: Envelope, approvers: Iterable[Approver], *, besides: str = "") -> frozenset[str]:
    """Return the names of the distinct people who signed; `besides` names one who does not count.

    A key counts for one person, and a person once, even where a list of approvers says otherwise: of two names with one
    key, or two keys with one name, the first in order counts. Whoever holds the key of the one who does not count,
    counts under no name.
    """
    listed = sorted(approvers, key=lambda one: (one.name, one.key))
    barred = {one.key for one in listed if one.name == besides}
    signed = envelope.signers(one.key for one in listed if one.key not in barred)
    people: dict[str, bytes] = {}
    for one in listed:
        if one.key in signed and one.name not in people and one.key not in people.values():
            people[one.name] = one.key
    return frozenset(people)


def require(envelope: Envelope, approvers: Iterable[Approver], threshold: int, *, besides: str = "") -> frozenset[str]:
    """Return who approved, where they are at least `threshold` distinct people. Raises: `ThresholdError`."""
    people = approving(envelope, approvers, besides=besides)
    if len(people) < threshold:
        other = f" other than {besides}" if besides else ""
        raise ThresholdError(
            f"this {envelope.kind} was approved by {len(people)} of the {threshold} people{other} that it takes",
            hint="people who have not signed it yet sign it with `wardline grant approve`",
        )
    return people
