"""docs/api.md, written from OpenAPI. A test holds the file against it; `python -m tests.api.page` writes it anew."""

from pathlib import Path
from typing import Any

START = """\
# API v1

Everything that the pages do, for programs; this page is written from the API's own description
(`/api/v1/openapi.json`).

    wardline sign-in https://wardline.example/sign-in/…                  # once, with a link from the settings page
    wardline token create laptop --permission finding:read               # prints wl_…, this once
    export WARDLINE_TOKEN=wl_…
    curl -H "Authorization: Bearer $WARDLINE_TOKEN" https://wardline.example/api/v1/findings
    wardline findings --server https://wardline.example                  # the same on the command line

- **Who asks**: a bearer token, in the `Authorization` header and nowhere else: an API token, a CI's own OIDC token, or
  the session of a command line. Cookies are not looked at.
- **Lists** come a piece at a time (`limit`, `cursor`; `Link` leads to the next), and whole with `?format=csv` or
  `?format=jsonl`.
- **Writes** may carry an `Idempotency-Key`: sent again within a day, they are answered again and not done again
  (`Idempotent-Replayed: true`). The same key with another request is refused (422); while the first is worked on, 409.
- **Edits** of what has an `ETag` may carry `If-Match`: where something else is there by now, nothing is changed (412).
- **Errors** are problems (RFC 9457): `detail` says what, `hint` the way out, `errors` where; quote `instance`.
  What one may not know of is answered as what is not there (404).
"""


def written(document: dict[str, Any]) -> str:
    """Return the page."""
    parts = [START]
    by_tag: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            by_tag.setdefault(operation["tags"][0], []).append(_row(method, path, operation))
    for tag in sorted(by_tag):
        head = "| | | needs | takes | answers |\n| --- | --- | --- | --- | --- |"
        parts.append(f"\n## {tag}\n\n{head}\n" + "\n".join(by_tag[tag]) + "\n")
    return "".join(parts)


def _row(method: str, path: str, operation: dict[str, Any]) -> str:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    takes = [f"`{one['name']}`" for one in operation.get("parameters", []) if one["in"] == "query"]
    takes += [f"a body: `{body['$ref'].rpartition('/')[2]}`"] if "$ref" in body else []
    status, answer = next((code, said) for code, said in operation["responses"].items() if code.startswith("2"))
    schema = answer.get("content", {}).get("application/json", {}).get("schema", {}).get("$ref", "")
    shown = schema.rpartition("/")[2].replace("Rows_", "list of ").removesuffix("_").removesuffix("Shown")
    answers = f"{status} {shown}".strip()
    needs = operation["x-wardline-needs"]
    return f"| `{method.upper()} {path}` | {operation['summary']} | {needs} | {', '.join(takes)} | {answers} |"


def main() -> None:
    """Write the page."""
    from fastapi import FastAPI

    from wardline.api import app

    made = FastAPI(title="Wardline", servers=[{"url": app.PREFIX}])
    for one in app.ROUTERS:
        made.include_router(one)
    Path("docs/api.md").write_text(written(app.document(made)), encoding="utf-8")


if __name__ == "__main__":
    main()
