"""`wardline agent`: serves a workload its secrets in the words of Vault's API."""

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from wardline.kernel.errors import EXIT_YES, AskedWronglyError

_NEW = click.Path(path_type=Path, dir_okay=False)
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.command()
@click.option("--dev", is_flag=True, help="A whole vault in this process's memory, for trying clients. Never for real.")
@click.option("--uninitialised", is_flag=True, help="With --dev: begin as a new server does, for suites that init.")
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), help="Folder of keys, floors and cache.")
@click.option(
    "--socket", "socket_path", type=click.Path(path_type=Path, dir_okay=False), help="[default: STATE/agent.sock]"
)
@click.option("--listen", metavar="HOST:PORT", help="Also on loopback TCP; port 0 is any free one.")
@click.option("--tls-certificate", type=_FILE, help="PEM: --listen speaks TLS with it.")
@click.option("--tls-key", type=_FILE, help="PEM.")
@click.option("--client-ca", type=_FILE, help="PEM: ask clients for a certificate that this CA issued.")
@click.option("--server", "servers", multiple=True, metavar="URL", help="A server of the vault; any number of them.")
@click.option("--ca", type=_FILE, help="PEM: the CA of the servers, where the system does not know it.")
@click.option(
    "--root", metavar="KIND:DIGEST", envvar="WARDLINE_VAULT_ROOT", help="The root, as the ceremony printed it."
)
@click.option("--token", type=_FILE, help="File with the platform's token (OIDC) that says who this is.")
@click.option("--join", type=_FILE, help="File with a join document that approvers signed.")
@click.option("--template", "templates", type=(_FILE, _NEW), multiple=True, help="A template, and its file on tmpfs.")
@click.option("--thumbprint", is_flag=True, help="Print what says which keys are this agent's, and end.")
@click.option("--parent", type=int, hidden=True, help="A descriptor; its other end's closing ends the agent.")
def command(**said: Any) -> int:
    """Serve secrets to the programs of this machine, until SIGINT or SIGTERM.

    Speaks HashiCorp Vault's API (KV versions 1 and 2, tokens, policies). Prints `ready ADDRESS …` once it answers.
    """
    if said["uninitialised"] and not said["dev"]:
        raise AskedWronglyError("--uninitialised goes with --dev")
    if said["client_ca"] and not said["tls_certificate"]:
        raise AskedWronglyError("--client-ca goes with --tls-certificate")
    _require_installed()
    from wardline.main import agent, lifeline

    host, port = _address(said["listen"]) if said["listen"] else ("", 0)
    wish = agent.Wish(
        socket=said["socket_path"],
        host=host,
        port=port,
        certificate=said["tls_certificate"],
        key=said["tls_key"],
        root=said["root"] or "",
        **{name: said[name] for name in ("state", "client_ca", "servers", "ca", "token", "join", "templates")},
    )
    lifeline.follow(said["parent"])
    if said["dev"]:
        agent.dev(wish, uninitialised=said["uninitialised"], say=click.echo)
    elif said["thumbprint"]:
        click.echo(agent.thumbprint(wish))
    else:
        agent.real(wish, say=click.echo)
    return EXIT_YES


def _require_installed() -> None:
    missing = [name for name in ("cryptography", "joserfc", "uvicorn") if find_spec(name) is None]
    if missing:
        raise AskedWronglyError(f"not installed: {', '.join(missing)}", hint="pip install 'wardline[vault]'")


def _address(said: str) -> tuple[str, int]:
    host, colon, port = said.rpartition(":")
    if not colon or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise AskedWronglyError(f"{said} is no HOST:PORT", hint="for example 127.0.0.1:8200")
    return host.strip("[]"), int(port)
