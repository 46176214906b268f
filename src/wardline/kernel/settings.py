"""The platform's settings: from `WARDLINE_*` in the environment and a file, each one named in docs/operations.md."""

import os
from pathlib import Path
from typing import NamedTuple


class Settings(NamedTuple):
    """What a node of the platform is told. `state` is its folder (0700): keys, embedded database, spooled uploads."""

    state: Path
    database: str  # sqlite:///… or postgresql://…
    host: str = "127.0.0.1"
    port: int = 0  # 0: any free one
    url: str = ""  # as people's browsers reach it; "" means http://host:port
    node: str = ""  # this node's name; "" means host name and process id
    trusted_proxies: tuple[str, ...] = ()  # whose X-Forwarded-For is believed
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret_file: Path | None = None
    ci_issuers: tuple[str, ...] = ()  # OIDC issuers whose tokens CI may send reports with
    slack_webhook_file: Path | None = None
    smtp: str = ""  # smtp://HOST:PORT or smtps://
    mail_from: str = ""
    policy: Path | None = None  # the organisation's policy file: clocks, waivers, ladder
    max_report_bytes: int = 512 * 1024 * 1024

    @property
    def base_url(self) -> str:
        """Return the address that links are made with, without a slash at its end."""
        return (self.url or f"http://{self.host}:{self.port}").rstrip("/")


def state_folder() -> Path:
    """Return the default folder of a node's state: `$WARDLINE_STATE`, else below `$XDG_STATE_HOME`."""
    named = os.environ.get("WARDLINE_STATE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state") / "wardline"
