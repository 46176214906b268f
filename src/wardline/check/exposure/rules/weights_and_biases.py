"""Keys of Weights & Biases.

**Why it matters.** A key reads experiments, models and data sets, and overwrites them.

**How it is found.** What has no face of its own counts only where it is assigned to a name that says whose key it is,
at exactly its length.

**How to repair it.** Revoke it at Weights & Biases (User settings, API keys), look at what it was used for since it
was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is the one by which TruffleHog and Kingfisher know it, not taken from a publication of Weights &
Biases.
"""

PROVIDER = "Weights & Biases"
TITLE = "Keys of Weights & Biases"
REPAIR = (
    "revoke it at Weights & Biases (User settings, API keys), look at what it was used for, and keep its "
    "successor in the vault"
)

RULES = (
    {
        "id": "wandb-key",
        "title": "A Weights & Biases API key",
        "pattern": (
            "(?i:wandb|weights_?and_?biases)[A-Za-z0-9_ .-]{0,20}(?i:key|login|token)[A-Za-z0-9_]"
            r'{0,8}["\x27\]]{0,2}[ \t]{0,8}(?:=>|[:=,]{1,2}|value=|>)[ \t]{0,8}["\x27\x60]?(?P<secret>'
            r"[0-9a-f]{40})\b"
        ),
        "keywords": (
            "wandb",
            "biases",
        ),
        "min_entropy": 3.1,
        "severity": "high",
        "confidence": "medium",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "WANDB_API_KEY=<secret>",
                "[0-9a-f]{40}",
            ),
        ),
        "quiet": (
            (
                "WANDB_API_KEY=<secret>",
                "0{40}",
            ),
            (
                "checksum: <secret>",
                "[0-9a-f]{40}",
            ),
        ),
    },
)
