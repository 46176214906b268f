"""Who asks, and what they may: the one class that faces ask. Its parts are in the files that it is put together from.

accounts.py    people: made, given roles, deactivated at once
sessions.py    browsers that are signed in, and CSRF
sign_in.py     OpenID Connect, one-time links
tokens.py      API tokens
workloads.py   CI, by its own OIDC tokens; `bearer`
"""

from wardline.kernel.identity.sign_in import SignIn


class Identity(SignIn):
    """`Identity(database, clock, ledger, settings)`. Stateless but for keys that identity providers published.

    Every answer is as of now: there is no cache of sessions, tokens, roles or memberships, so that whoever leaves is
    out with the next request on every node.
    """
