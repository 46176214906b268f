"""What the registry plug-ins share: where a registry is, how a tool is asked for it, and answers read with bounds."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final
from urllib.parse import urlsplit

from wardline.check.dependencies.model import LockfileError
from wardline.check.dependencies.reading import Element, load_xml
from wardline.kernel import http
from wardline.kernel.errors import WardlineError
from wardline.kernel.processes import ProgramError, Told, ask
from wardline.kernel.text import printable

MAX_NAME: Final = 300
MAX_LOCATIONS: Final = 20


class RegistryError(WardlineError):
    """A registry that could not be found, or an answer that is not what its interface promises."""

    code = "registry"


class UnknownPackageError(RegistryError):
    """The registry does not know the package."""

    code = "registry-unknown-package"


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """Where packages are looked up. `url` ends with "/" and holds no credentials; those are never shown.

    `also` are asked in turn where this one does not know a package. `scopes` are registries of their own for names
    that start with a prefix. `private` are patterns of names that are asked of nobody.
    """

    url: str
    authorization: str = field(default="", repr=False)
    also: tuple["Registry", ...] = ()
    scopes: Mapping[str, "Registry"] = field(default_factory=dict)
    private: tuple[str, ...] = ()

    def of(self, name: str) -> tuple["Registry", ...]:
        """Return the registries to ask for a package, in order; none where the name is private."""
        parts = name.split("/")
        for pattern in self.private:
            depth = pattern.count("/") + 1
            if fnmatchcase("/".join(parts[:depth]), pattern):
                return ()
        for prefix, registry in self.scopes.items():
            if name.startswith(prefix):
                return (registry,)
        return (self, *self.also)


def registry(url: str, *, authorization: str = "", **more: Any) -> Registry:
    """Return the registry at an address; a user and password in it become its authorization.

    Raises: `RegistryError` for anything but an HTTP address.
    """
    try:
        plain, known = http.split_credentials(url.strip())
        parts = urlsplit(plain)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and plain.isprintable()
    except ValueError:
        usable = False
    if not usable:
        raise RegistryError(f"{http.shown(url)}: only registries at an http(s) address are asked")
    return Registry(url=plain.rstrip("/") + "/", authorization=known or authorization, **more)


def told(*arguments: str, environment: Mapping[str, str] | None = None) -> Told:
    """Return what an ecosystem's own tool says. Raises: `RegistryError` where it is not there or does not answer."""
    try:
        return ask(arguments, environment=environment)
    except ProgramError as error:
        raise RegistryError(error.detail) from error


def expanded(text: str) -> str:
    """Return text with `${NAME}` replaced from the environment, as npm's and Maven's settings have it."""
    if "${" not in text:
        return text
    import re

    return re.sub(r"\$\{(?:env\.)?(\w+)\}", lambda match: os.environ.get(match[1], ""), text)


async def document(client: http.Client, at: Registry, path: str, *, shared: bool = False) -> Any:
    """Return the JSON document at a path of a registry; `shared` asks for one that concerns every package only once.

    Raises: `UnknownPackageError` where there is none, `RegistryError` for what is not JSON, `HttpError`.
    """
    import orjson

    answer = await body(client, at, path, accept="application/json", shared=shared)
    try:
        return orjson.loads(answer.body)
    except orjson.JSONDecodeError as error:
        kind = answer.headers.get("content-type", "").partition(";")[0].strip() or "nothing"
        shown = http.shown(at.url + path)
        raise RegistryError(
            f"{shown}: answered {printable(kind, max_chars=60)} where JSON was asked for",
            hint="a sign-in page, or a registry of another kind; name the right one: --registry ECOSYSTEM=URL",
        ) from error


async def body(
    client: http.Client, at: Registry, path: str, *, accept: str = "*/*", shared: bool = False
) -> http.Answer:
    """Return the answer at a path of a registry. Raises: `UnknownPackageError`, `HttpError`."""
    try:
        asked = client.once if shared else client.get
        return await asked(at.url + path, accept=accept, authorization=at.authorization)
    except http.HttpError as error:
        if error.status in {404, 410}:
            raise UnknownPackageError(f"{http.shown(at.url)} does not know it") from error
        raise


def xml(data: bytes, place: str) -> Element:
    """Return an XML document's root. Raises: `RegistryError`."""
    try:
        return load_xml(data)
    except LockfileError as error:
        raise RegistryError(f"{printable(place)}: {error.detail}") from error


def plain_name(name: str) -> str:
    """Return a package's name where it may stand in an address; raises `UnknownPackageError` for one that cannot be."""
    if not name or len(name) > MAX_NAME or ".." in name or not name.isprintable() or set(name) & set(" ?#%\\&;<>\"'"):
        raise UnknownPackageError("no registry has a package of that name")
    return name
