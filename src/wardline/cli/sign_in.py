"""`wardline sign-in`: use a sign-in link up for a session of this command line."""

from urllib.parse import urlsplit

import click

from wardline.kernel.errors import AskedWronglyError


@click.command()
@click.argument("link")
def command(link: str) -> None:
    """Sign in with LINK, as `wardline up`, the settings page or an administrator gives it (…/sign-in/…).

    The session is kept for this user alone, and ends after twelve hours or two without use. In CI set WARDLINE_TOKEN.
    """
    import orjson

    from wardline.cli.remote import credentials, showing
    from wardline.cli.remote.server import Server

    path = urlsplit(link).path
    token = path.rpartition("/")[2]
    if "/sign-in/" not in path or not token:
        raise AskedWronglyError("this is no sign-in link", hint="one looks like https://wardline.example/sign-in/…")
    server = Server(link)
    body = orjson.dumps({"link": token})
    headers = {"Content-Type": "application/json"}
    answer = server.send("POST", "/sessions", body=body, headers=headers, anonymous=True)
    session = orjson.loads(answer.body)
    credentials.keep(server.url, session["token"])
    until = showing.when(session["expires_at"])
    showing.say(f"signed in to {server.url} as {showing.plain(session['account_name'])} until {until} UTC")
