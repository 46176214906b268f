"""Backstage's `catalog-info.yaml`: systems and components, who owns them, what they depend on. Pure.

Several documents in one file; of each only what the platform uses is read, and nothing else is an error (the format is
Backstage's, and grows). An owner is an entity reference (`group:default/payments`, `user:ada`, `payments`).

Source: Backstage, "Descriptor Format of Catalog Entities" (kinds System and Component, `backstage.io/v1alpha1`) and
"Entity References".
"""

from typing import Final, NamedTuple

from wardline.catalog.sources.documents import Reading, Value, read
from wardline.kernel.errors import AskedWronglyError

PLACES: Final = ("catalog-info.yaml", "catalog-info.yml")
_SLUG: Final = "github.com/project-slug"
_GITLAB_SLUG: Final = "gitlab.com/project-slug"


class Reference(NamedTuple):
    """An entity that is named: its kind, namespace and name in lower case."""

    kind: str
    namespace: str
    name: str


class Component(NamedTuple):
    """A component, with what it has from its system where it does not say itself."""

    name: str
    title: str | None = None
    description: str | None = None
    owner: Reference | None = None
    lifecycle: str | None = None
    system: str | None = None
    depends_on: tuple[Reference, ...] = ()
    repository: str | None = None
    tags: tuple[str, ...] = ()


def parse(content: bytes, place: str = PLACES[0]) -> tuple[Component, ...]:
    """Return the components of the file, in its order.

    Raises: `AskedWronglyError`, naming file and line.
    """
    reading = Reading(place)
    components: list[Component] = []
    systems: dict[str, Reference | None] = {}
    for document in read(content, place):
        entries = reading.mapping(document)
        kind = (reading.text(entries.get("kind"), 60) or "").casefold()
        if kind not in {"component", "system"}:
            continue
        metadata = _inner(reading, entries, "metadata")
        spec = _inner(reading, entries, "spec")
        name = reading.text(metadata.get("name"), 63)
        if not name:
            raise reading.wrong(document.line, f"this {kind} has no name", "metadata.name")
        owner = reading.text(spec.get("owner"), 200)
        if kind == "system":
            systems[name.casefold()] = reference(owner, "group") if owner else None
            continue
        components.append(_component(reading, name, metadata, spec, owner))
    return tuple(_with_system(component, systems) for component in components)


def reference(text: str, kind: str) -> Reference:
    """Return the entity that `[kind:][namespace/]name` names, `kind` where it says none.

    Raises: `AskedWronglyError`.
    """
    said, colon, rest = text.strip().casefold().partition(":")
    if not colon:
        said, rest = kind, said
    namespace, slash, name = rest.partition("/")
    if not slash:
        namespace, name = "default", rest
    if not (said and namespace and name) or "/" in name or ":" in name:
        raise AskedWronglyError(f"{text!r:.80} names no entity", hint="[kind:][namespace/]name")
    return Reference(said, namespace, name)


def _component(
    reading: Reading, name: str, metadata: dict[str, Value], spec: dict[str, Value], owner: str | None
) -> Component:
    annotations = _inner(reading, metadata, "annotations")
    github, gitlab = reading.text(annotations.get(_SLUG), 200), reading.text(annotations.get(_GITLAB_SLUG), 200)
    repository = f"https://github.com/{github}" if github else f"https://gitlab.com/{gitlab}" if gitlab else None
    return Component(
        name=name,
        title=reading.text(metadata.get("title"), 200),
        description=reading.text(metadata.get("description")),
        owner=reference(owner, "group") if owner else None,
        lifecycle=(reading.text(spec.get("lifecycle"), 60) or "").casefold() or None,
        system=reading.text(spec.get("system"), 200),
        depends_on=tuple(reference(one, "component") for one in reading.texts(spec.get("dependsOn")) or ()),
        repository=repository,
        tags=reading.texts(metadata.get("tags")) or (),
    )


def _with_system(component: Component, systems: dict[str, Reference | None]) -> Component:
    if component.owner is not None or component.system is None:
        return component
    return component._replace(owner=systems.get(reference(component.system, "system").name))


def _inner(reading: Reading, entries: dict[str, Value], key: str) -> dict[str, Value]:
    return reading.mapping(entries[key]) if key in entries else {}
