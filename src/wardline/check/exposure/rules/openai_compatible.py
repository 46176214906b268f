"""Keys of Moonshot, DashScope and Zhipu.

**Why it matters.** A key spends your money.

**How it is found.** By its shape where "moonshot" or "kimi_" or "dashscope" or "qwen_api" or "zhipu" or "bigmodel"
stands near it.

**How to repair it.** Revoke it at OpenAI-compatible services (the provider's page of API keys), look at what it was
used for since it was written down, make a new one with no more permissions than it needs, and keep that in the vault.

**Source.** The shape is that of keys as they are met, not taken from a publication of OpenAI-compatible services.
"""

PROVIDER = "OpenAI-compatible services"
TITLE = "Keys of Moonshot, DashScope and Zhipu"
REPAIR = (
    "revoke it at OpenAI-compatible services (the provider's page of API keys), look at what it was used for, "
    "and keep its successor in the vault"
)

RULES = (
    {
        "id": "moonshot-key",
        "title": "A Moonshot AI API key",
        "pattern": r"\b(?P<secret>sk-[A-Za-z0-9]{48})\b",
        "keywords": ("sk-",),
        "near": (
            "moonshot",
            "kimi_",
        ),
        "min_entropy": 4.4,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "MOONSHOT_API_KEY=<secret>",
                "sk-[A-Za-z0-9]{48}",
            ),
        ),
        "quiet": (
            (
                "MOONSHOT_API_KEY=<secret>",
                "sk-x{48}",
            ),
            (
                "checksum: <secret>",
                "sk-[A-Za-z0-9]{48}",
            ),
        ),
    },
    {
        "id": "dashscope-key",
        "title": "An Alibaba DashScope API key",
        "pattern": r"\b(?P<secret>sk-[0-9a-f]{32})\b",
        "keywords": ("sk-",),
        "near": (
            "dashscope",
            "qwen_api",
        ),
        "min_entropy": 3.0,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "DASHSCOPE_API_KEY=<secret>",
                "sk-[0-9a-f]{32}",
            ),
        ),
        "quiet": (
            (
                "DASHSCOPE_API_KEY=<secret>",
                "sk-0{32}",
            ),
            (
                "checksum: <secret>",
                "sk-[0-9a-f]{32}",
            ),
        ),
    },
    {
        "id": "zhipu-key",
        "title": "A Zhipu AI API key",
        "pattern": r"\b(?P<secret>[0-9a-f]{32}\.[A-Za-z0-9]{16})\b",
        "keywords": (".",),
        "near": (
            "zhipu",
            "bigmodel",
        ),
        "min_entropy": 3.6,
        "severity": "high",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "ZHIPUAI_API_KEY=<secret>",
                r"[0-9a-f]{32}\.[A-Za-z0-9]{16}",
            ),
        ),
        "quiet": (
            (
                "ZHIPUAI_API_KEY=<secret>",
                r"0{32}\.x{16}",
            ),
            (
                "checksum: <secret>",
                r"[0-9a-f]{32}\.[A-Za-z0-9]{16}",
            ),
        ),
    },
)
