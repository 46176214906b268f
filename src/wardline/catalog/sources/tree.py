"""Everything that a repository says of its service and its owners, read from the files of `PLACES`. Pure."""

from collections.abc import Mapping
from typing import Final, NamedTuple

from wardline.catalog.sources import backstage, codeowners, service_file
from wardline.catalog.sources.backstage import Component
from wardline.catalog.sources.codeowners import CodeOwners
from wardline.catalog.sources.service_file import ServiceFile
from wardline.kernel.errors import AskedWronglyError

# Of several CODEOWNERS the first counts, as with GitHub and GitLab.
CODE_OWNERS: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS")
PLACES: Final = (service_file.PLACE, *backstage.PLACES, *CODE_OWNERS)
_SHOWN_PROBLEMS: Final = 20


class TreeFacts(NamedTuple):
    """What the files say. `problems` are sentences that name file and line: that file, or that line, is not used."""

    service: ServiceFile | None = None
    components: tuple[Component, ...] = ()
    code_owners: CodeOwners | None = None
    problems: tuple[str, ...] = ()


def read(files: Mapping[str, bytes]) -> TreeFacts:
    """Return what these files (path in the repository -> content) say; paths that are not of `PLACES` are passed over.

    Never raises for what stands in them: a file that cannot be read is a problem that names the place and the way out.
    """
    problems: list[str] = []
    service: ServiceFile | None = None
    components: tuple[Component, ...] = ()
    if service_file.PLACE in files:
        try:
            service = service_file.parse(files[service_file.PLACE])
        except AskedWronglyError as error:
            problems.append(_sentence(error))
    for place in backstage.PLACES:
        if place in files and not components:
            try:
                components = backstage.parse(files[place], place)
            except AskedWronglyError as error:
                problems.append(_sentence(error))
    owners = next((codeowners.read(files[place], place) for place in CODE_OWNERS if place in files), None)
    if owners is not None:
        place = next(place for place in CODE_OWNERS if place in files)
        problems.extend(f"{place}:{line}: {what}" for line, what in owners.problems[:_SHOWN_PROBLEMS])
    return TreeFacts(service, components, owners, tuple(problems))


def _sentence(error: AskedWronglyError) -> str:
    return f"{error.detail} ({error.hint})" if error.hint else error.detail
