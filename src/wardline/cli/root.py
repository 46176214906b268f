"""The command `wardline`: its subcommands by name, loaded when they are asked for, and errors turned into words.

No command is imported for another's sake: `wardline check` pays for nothing but itself.
"""

from importlib import import_module
from typing import Final

import click

from wardline.cli.words import EXIT_INTERRUPTED, status_of
from wardline.kernel.errors import EXIT_ASKED_WRONGLY
from wardline.kernel.version import VERSION

COMMANDS: Final[dict[str, tuple[str, str]]] = {
    "account": ("wardline.cli.account", "List people, give them roles, shut somebody out at once."),
    "agent": ("wardline.main.commands.agent", "Serve the programs of this machine their secrets, in Vault's words."),
    "advisories": ("wardline.cli.advisories", "Fetch and inspect the advisories that libraries are checked against."),
    "check": ("wardline.cli.check", "Examine a tree, or what a change introduces, and give one verdict."),
    "custodian": ("wardline.main.commands.custodian", "Keep a zone's secrets: mint them, rotate them, seal them."),
    "down": ("wardline.main.commands.down", "End the platform that runs on this machine."),
    "explain": ("wardline.cli.explain", "Say what a rule or an advisory means and what repairs it."),
    "finding": ("wardline.cli.finding", "Show a finding, take it, hand it on, or say that it is none."),
    "findings": ("wardline.cli.findings", "List findings of the platform, what is due first coming first."),
    "freshness": ("wardline.cli.freshness", "Say how far behind the libraries are, in releases and in years."),
    "grant": ("wardline.cli.grant", "Ask that a workload may read a secret, approve it, take it away."),
    "import": ("wardline.cli.import_report", "Read another tool's report: SARIF, SBOMs, scanners' JSON and XML, CSV."),
    "init": ("wardline.cli.init", "Write policy, hooks, CI and pull request templates into a repository."),
    "inventory": ("wardline.cli.inventory", "List the third-party packages of a tree: JSON, CycloneDX or SPDX."),
    "ledger": ("wardline.cli.ledger", "Read the ledger, keep a copy of it, and verify it."),
    "migrate": ("wardline.main.commands.migrate", "Bring the platform's database to what this version expects."),
    "rekey": ("wardline.main.commands.rekey", "Change the key that signs the ledger."),
    "run": ("wardline.main.commands.run", "Run a program with its secrets, anew when one of them changes."),
    "secret": ("wardline.cli.secret", "Add a secret, bring its value, see how it stands."),
    "serve": ("wardline.main.commands.serve", "Serve one node of the platform: API, pages and duties."),
    "service": ("wardline.cli.service", "List services, change what is said of one, record what runs."),
    "sign-in": ("wardline.cli.sign_in", "Sign in to a platform with a link."),
    "sign-out": ("wardline.cli.sign_out", "End this command line's session."),
    "suppress": ("wardline.cli.suppress", "Let a finding not count until a date, for a reason."),
    "team": ("wardline.cli.team", "List teams, and who is in them."),
    "token": ("wardline.cli.token", "Make, list and revoke API tokens."),
    "up": ("wardline.main.commands.up", "Open the platform on this machine and check repositories."),
    "vault": ("wardline.cli.vault", "Hold the vault's ceremony, keep your key, see how it stands."),
    "waiver": ("wardline.cli.waiver", "Ask for a waiver, decide about one, renew or end it."),
}


class LazyGroup(click.Group):
    """A group that knows its commands by name and one line of help, and imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands' names, alphabetical."""
        del ctx
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command, or None where there is none of that name."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        loaded = import_module(COMMANDS[cmd_name][0]).command
        if not isinstance(loaded, click.Command):
            raise TypeError(cmd_name)
        return loaded

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the list of commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name][1]) for name in self.list_commands(ctx)])


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(VERSION, message="wardline %(version)s")
def wardline() -> None:
    """Make security a first-class citizen of a DevOps team.

    Exit status of every command: 0 yes, 1 no, 2 asked wrongly, 3 cannot say.
    """


def command(arguments: list[str]) -> int:
    """Run one command and return its exit status: 0 yes, 1 no, 2 asked wrongly, 3 cannot say (130 interrupted)."""

    def run() -> object:
        try:
            return wardline.main(arguments, prog_name="wardline", standalone_mode=False)
        except click.exceptions.Abort as abort:  # an interruption, or a question that met the end of its input
            if isinstance(abort.__context__, EOFError):
                click.echo("wardline: nobody answered: nothing was done\n  answer, or see --help for --yes", err=True)
                return EXIT_ASKED_WRONGLY
            return EXIT_INTERRUPTED
        except click.ClickException as error:
            error.show()
            return EXIT_ASKED_WRONGLY

    return status_of(run)
