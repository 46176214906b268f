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
        "id": "gitlab-deploy-token",
        "title": "A GitLab deploy token",
        "pattern": r"\b(?P<secret>gldt-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)(?:[^A-Za-z0-9_.\n-]|$)",
        "keywords": ("gldt-",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "fires": (
            (
                "GITLAB_DEPLOY_TOKEN=<secret>",
                "gldt-[A-Za-z0-9_-]{20}",
            ),
        ),
        "quiet": (
            (
                "GITLAB_DEPLOY_TOKEN=<secret>",
                "gldt-x{20}",
            ),
            (
                "checksum: x<secret>",
                "gldt-[A-Za-z0-9_-]{20}",
            ),
        ),
    },
    {
        "id": "gitlab-runner-token",
        "title": "A GitLab runner authentication token",
        "pattern": r"\b(?P<secret>glrt-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)(?:[^A-Za-z0-9_.\n-]|$)",
        "keywords": ("glrt-",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "fires": (
            (
                "GITLAB_RUNNER_TOKEN=<secret>",
                "glrt-(?:t1_)?[A-Za-z0-9_-]{20}",
            ),
        ),
        "quiet": (
            (
                "GITLAB_RUNNER_TOKEN=<secret>",
                "glrt-(?:t1_)?x{20}",
            ),
            (
                "checksum: x<secret>",
                "glrt-(?:t1_)?[A-Za-z0-9_-]{20}",
            ),
        ),
    },
    {
        "id": "gitlab-runner-registration-token",
        "title": "A GitLab runner registration token of the newer kind",
        "pattern": r"\b(?P<secret>glrtr-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)(?:[^A-Za-z0-9_.\n-]|$)",
        "keywords": ("glrtr-",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "fires": (
            (
                "GITLAB_RUNNER_REGISTRATION_TOKEN=<secret>",
                "glrtr-[A-Za-z0-9_-]{20}",
            ),
        ),
        "quiet": (
            (
                "GITLAB_RUNNER_REGISTRATION_TOKEN=<secret>",
                "glrtr-x{20}",
            ),
            (
                "checksum: x<secret>",
                "glrtr-[A-Za-z0-9_-]{20}",
            ),
        ),
    },
    {
        "id": "gitlab-runner-legacy-token",
        "title": "A GitLab runner registration token",
        "pattern": r"\b(?P<secret>GR1348941[A-Za-z0-9_-]{20})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("gr1348941",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "fires": (
            (
                "GITLAB_RUNNER_LEGACY_TOKEN=<secret>",
                "GR1348941[A-Za-z0-9_-]{20}",
            ),
        ),
        "quiet": (
            (
                "GITLAB_RUNNER_LEGACY_TOKEN=<secret>",
                "GR1348941x{20}",
            ),
            (
                "checksum: x<secret>",
                "GR1348941[A-Za-z0-9_-]{20}",
            ),
        ),
    },
    {
        "id": "gitlab-job-token",
        "title": "A GitLab CI/CD job token",
        "pattern": r"\b(?P<secret>glcbt-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)(?:[^A-Za-z0-9_.\n-]|$)",
        "keywords": ("glcbt-",),
        "min_entropy": 3.0,
        "severity": "medium",
        "confidence": "high",
        "fires": (
            (
                "GITLAB_JOB_TOKEN=<secret>",
                "glcbt-[0-9a-f]{2}_[A-Za-z0-9_-]{20}",
            ),
        ),
        "quiet": (
            (
                "GITLAB_JOB_TOKEN=<secret>",
                "glcbt-0{2}_x{20}",
            ),
            (
                "checksum: x<secret>",
                "glcbt-[0-9a-f]{2}_[A-Za-z0-9_-]{20}",
            ),
        ),
    },
    {
        "id": "gitlab-trigger-token",
        "title": "A GitLab pipeline trigger token",
        "pattern": r"\b(?P<secret>glptt-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)(?:[^A-Za-z0-9_.\n-]|$)",
        "keywords": ("glptt-",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "fires": (
            (
                "GITLAB_TRIGGER_TOKEN=<secret>",
                "glptt-[0-9a-f]{40}",
            ),
        ),
        "quiet": (
            (
                "GITLAB_TRIGGER_TOKEN=<secret>",
                "glptt-0{40}",
            ),
            (
                "checksum: x<secret>",
                "glptt-[0-9a-f]{40}",
            ),
        ),
    },
    {
        "id": "gitlab-feed-token",
        "title": "A GitLab feed token",
        "pattern": r"\b(?P<secret>glft-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)(?:[^A-Za-z0-9_.\n-]|$)",
        "keywords": ("glft-",),
        "min_entropy": 3.0,
        "severity": "medium",
        "confidence": "high",
        "fires": (
            (
                "GITLAB_FEED_TOKEN=<secret>",
                "glft-[A-Za-z0-9_-]{20}",
            ),
        ),
        "quiet": (
            (
                "GITLAB_FEED_TOKEN=<secret>",
                "glft-x{20}",
            ),
            (
                "checksum: x<secret>",
                "glft-[A-Za-z0-9_-]{20}",
            ),
        ),
    },
    {
        "id": "gitlab-incoming-mail-token",
        "title": "A GitLab incoming mail token",
        "pattern": r"\b(?P<secret>glimt-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)(?:[^A-Za-z0-9_.\n-]|$)",
        "keywords": ("glimt-",),
        "min_entropy": 3.0,
        "severity": "medium",
        "confidence": "high",
        "fires": (
            (
                "GITLAB_INCOMING_MAIL_TOKEN=<secret>",
                "glimt-[A-Za-z0-9_-]{25}",
            ),
        ),
        "quiet": (
            (
                "GITLAB_INCOMING_MAIL_TOKEN=<secret>",
                "glimt-x{25}",
            ),
            (
                "checksum: x<secret>",
                "glimt-[A-Za-z0-9_-]{25}",
            ),
        ),
    },
    {
        "id": "gitlab-agent-token",
        "title": "A GitLab agent for Kubernetes token",
        "pattern": r"\b(?P<secret>glagent-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)(?:[^A-Za-z0-9_.\n-]|$)",
        "keywords": ("glagent-",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "fires": (
            (
                "GITLAB_AGENT_TOKEN=<secret>",
                "glagent-[A-Za-z0-9_-]{50}",
            ),
        ),
        "quiet": (
            (
                "GITLAB_AGENT_TOKEN=<secret>",
                "glagent-x{50}",
            ),
            (
                "checksum: x<secret>",
                "glagent-[A-Za-z0-9_-]{50}",
            ),
        ),
    },
    {
        "id": "gitlab-oauth-secret",
        "title": "A GitLab OAuth application secret",
        "pattern": r"\b(?P<secret>gloas-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)(?:[^A-Za-z0-9_.\n-]|$)",
        "keywords": ("gloas-",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "fires": (
            (
                "GITLAB_OAUTH_SECRET=<secret>",
                "gloas-[A-Za-z0-9_-]{64}",
            ),
        ),
        "quiet": (
            (
                "GITLAB_OAUTH_SECRET=<secret>",
                "gloas-x{64}",
            ),
            (
                "checksum: x<secret>",
                "gloas-[A-Za-z0-9_-]{64}",
            ),
        ),
    },
    {
        "id": "gitlab-scim-token",
        "title": "A GitLab SCIM token",
        "pattern": r"\b(?P<secret>glsoat-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)(?:[^A-Za-z0-9_.\n-]|$)",
        "keywords": ("glsoat-",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "fires": (
            (
                "GITLAB_SCIM_TOKEN=<secret>",
                "glsoat-[A-Za-z0-9_-]{20}",
            ),
        ),
        "quiet": (
            (
                "GITLAB_SCIM_TOKEN=<secret>",
                "glsoat-x{20}",
            ),
            (
                "checksum: x<secret>",
                "glsoat-[A-Za-z0-9_-]{20}",
            ),
        ),
    },
    {
        "id": "gitlab-feature-flag-token",
        "title": "A GitLab feature flags client token",
        "pattern": r"\b(?P<secret>glffct-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)(?:[^A-Za-z0-9_.\n-]|$)",
        "keywords": ("glffct-",),
        "min_entropy": 3.0,
        "severity": "low",
        "confidence": "high",
        "fires": (
            (
                "GITLAB_FEATURE_FLAG_TOKEN=<secret>",
                "glffct-[A-Za-z0-9_-]{20}",
            ),
        ),
        "quiet": (
            (
                "GITLAB_FEATURE_FLAG_TOKEN=<secret>",
                "glffct-x{20}",
            ),
            (
                "checksum: x<secret>",
                "glffct-[A-Za-z0-9_-]{20}",
            ),
        ),
    },
    {
        "id": "gitlab-workspace-token",
        "title": "A GitLab workspace token",
        "pattern": r"\b(?P<secret>glwt-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?)(?:[^A-Za-z0-9_.\n-]|$)",
        "keywords": ("glwt-",),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "fires": (
            (
                "GITLAB_WORKSPACE_TOKEN=<secret>",
                "glwt-[A-Za-z0-9_-]{20}",
            ),
        ),
        "quiet": (
            (
                "GITLAB_WORKSPACE_TOKEN=<secret>",
                "glwt-x{20}",
            ),
            (
                "checksum: x<secret>",
                "glwt-[A-Za-z0-9_-]{20}",
            ),
        ),
    },
)
