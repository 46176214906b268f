"""API keys of OpenAI, Anthropic and Hugging Face.

**Why it matters.** Whoever holds one spends your money, reads your files and fine-tuned models there, and is hard to
tell from you.

**How it is found.** By each provider's prefix and, in OpenAI's, the mark in the middle.

**How to repair it.** Delete the key on the provider's page of API keys, read the usage of the days since, and give
each service a key of its own with a limit.

**Source.** OpenAI API reference, "Authentication"; Anthropic documentation, "API overview"; Hugging Face
documentation, "User access tokens".
"""

PROVIDER = "Providers of language models"
TITLE = "Keys of language model providers"
REPAIR = "delete the key on the provider's page, read its usage since, and keep its successor in the vault"

RULES = (
    {
        "id": "openai-api-key",
        "title": "An OpenAI API key",
        "pattern": (
            r"\b(?P<secret>sk-(?:(?:proj|svcacct|admin|service)-)?[A-Za-z0-9_-]{20,100}T3BlbkFJ[A-Za-z"
            r"0-9_-]{20,100})(?:[^A-Za-z0-9_\n-]|$)"
        ),
        "keywords": ("t3blbkfj",),
        "min_entropy": 3.5,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "OPENAI_API_KEY=<secret>",
                "sk-[A-Za-z0-9]{20}T3BlbkFJ[A-Za-z0-9]{20}",
            ),
            (
                'key="<secret>"',
                "sk-proj-[A-Za-z0-9_-]{74}T3BlbkFJ[A-Za-z0-9_-]{74}",
            ),
        ),
        "quiet": ('T3BlbkFJ is "OpenAI"',),
    },
    {
        "id": "anthropic-api-key",
        "title": "An Anthropic API key",
        "pattern": r"\b(?P<secret>sk-ant-[a-z]{3,8}[0-9]{2}-[A-Za-z0-9_-]{80,120})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("sk-ant-",),
        "min_entropy": 3.8,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "ANTHROPIC_API_KEY=<secret>",
                "sk-ant-api03-[A-Za-z0-9_-]{93}AA",
            ),
        ),
        "quiet": (
            (
                "k=<secret>",
                "sk-ant-api03-x{95}",
            ),
        ),
    },
    {
        "id": "huggingface-token",
        "title": "A Hugging Face token",
        "pattern": r"\b(?P<secret>(?:hf|api_org)_[A-Za-z]{34})\b",
        "keywords": (
            "hf_",
            "api_org_",
        ),
        "min_entropy": 3.6,
        "allow": ("hf_[a-z]{34}|hf_[A-Z]{34}",),
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "HF_TOKEN=<secret>",
                "hf_[A-Za-z]{34}",
            ),
        ),
        "quiet": (
            (
                "k=<secret>",
                "hf_x{34}",
            ),
            "hf_hub_download",
        ),
    },
)
