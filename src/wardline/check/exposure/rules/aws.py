"""AWS access keys, secret access keys and Bedrock API keys.

**Why it matters.** An access key acts as its IAM user or role anywhere in the world: it reads buckets and databases,
starts machines, and is looked for by bots within minutes of being published.

**How it is found.** Key ids by IAM's own prefixes (`AKIA`, `ASIA`, `ABIA`, `ACCA`) and alphabet (base32); secret keys
are 40 characters without a face, so they count only near a word that names them.

**How to repair it.** Deactivate and delete the key in IAM (Users, Security credentials), read CloudTrail for what it
did, and give workloads a role instead of a key: then there is nothing to leak.

**Source.** AWS IAM User Guide, "IAM identifiers: understanding unique ID prefixes" and "Manage access keys"; Amazon
Bedrock User Guide, "API keys".
"""

PROVIDER = "Amazon Web Services"
TITLE = "AWS keys"
REPAIR = "deactivate the key in IAM, read CloudTrail for what it did, and give the workload a role instead of a key"

RULES = (
    {
        "id": "aws-access-key-id",
        "title": "An AWS access key id",
        "pattern": r"\b(?P<secret>(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16})\b",
        "keywords": (
            "akia",
            "asia",
            "abia",
            "acca",
        ),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "fires": (
            (
                "aws_access_key_id = <secret>",
                "AKIA[A-Z2-7]{16}",
            ),
            (
                '"AccessKeyId": "<secret>"',
                "ASIA[A-Z2-7]{16}",
            ),
        ),
        "quiet": (
            (
                "key = <secret>",
                "AKIA[A-Z2-7]{9}EXAMPLE",
            ),
            (
                "<secret>A",
                "AKIA[A-Z2-7]{16}",
            ),
            "ASIAPACIFICREGIONALTEAMS",
        ),
    },
    {
        "id": "aws-secret-access-key",
        "title": "An AWS secret access key",
        "pattern": r"(?:^|[^A-Za-z0-9/+=])(?P<secret>[A-Za-z0-9/+]{40})(?:[^A-Za-z0-9/+=\n]|$)",
        "near": (
            "secret_access_key",
            "secretaccesskey",
            "secret-access-key",
            "secret access key",
            "aws_secret",
            "awssecret",
            "aws_sec_key",
        ),
        "min_entropy": 4.1,
        "allow": (
            "[0-9a-f]{40}|[0-9A-F]{40}",
            "[a-z/]{40}",
            "[A-Za-z/]*/[a-z/]{12,40}",
        ),
        "severity": "critical",
        "confidence": "high",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "aws_secret_access_key = <secret>",
                "[A-Za-z0-9/+]{40}",
            ),
            (
                "AWS.config.update({secretAccessKey: '<secret>'})",
                "[A-Za-z0-9]{40}",
            ),
        ),
        "quiet": (
            (
                "aws_secret_access_key = <secret>",
                "[0-9a-f]{40}",
            ),
            (
                "sha = <secret>",
                "[A-Za-z0-9/+]{40}",
            ),
            (
                "aws_secret_access_key = <secret>",
                "[A-Za-z0-9]{30}EXAMPLEKEY",
            ),
        ),
    },
    {
        "id": "aws-bedrock-api-key",
        "title": "An Amazon Bedrock API key",
        "pattern": r"\b(?P<secret>ABSK[A-Za-z0-9+/]{109,269}={0,2})",
        "keywords": ("absk",),
        "min_entropy": 4.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "AWS_BEARER_TOKEN_BEDROCK=<secret>",
                "ABSKQmVkcm9ja0FQSUtleS[A-Za-z0-9+/]{109}",
            ),
        ),
        "quiet": ("ABSK is a prefix",),
    },
)
