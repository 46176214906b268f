"""Tokens of the tools that hold and build everything else.

**Why it matters.** One of these opens the others: a Vault token reads secrets, a state or a pipeline holds them.

**How it is found.** By each tool's own prefix or mark.

**How to repair it.** Revoke the token (`vault token revoke`, or the tool's page of tokens), read its audit log, and
rotate what it could read.

**Source.** HashiCorp Vault documentation, "Tokens: token prefixes"; HCP Terraform documentation, "API tokens";
Databricks documentation, "Personal access tokens"; the documentation of Pulumi, Doppler, Supabase and CircleCI.
"""

PROVIDER = "Infrastructure tools"
TITLE = "Tokens of Vault, Terraform, Databricks, Pulumi, Doppler, Supabase and CircleCI"
REPAIR = "revoke the token, read the audit log, and rotate everything that it could read"

RULES = (
    {
        "id": "vault-token",
        "title": "A HashiCorp Vault token",
        "pattern": r"\b(?P<secret>hv[sbr]\.[A-Za-z0-9_-]{24,300})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": (
            "hvs.",
            "hvb.",
            "hvr.",
        ),
        "min_entropy": 3.4,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "VAULT_TOKEN=<secret>",
                r"hvs\.CAESI[A-Za-z0-9_-]{90}",
            ),
            (
                "VAULT_TOKEN=<secret>",
                r"hvs\.[A-Za-z0-9]{24}",
            ),
        ),
        "quiet": (
            (
                "t=<secret>",
                r"hvs\.x{24}",
            ),
        ),
    },
    {
        "id": "vault-legacy-token",
        "title": "A HashiCorp Vault token of the older kind",
        "pattern": r"(?:^|[^A-Za-z0-9_.$-])(?P<secret>s\.[A-Za-z0-9]{24})\b",
        "keywords": ("s.",),
        "near": ("vault",),
        "min_entropy": 3.6,
        "allow": (r"s\.[A-Za-z]?[a-z]{1,12}(?:[A-Z][a-z]{1,12}){1,8}",),
        "severity": "critical",
        "confidence": "high",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "VAULT_TOKEN=<secret>",
                r"s\.[A-Za-z0-9]{24}",
            ),
        ),
        "quiet": ("this.s.toLowerCaseAndTrimItNow24",),
    },
    {
        "id": "terraform-token",
        "title": "An HCP Terraform token",
        "pattern": r"\b(?P<secret>[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,70})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": (".atlasv1.",),
        "min_entropy": 3.8,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                'token = "<secret>"',
                r"[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{67}",
            ),
        ),
        "quiet": ("x.atlasv1.y",),
    },
    {
        "id": "databricks-token",
        "title": "A Databricks token",
        "pattern": r"\b(?P<secret>dapi[0-9a-f]{32}(?:-[0-9])?)\b",
        "keywords": ("dapi",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "DATABRICKS_TOKEN=<secret>",
                "dapi[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "t=<secret>",
                "dapi0{32}",
            ),
        ),
    },
    {
        "id": "pulumi-token",
        "title": "A Pulumi access token",
        "pattern": r"\b(?P<secret>pul-[0-9a-f]{40})\b",
        "keywords": ("pul-",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "PULUMI_ACCESS_TOKEN=<secret>",
                "pul-[0-9a-f]{40}",
            ),
        ),
        "quiet": ("pul-",),
    },
    {
        "id": "doppler-token",
        "title": "A Doppler token",
        "pattern": r"\b(?P<secret>dp\.(?:pt|ct|sa|scim|audit|said|st(?:\.[A-Za-z0-9_-]{2,35})?)\.[A-Za-z0-9]{40,44})\b",
        "keywords": ("dp.",),
        "min_entropy": 3.5,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "DOPPLER_TOKEN=<secret>",
                r"dp\.st\.prd\.[A-Za-z0-9]{43}",
            ),
            (
                "t=<secret>",
                r"dp\.pt\.[A-Za-z0-9]{43}",
            ),
        ),
        "quiet": ("dp.st.",),
    },
    {
        "id": "supabase-key",
        "title": "A Supabase secret key or token",
        "pattern": r"\b(?P<secret>sbp_[0-9a-f]{40}|sb_secret_[A-Za-z0-9_-]{31})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": (
            "sbp_",
            "sb_secret_",
        ),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "SUPABASE_ACCESS_TOKEN=<secret>",
                "sbp_[0-9a-f]{40}",
            ),
        ),
        "quiet": ("sbp_",),
    },
    {
        "id": "circleci-token",
        "title": "A CircleCI token",
        "pattern": r"\b(?P<secret>CCI(?:PAT|PRJ)_[A-Za-z0-9]{22}_[0-9a-f]{40})\b",
        "keywords": (
            "ccipat_",
            "cciprj_",
        ),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "CIRCLE_TOKEN=<secret>",
                "CCIPAT_[A-Za-z0-9]{22}_[0-9a-f]{40}",
            ),
        ),
        "quiet": ("CCIPAT_",),
    },
)
