"""`wardline sign-out`: end this command line's session."""

import click

from wardline.kernel.errors import WardlineError


@click.command()
@click.option("--server", "url", envvar="WARDLINE_URL", metavar="URL", help="[default: the one you signed in to]")
def command(url: str | None) -> None:
    """End the session that `wardline sign-in` began, and forget it."""
    from wardline.cli.remote import credentials, showing
    from wardline.cli.remote.asking import server
    from wardline.cli.remote.server import Server, part

    asked = server(url)
    token = credentials.kept().get(asked.url)
    if token is None:
        showing.say(f"nobody is signed in to {asked.url} here")
        return
    known = Server(asked.url, token=token)
    try:
        known.ask("DELETE", f"/sessions/{part(known.get('/me')['via'])}")
    except WardlineError as error:
        showing.say(f"the server did not end it ({showing.plain(error.detail)}); it ends by itself")
    credentials.keep(asked.url, None)
    showing.say(f"signed out of {asked.url}")
