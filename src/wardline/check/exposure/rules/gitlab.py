"""GitLab personal, project, deploy, runner, trigger and other tokens.

**Why it matters.** A token acts as its owner: it reads code and CI variables, pushes, and registers runners that
receive other people's jobs.

**How it is found.** By GitLab's own prefixes.

**How to repair it.** Revoke it (profile, Access tokens; for others the project's or group's settings), read the audit
events, and make a new one with fewer scopes and an expiry; in pipelines use the job token.

**Source.** GitLab documentation, "Token overview: token prefixes".
"""

PROVIDER = "GitLab"
TITLE = "GitLab tokens"
REPAIR = "revoke the token in GitLab, read the audit events, and keep its successor in the vault"

RULES = (
    {
        "id": "gitlab-personal-access-token",
        "title": "A GitLab personal, project or group access token",
        "pattern": r"\b(?P<secret>glpat-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)(?:[^A-Za-z0-9_.\n-]|$)",
        "keywords": ("glpat-",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "fires": (
            (
                "GITLAB_TOKEN=<secret>",
                "glpat-[A-Za-z0-9_-]{20}",
            ),
            (
                "PRIVATE-TOKEN: <secret>",
                r"glpat-[A-Za-z0-9_-]{27}\.[0-9a-z]{2}\.[0-9a-z]{9}",
            ),
        ),
        "quiet": (
            (
                "t: <secret>",
                "glpat-x{20}",
            ),
        ),
    },
    {
        "id": "gitlab-token",
        "title": "A GitLab deploy, runner, trigger, feed or agent token",
        "pattern": (
            r"\b(?P<secret>(?:gldt|glrt|glrtr|glcbt|glptt|glft|glimt|glagent|gloas|glsoat|glffct|glwt)"
            r"-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?|GR1348941[A-Za-z0-9_-]{20})(?:[^A-Za-z0-9_.\n-]|$)"
        ),
        "keywords": (
            "gldt-",
            "glrt-",
            "glrtr-",
            "glcbt-",
            "glptt-",
            "glft-",
            "glimt-",
            "glagent-",
            "gloas-",
            "glsoat-",
            "glffct-",
            "glwt-",
            "gr1348941",
        ),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "fires": (
            (
                'token = "<secret>"',
                "(?:gldt|glrt|glptt|gloas)-[A-Za-z0-9_-]{20}",
            ),
            (
                "registration-token: <secret>",
                "GR1348941[A-Za-z0-9_-]{20}",
            ),
        ),
        "quiet": (
            (
                "t: <secret>",
                "glrt-0{20}",
            ),
        ),
    },
)
