"""GitHub tokens: personal access tokens (classic and fine-grained), OAuth, user-to-server, server-to-server, refresh.

**Why it matters.** A token acts as its owner or app: it reads private code, pushes to branches, changes workflows, and
with a workflow reads every secret of the pipeline.

**How it is found.** By GitHub's own prefixes (`ghp_`, `gho_`, `ghu_`, `ghs_`, `ghr_`, `github_pat_`); the six last
characters of the classic kinds are a checksum of the rest; where it is wrong, the confidence is low.

**How to repair it.** Revoke it (Settings, Developer settings, Personal access tokens; for an app: its Advanced page or
`DELETE /applications/{client_id}/token`), read the audit log for what it did, make a new one with fewer permissions
and an expiry, and keep that in the vault. In workflows, `GITHUB_TOKEN` needs no stored token at all.

**Source.** GitHub Docs, "About authentication to GitHub: GitHub's token formats"; GitHub's engineering blog,
"Behind GitHub's new authentication token formats".
"""

PROVIDER = "GitHub"
TITLE = "GitHub tokens"
REPAIR = "revoke the token in GitHub's developer settings, read the audit log, and keep its successor in the vault"

RULES = (
    {
        "id": "github-personal-access-token",
        "title": "A GitHub personal access token",
        "pattern": r"\b(?P<secret>ghp_[A-Za-z0-9]{36})\b",
        "keywords": ("ghp_",),
        "min_entropy": 3.0,
        "checksum": "crc32_base62_github",
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            ("GITHUB_TOKEN=<secret>", r"ghp_[A-Za-z0-9]{36}"),
            ('"https://<secret>@github.com/acme/shop.git"', r"ghp_[A-Za-z0-9]{36}"),
        ),
        "quiet": (("token: <secret>", r"ghp_x{36}"), "prefix = 'ghp_'"),
    },
    {
        "id": "github-oauth-token",
        "title": "A GitHub OAuth, app or refresh token",
        "pattern": r"\b(?P<secret>gh[ousr]_[A-Za-z0-9]{36,76})\b",
        "keywords": ("gho_", "ghu_", "ghs_", "ghr_"),
        "min_entropy": 3.0,
        "checksum": "crc32_base62_github",
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (("Authorization: token <secret>", r"gh[ousr]_[A-Za-z0-9]{36}"),),
        "quiet": (("token: <secret>", r"gho_0{36}"),),
    },
    {
        "id": "github-fine-grained-token",
        "title": "A GitHub fine-grained personal access token",
        "pattern": r"\b(?P<secret>github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59})\b",
        "keywords": ("github_pat_",),
        "min_entropy": 3.5,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (("export GH_TOKEN='<secret>'", r"github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}"),),
        "quiet": (("GH_TOKEN: <secret>", r"github_pat_[A-Za-z0-9]{22}_x{59}"),),
    },
)
