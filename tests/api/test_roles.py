"""Every endpoint asked by everybody, against a table that somebody wrote and read: who gets what.

Whoever adds an endpoint adds its row. The columns: nobody; one person of each role, all of team red; red's lead; a
developer of team blue; a token of security's that may read and work on findings of `billing` alone; a token of an
administrator's that may only do SCIM; and a session that has ended.
"""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.api import world as making
from tests.api.world import ROOT, World, finding
from tests.conftest import Clock

from wardline.api.app import PREFIX
from wardline.api.routing import routes_of
from wardline.findings.waivers.model import Control, Request, Scope

COLUMNS = ("nobody", "admin", "auditor", "developer", "director", "machine", "security",
           "lead", "other", "narrow", "scim", "ended")  # fmt: skip

# 200 read, 201 made, 204 done, 401 nobody known, 403 not granted, 404 not there (or not theirs to know), 409 cannot be
# decided by this one or now, 422 asked wrongly.
TABLE = """\
                                                     nob adm aud dev dir mac sec lea oth nar sci end
GET /accounts                                        401 200 200 200 200 403 200 200 200 403 403 401
POST /accounts                                       401 201 403 403 403 403 403 403 403 403 403 401
GET /accounts/{account}                              401 200 200 200 200 403 200 200 200 403 403 401
PUT /accounts/{account}/roles                        401 200 403 403 403 403 403 403 403 403 403 401
POST /accounts/{account}/deactivate                  401 200 403 403 403 403 403 403 403 403 403 401
POST /accounts/{account}/reactivate                  401 200 403 403 403 403 403 403 403 403 403 401
POST /accounts/{account}/invite                      401 201 403 403 403 403 403 403 403 403 403 401
GET /accounts/{account}/sessions                     401 200 403 403 403 403 200 403 403 403 403 401
GET /duties                                          401 200 200 403 200 403 200 403 403 403 403 401
POST /duties/{duty}/run                              401 404 403 403 403 403 403 403 403 403 403 401
GET /ids/{identifier}                                401 200 200 200 200 200 200 200 404 404 404 401
GET /search                                          401 200 200 200 200 200 200 200 200 200 200 401
GET /findings                                        401 200 200 200 200 200 200 200 200 200 403 401
GET /findings/counts                                 401 200 200 200 200 200 200 200 200 200 403 401
GET /findings/{finding}                              401 200 200 200 200 200 200 200 404 404 403 401
GET /findings/{finding}/history                      401 200 200 200 200 200 200 200 404 404 403 401
POST /findings/{finding}/acknowledge                 401 403 403 200 403 403 200 200 404 404 403 401
POST /findings/{finding}/assign                      401 403 403 200 403 403 200 200 404 404 403 401
POST /findings/{finding}/start                       401 403 403 200 403 403 200 200 404 404 403 401
POST /findings/{finding}/dismissal                   401 403 403 200 403 403 200 200 404 403 403 401
POST /findings/{finding}/dismissal/approve           401 403 403 403 403 403 200 403 403 403 403 401
POST /findings/{finding}/dismissal/refuse            401 403 403 403 403 403 200 403 403 403 403 401
GET /ledger/events                                   401 200 200 200 200 403 200 200 200 403 403 401
GET /ledger/events/{event}                           401 200 200 200 200 403 200 200 404 403 403 401
GET /ledger/head                                     401 200 200 200 200 403 200 200 200 403 403 401
GET /ledger/note                                     401 200 200 200 200 403 200 200 200 403 403 401
GET /ledger/heads                                    401 200 200 200 200 403 200 200 200 403 403 401
GET /ledger/keys                                     401 200 200 200 200 403 200 200 200 403 403 401
GET /ledger/inclusion                                401 200 200 200 200 403 200 200 200 403 403 401
GET /ledger/consistency                              401 200 200 200 200 403 200 200 200 403 403 401
GET /ledger/export                                   401 200 200 403 200 403 200 403 403 403 403 401
GET /me                                              401 200 200 200 200 200 200 200 200 200 200 401
GET /measures/velocity                                401 200 200 200 200 200 200 200 200 200 403 401
GET /measures/survival                                401 200 200 200 200 200 200 200 200 200 403 401
GET /measures/exposure                                401 200 200 200 200 200 200 200 200 200 403 401
GET /measures/attainment                              401 200 200 200 200 200 200 200 200 200 403 401
GET /measures/paces                                   401 200 200 200 200 200 200 200 200 200 403 401
GET /measures/heat                                    401 200 200 200 200 200 200 200 200 200 403 401
GET /measures/timeline                                401 200 200 200 200 200 200 200 404 404 403 401
GET /notices                                         401 200 200 200 200 200 200 200 200 403 403 401
POST /notices/test                                   401 422 403 403 403 403 403 403 403 403 403 401
POST /notices/{notice}/retry                         401 404 403 403 403 403 403 403 403 403 403 401
GET /policy                                          401 200 200 200 200 200 200 200 200 403 403 401
POST /policy/try                                     401 200 200 200 200 200 200 200 200 403 403 401
PUT /policy                                          401 403 403 403 403 403 200 403 403 403 403 401
POST /reports                                        401 422 403 403 403 422 403 403 403 403 403 401
GET /reports                                         401 200 200 200 200 200 200 200 404 404 403 401
GET /reports/{report}                                401 200 200 200 200 200 200 200 404 404 403 401
GET /environments                                    401 200 200 200 200 200 200 200 200 403 403 401
PUT /environments/{environment}                      401 200 403 403 403 403 200 403 403 403 403 401
GET /services                                        401 200 200 200 200 200 200 200 200 403 403 401
GET /services/{service}                              401 200 200 200 200 200 200 200 200 403 403 401
PUT /services/{service}                              401 200 403 403 403 403 200 200 403 403 403 401
PUT /services/{service}/tier                         401 200 403 403 403 403 200 200 403 403 403 401
POST /services/{service}/retire                      401 200 403 403 403 403 200 200 403 403 403 401
GET /services/{service}/deployments                  401 200 200 200 200 200 200 200 200 403 403 401
POST /services/{service}/deployments                 401 201 403 403 403 201 403 403 403 403 403 401
DELETE /services/{service}/deployments/{environment} 401 204 403 403 403 204 403 403 403 403 403 401
POST /sessions                                       401 401 401 401 401 401 401 401 401 401 401 401
DELETE /sessions/{session}                           401 204 404 404 404 404 204 404 404 403 403 401
GET /teams                                           401 200 200 200 200 200 200 200 200 403 403 401
GET /teams/{team}                                    401 200 200 200 200 200 200 200 200 403 403 401
PUT /teams/{team}                                    401 200 403 403 403 403 200 200 403 403 403 401
DELETE /teams/{team}                                 401 204 403 403 403 403 204 403 403 403 403 401
GET /teams/{team}/members                            401 200 200 200 200 200 200 200 200 403 403 401
PUT /teams/{team}/members/{account}                  401 204 403 403 403 403 204 204 403 403 403 401
DELETE /teams/{team}/members/{account}               401 204 403 403 403 403 204 204 403 403 403 401
GET /bindings                                        401 200 200 200 200 200 200 200 200 403 403 401
POST /bindings                                       401 422 403 403 403 403 422 403 403 403 403 401
DELETE /bindings/{binding}                           401 404 403 403 403 403 404 403 403 403 403 401
GET /tokens                                          401 200 200 200 200 200 200 200 200 403 403 401
POST /tokens                                         401 201 403 201 403 403 201 201 201 403 403 401
DELETE /tokens/{token}                               401 204 404 404 404 404 204 204 404 403 403 401
GET /vault                                           401 404 404 404 404 403 404 404 404 403 403 401
GET /vault/roots                                     401 200 200 200 200 403 200 200 200 403 403 401
GET /vault/documents                                 401 200 200 200 200 403 200 200 200 403 403 401
POST /vault/roots                                    401 422 403 403 403 403 422 403 403 403 403 401
GET /vault/proposals                                 401 200 200 200 200 403 200 200 200 403 403 401
POST /vault/proposals                                401 404 403 404 403 403 404 404 404 403 403 401
GET /vault/proposals/{proposal}                      401 404 404 404 404 403 404 404 404 403 403 401
POST /vault/proposals/{proposal}/signatures          401 404 403 403 403 403 404 403 403 403 403 401
POST /vault/proposals/{proposal}/withdraw            401 404 403 404 403 403 404 404 404 403 403 401
GET /vault/secrets                                   401 200 200 200 200 403 200 200 200 403 403 401
GET /vault/secret                                    401 404 404 404 404 403 404 404 404 403 403 401
GET /vault/grant                                     401 404 404 404 404 403 404 404 404 403 403 401
GET /vault/consumers                                 401 404 404 404 404 403 404 404 404 403 403 401
GET /vault/versions                                  401 404 404 404 404 403 404 404 404 403 403 401
POST /vault/revocations                              401 404 403 403 403 403 404 403 403 403 403 401
GET /vault/revocations/{document}                    401 404 404 404 404 403 404 404 404 403 403 401
POST /vault/rotations                                401 404 403 403 403 403 404 403 403 403 403 401
POST /vault/values                                   401 404 403 403 403 403 404 403 403 403 403 401
GET /vault/agents/roots                              200 200 200 200 200 200 200 200 200 200 200 200
POST /vault/agents/challenge                         200 200 200 200 200 200 200 200 200 200 200 200
POST /vault/agents/token                             404 404 404 404 404 404 404 404 404 404 404 404
POST /vault/agents/bindings                          404 404 404 404 404 404 404 404 404 404 404 404
GET /vault/agents/secrets                            401 401 401 401 401 401 401 401 401 401 401 401
GET /vault/agents/offer                              401 401 401 401 401 401 401 401 401 401 401 401
GET /vault/agents/changes                            401 401 401 401 401 401 401 401 401 401 401 401
GET /vault/agents/revocations                        401 401 401 401 401 401 401 401 401 401 401 401
GET /vault/agents/grant                              401 401 401 401 401 401 401 401 401 401 401 401
POST /vault/agents/receipts                          401 401 401 401 401 401 401 401 401 401 401 401
POST /vault/agents/puts                              401 401 401 401 401 401 401 401 401 401 401 401
GET /vault/custodians/basis                          401 401 401 401 401 401 401 401 401 401 401 401
GET /vault/custodians/head                           401 401 401 401 401 401 401 401 401 401 401 401
GET /vault/custodians/tasks                          401 401 401 401 401 401 401 401 401 401 401 401
GET /vault/custodians/bindings                       401 401 401 401 401 401 401 401 401 401 401 401
GET /vault/custodians/documents                      401 401 401 401 401 401 401 401 401 401 401 401
GET /vault/custodians/wrap                           401 401 401 401 401 401 401 401 401 401 401 401
GET /vault/custodians/rotation                       401 401 401 401 401 401 401 401 401 401 401 401
POST /vault/custodians/versions                      401 401 401 401 401 401 401 401 401 401 401 401
POST /vault/custodians/wraps                         401 401 401 401 401 401 401 401 401 401 401 401
POST /vault/custodians/statements                    401 401 401 401 401 401 401 401 401 401 401 401
POST /vault/custodians/acknowledgements              401 401 401 401 401 401 401 401 401 401 401 401
POST /vault/custodians/rotations                     401 401 401 401 401 401 401 401 401 401 401 401
POST /vault/custodians/retired                       401 401 401 401 401 401 401 401 401 401 401 401
PUT /vault/custodians/rotations                      401 401 401 401 401 401 401 401 401 401 401 401
GET /waivers                                         401 200 200 200 200 200 200 200 200 403 403 401
POST /waivers                                        401 403 403 201 403 201 201 201 404 403 403 401
PUT /waivers/files                                   401 403 403 200 403 200 200 200 404 403 403 401
GET /waivers/{waiver}                                401 200 200 200 200 200 200 200 404 403 403 401
POST /waivers/{waiver}/approve                       401 403 403 403 403 403 200 403 403 403 403 401
POST /waivers/{waiver}/refuse                        401 403 403 403 403 403 200 403 403 403 403 401
POST /waivers/{waiver}/renew                         401 403 403 409 403 409 409 409 404 403 403 401
POST /waivers/{waiver}/revoke                        401 403 403 403 403 403 200 403 404 403 403 401
POST /waivers/{waiver}/withdraw                      401 403 403 200 403 200 403 200 404 403 403 401
"""


ENVELOPES = (
    "POST /vault/roots", "POST /vault/proposals", "POST /vault/proposals/{proposal}/signatures",
    "POST /vault/revocations", "POST /vault/values", "POST /vault/agents/bindings",
)  # fmt: skip


def bodies(world: World) -> dict[str, Any]:
    """Return what is sent with each request that takes a body."""
    later = (world.clock() + timedelta(days=5)).isoformat()
    control = {"text": "the endpoint is only reachable by operators, from the office", "check": "pipeline/edge"}
    why = "the query takes no text from outside: it is built from an enumeration"
    return {
        "POST /accounts": {"name": "New"},
        "PUT /accounts/{account}/roles": {"roles": ["auditor"]},
        "POST /findings/{finding}/assign": {"account": world.people["developer"]},
        "POST /findings/{finding}/dismissal": {"reason": why, "evidence": why, "expires_at": later},
        "POST /findings/{finding}/dismissal/refuse": {"why": why},
        "POST /notices/test": {"channel": "slack"},
        "POST /policy/try": {"text": ""},
        "PUT /policy": {"text": ""},
        "PUT /environments/{environment}": {"production": True},
        "PUT /services/{service}": {"name": "Orders and more"},
        "PUT /services/{service}/tier": {"tier": 2, "argument": "it takes payments, and customers notice at once"},
        "POST /services/{service}/deployments": {"environment": "production", "digest": f"sha256:{'a' * 64}"},
        "POST /sessions": {"link": "x" * 43},
        "PUT /teams/{team}": {"name": "Reds"},
        "PUT /teams/{team}/members/{account}": {"lead": False},
        "POST /bindings": {
            "issuer": "https://ci.example", "service": world.systems["orders"], "claims": {"repository": ["a/b"]}
        },
        "POST /tokens": {"name": "mine", "permissions": ["finding:read"]},
        "POST /waivers": {
            "service": "orders", "fingerprint": f"{3:032x}", "reason": "compensating-control",
            "justification": why, "control": control, "expires_at": later,
        },
        "PUT /waivers/files": {"service": "orders", "files": []},
        "POST /vault/rotations": {"path": "db/orders"},
        "POST /vault/agents/challenge": {"signing": "AAAA"},
        "POST /vault/agents/token": {"signing": "AAAA", "challenge": "AAAA", "signature": "AAAA"},
        **{one: {"payload": "", "payloadType": "none", "signatures": []} for one in ENVELOPES},
        "POST /waivers/{waiver}/refuse": {"why": why},
        "POST /waivers/{waiver}/renew": {"expires_at": later, "justification": why},
        "POST /waivers/{waiver}/revoke": {"why": why},
        "POST /waivers/{waiver}/withdraw": {"why": why},
    }  # fmt: skip


def queries() -> dict[str, str]:
    """Return what stands after the question mark where something has to."""
    return {
        "GET /search": "text=orders",
        **{f"GET /vault/{one}": "path=db/orders" for one in ("secret", "grant", "consumers", "versions")},
        "GET /ledger/inclusion": "number=0&size=1",
        "GET /ledger/consistency": "first=1&second=2",
        "GET /measures/timeline": "service=orders",
        "GET /reports": "service=orders",
        "POST /reports": "service=orders",
    }


class Scene:
    """The organisation with something of every kind in it, put back as it was after each change."""

    def __init__(self, file: Path, folder: Path, clock: Clock) -> None:
        self.world = making.made(f"sqlite:///{file}", folder / "state", clock)
        self._file = file
        self._kept = folder / "kept.db"
        self._furnish()
        self.restart(keep=True)

    def restart(self, *, keep: bool = False) -> None:
        """Put the database back as it was."""
        self.world.services.database.close()
        if keep:
            with self.world.services.database.engine.connect() as connection:
                connection.connection.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # type: ignore[union-attr]
            self.world.services.database.close()
            shutil.copyfile(self._file, self._kept)
            return
        for beside in ("-wal", "-shm"):
            Path(f"{self._file}{beside}").unlink(missing_ok=True)
        shutil.copyfile(self._kept, self._file)

    def _furnish(self) -> None:
        world, services = self.world, self.world.services
        world.receive("orders", *map(finding, range(1, 5)))
        world.receive("billing", *map(finding, range(1, 3)))
        first, second, third, _ = world.findings("Orders")
        lead = ROOT._replace(id=world.people["lead"], name="lead")
        later = world.clock() + timedelta(days=5)
        words = "the query takes no text from outside: it is built from an enumeration"
        services.findings.dismiss(lead, second, words, words, later)
        asked = Request(
            Scope("orders", f"{1:032x}"),
            "compensating-control",
            words,
            Control("only operators of the office reach it", check="pipeline/edge"),
            later,
        )
        waiver = services.waivers.ask(lead, asked).waiver.id
        services.catalog.put_environment(ROOT, "staging")
        services.catalog.record_deployment(ROOT, "orders", "staging", f"sha256:{'b' * 64}")
        token, _ = services.identity.create_token(lead, "ci", ["finding:read"], (), None)
        world.person("leaver", "developer", signed_in=True)
        world.person("ended", "security", team="red")
        for name in ("leaver", "ended"):
            session = services.identity.sessions(ROOT, world.people[name])[0]
            if name == "ended":
                services.identity.revoke_session(ROOT, session.id)
        world.token("narrow", "security", "finding:read", "finding:work", services=(world.systems["billing"],))
        world.token("scim", "admin", "scim:write")
        while services.ledger.sequence():
            pass
        report = services.findings.reports(ROOT, "orders").rows[0].receipt.report
        event = next(one for one in services.ledger.list(ROOT).rows if one.subject == first)
        self.names = {
            "account": world.people["leaver"], "duty": "ledger-sequencer", "identifier": first, "finding": third,
            "event": event.id, "notice": f"ntc-{'0' * 26}", "report": report, "environment": "staging",
            "service": "orders", "session": services.identity.sessions(ROOT, world.people["leaver"])[0].id,
            "proposal": f"prp-{'0' * 26}", "document": "AAAA",
            "team": "red", "binding": f"bnd-{'0' * 26}", "token": token.id, "waiver": waiver,
        }  # fmt: skip
        self.asked_to_dismiss = second

    def ask(self, row: str, who: str) -> int:
        """Return the status that somebody gets for a row of the table, and put everything back."""
        answer = self._asked(row, who, {})
        if not row.startswith("GET") and answer.is_success:
            self.restart()
        return answer.status_code

    def said(self, row: str, who: str, names: dict[str, str]) -> tuple[int, str, str]:
        """Return status and words of an answer, without the ids that were asked for."""
        answer = self._asked(row, who, names)
        told = answer.json()
        detail = re.sub(r"[a-z]{3}-[0-9a-z]{26}", "ID", told["detail"])
        return answer.status_code, detail, told["hint"]

    def _asked(self, row: str, who: str, names: dict[str, str]) -> httpx.Response:
        method, path = row.split()
        if "/dismissal/" in path:
            names = {"finding": self.asked_to_dismiss, **names}
        known = {**self.names, **names}
        concrete = re.sub(r"\{(\w+)\}", lambda found: known[found[1]], path)
        query = queries().get(row, "")
        options: dict[str, Any] = {}
        if row in bodies(self.world):
            options["json"] = bodies(self.world)[row]
        if row == "POST /reports":
            options["content"] = b"no report"
        address = concrete + (f"?{query}" if query else "")
        return self.world.ask(method, address, None if who == "nobody" else who, **options)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[Scene]:
    folder = tmp_path_factory.mktemp("roles")
    file = folder / "wardline.db"
    shutil.copyfile(sqlite_template, file)
    made = Scene(file, folder, Clock())
    yield made
    made.world.services.database.close()


def table() -> dict[str, list[int]]:
    """Return the table: statuses by request, in the order of the columns."""
    rows = (line.rsplit(maxsplit=len(COLUMNS)) for line in TABLE.splitlines()[1:])
    return {" ".join(row[0].split()): list(map(int, row[1:])) for row in rows}


def endpoints(world: World) -> list[str]:
    """Return every endpoint that there is."""
    api: Any = next(route for route in world.app.routes if getattr(route, "path", "") == PREFIX)
    return [f"{method} {path}" for method, path, _ in routes_of(api.app)]


def test_every_endpoint_has_a_row_and_every_row_an_endpoint(scene: Scene) -> None:
    assert sorted(table()) == sorted(endpoints(scene.world))


@pytest.mark.parametrize("row", table())
def test_everybody_gets_what_the_table_says(scene: Scene, row: str) -> None:
    assert {who: scene.ask(row, who) for who in COLUMNS} == dict(zip(COLUMNS, table()[row], strict=True))


ANOTHER = {"finding": "fnd", "waiver": "wvr", "report": "rep", "event": "evt"}


@pytest.mark.parametrize("row", [row for row in table() if any(f"{{{name}}}" in row for name in ANOTHER)])
def test_what_is_another_teams_looks_as_what_is_not_there(scene: Scene, row: str) -> None:
    """By every verb: the same status, and the same words but for the id that was asked for."""
    theirs = {name: scene.names[name] for name in ANOTHER}
    seen = scene.said(row, "other", theirs)
    absent = scene.said(row, "other", {name: f"{kind}-{'0' * 26}" for name, kind in ANOTHER.items()})
    assert seen == absent
    assert seen[0] in {403, 404}
