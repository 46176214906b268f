"""The platform's settings: a TOML file, over it `WARDLINE_*` in the environment, over both what the command line says.

    # wardline.toml
    database = "postgresql://wardline@db.example/wardline"
    url = "https://wardline.example"
    slack_webhook_file = "/run/credentials/slack-webhook"

An unknown key is an error. Credentials are named by file and never stand in the settings themselves.
"""

import os
from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from types import NoneType
from typing import Any, Final, NamedTuple, get_args, get_type_hints
from urllib.parse import urlsplit

from wardline.kernel import toml
from wardline.kernel.errors import AskedWronglyError

FILE: Final = "wardline.toml"
_PREFIX: Final = "WARDLINE_"
# Variables of `wardline check` and of the command line's own: not settings of a server.
_NOT_SETTINGS: Final = frozenset({"state", "url"})


class Settings(NamedTuple):
    """What a node of the platform is told. `state` is its folder (0700): keys, embedded database, spooled uploads."""

    state: Path
    database: str = ""  # sqlite:///… or postgresql://…; "" means a file in `state`
    host: str = "127.0.0.1"
    port: int = 0  # 0: any free one
    url: str = ""  # as people's browsers reach it; "" means http://host:port
    node: str = ""  # this node's name; "" means host name and process id
    trusted_proxies: tuple[str, ...] = ()  # whose X-Forwarded-For is believed
    allowed_hosts: tuple[str, ...] = ()  # names that may stand in Host, besides those of url, host and loopback
    requests_per_second: int = 200  # of one source to one node; 0: as many as it likes
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret_file: Path | None = None
    oidc_groups_claim: str = "groups"
    oidc_roles: tuple[str, ...] = ()  # GROUP=ROLE; empty: the provider's groups say nothing about roles
    oidc_default_roles: tuple[str, ...] = ("developer",)  # of a person that no group of oidc_roles fits
    ci_issuers: tuple[str, ...] = ()  # OIDC issuers whose tokens CI may send reports with
    slack_webhook_file: Path | None = None
    smtp: str = ""  # smtp://HOST:PORT or smtps://
    smtp_credentials_file: Path | None = None  # a user and a password, a line each
    mail_from: str = ""
    policy: Path | None = None  # the organisation's policy file: clocks, waivers, ladder
    ledger_key_file: Path | None = None  # the key that signs the ledger, the same on all nodes; None: made in `state`
    metrics_token_file: Path | None = None  # who may read /metrics from elsewhere; None: nobody but this machine
    max_report_bytes: int = 512 * 1024 * 1024

    @property
    def base_url(self) -> str:
        """Return the address that links are made with, without a slash at its end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.url or f"http://{host}:{self.port}").rstrip("/")


def state_folder() -> Path:
    """Return the default folder of a node's state: `$WARDLINE_STATE`, else below `$XDG_STATE_HOME`."""
    named = os.environ.get("WARDLINE_STATE")
    if named:
        return Path(named).absolute()
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "wardline"


def load(state: Path, environment: Mapping[str, str], **said: Any) -> Settings:
    """Return the settings of the node whose folder is `state`: its file, then the environment, then `said` (not None).

    Raises: `AskedWronglyError` for an unknown key, a wrong type, or an address that is none, naming the place.
    """
    kinds = {name: kind for name, kind in get_type_hints(Settings).items() if name not in _NOT_SETTINGS}
    kinds["url"] = str
    values: dict[str, Any] = {}
    for key, value in _file(state / FILE).items():
        if key not in kinds:
            near = get_close_matches(key, kinds, 1)
            meant = f"did you mean {near[0]}?" if near else f"there are: {', '.join(sorted(kinds))}"
            raise AskedWronglyError(f"{FILE}: unknown key {key!r:.60}", hint=meant)
        values[key] = _value(f"{FILE}: {key}", kinds[key], value)
    for key, kind in kinds.items():
        text = environment.get(_PREFIX + key.upper())
        if text is not None and key not in _NOT_SETTINGS:
            values[key] = _from_text(_PREFIX + key.upper(), kind, text)
    values |= {key: value for key, value in said.items() if value is not None}
    made = Settings(state=state, **values)
    return _checked(made._replace(database=made.database or f"sqlite:///{state / 'wardline.db'}"))


def _file(path: Path) -> dict[str, Any]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise AskedWronglyError(f"{path}: {error.strerror}", hint="make it readable, or remove it") from error
    try:
        return toml.load(content)
    except toml.TomlError as error:
        line = f":{error.line}" if error.line else ""
        raise AskedWronglyError(f"{path}{line}: {error.detail}", hint="write it as TOML") from error


def _value(place: str, kind: Any, value: Any) -> Any:
    wanted = [part for part in (get_args(kind) or (kind,)) if part is not NoneType]
    if kind == tuple[str, ...]:
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            return tuple(value)
        raise AskedWronglyError(f"{place} is no list of texts", hint='write it as ["one", "another"]')
    if Path in wanted and isinstance(value, str):
        return Path(value)
    if type(value) in wanted:
        return value
    raise AskedWronglyError(f"{place} cannot be {value!r:.60}", hint=f"it is {_WORDS.get(wanted[0], 'a text')}")


_WORDS: Final = {int: "a number", str: "a text", Path: "a path"}


def _from_text(place: str, kind: Any, text: str) -> Any:
    if kind is int:
        if not text.isdecimal():
            raise AskedWronglyError(f"{place} cannot be {text!r:.60}", hint="it is a number")
        return int(text)
    if kind == tuple[str, ...]:
        return tuple(part.strip() for part in text.split(",") if part.strip())
    return _value(place, kind, text)


def _checked(settings: Settings) -> Settings:
    for name in ("url", "oidc_issuer"):
        address = getattr(settings, name)
        if address and (urlsplit(address).scheme not in {"http", "https"} or not urlsplit(address).hostname):
            raise AskedWronglyError(f"{name} cannot be {address!r:.80}", hint="write https://HOST")
    if not 0 <= settings.port < 65536:
        raise AskedWronglyError(f"port cannot be {settings.port}", hint="0 (any free one) to 65535")
    if settings.max_report_bytes < 1:
        raise AskedWronglyError("max_report_bytes has to be positive", hint="536870912 is the default")
    return settings
