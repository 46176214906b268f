"""Tokens of npm, PyPI, RubyGems, crates.io, NuGet and Docker Hub.

**Why it matters.** A publishing token lets a stranger release your packages: everybody who installs them runs the
stranger's code.

**How it is found.** By each registry's own prefix; npm's last six characters are a checksum, and where it is wrong
the confidence is low.

**How to repair it.** Revoke the token on the registry's account page, look at every release since it leaked, and
publish from the pipeline with trusted publishing (OIDC), which needs no stored token.

**Source.** npm documentation, "About access tokens" and GitHub's "npm access token format updates"; PyPI help, "API
tokens" (macaroons); RubyGems guides, "API key scopes"; Docker documentation, "Personal access tokens"; Microsoft
Learn, "NuGet API keys".
"""

PROVIDER = "Package registries"
TITLE = "Tokens of package registries"
REPAIR = "revoke the token at the registry, check every release since, and publish with trusted publishing instead"

RULES = (
    {
        "id": "npm-token",
        "title": "An npm access token",
        "pattern": r"\b(?P<secret>npm_[A-Za-z0-9]{36})\b",
        "keywords": ("npm_",),
        "min_entropy": 3.0,
        "checksum": "crc32_base62_github",
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "//registry.example/:_authToken=<secret>",
                "npm_[A-Za-z0-9]{36}",
            ),
        ),
        "quiet": (
            (
                "t=<secret>",
                "npm_x{36}",
            ),
            "npm_config_registry",
        ),
    },
    {
        "id": "npm-legacy-token",
        "title": "An npm access token of the older kind",
        "pattern": (
            r'_authToken[ \t]{0,8}=[ \t]{0,8}"?(?P<secret>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]'
            r"{4}-[0-9a-f]{12})\b"
        ),
        "keywords": ("_authtoken",),
        "min_entropy": 2.5,
        "severity": "critical",
        "confidence": "high",
        "fires": (
            (
                "//registry.example/:_authToken=<secret>",
                "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
            ),
        ),
        "quiet": ("//registry.example/:_authToken=${NPM_TOKEN}",),
    },
    {
        "id": "pypi-token",
        "title": "A PyPI API token",
        "pattern": r"\b(?P<secret>pypi-AgE[A-Za-z0-9_-]{70,400})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": ("pypi-age",),
        "min_entropy": 3.8,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "password = <secret>",
                "pypi-AgEIcHlwaS5vcmc[A-Za-z0-9_-]{90}",
            ),
        ),
        "quiet": ("pypi-AgEIcHlwaS5vcmc",),
    },
    {
        "id": "rubygems-token",
        "title": "A RubyGems API key",
        "pattern": r"\b(?P<secret>rubygems_[0-9a-f]{48})\b",
        "keywords": ("rubygems_",),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                ":rubygems_api_key: <secret>",
                "rubygems_[0-9a-f]{48}",
            ),
        ),
        "quiet": ("rubygems_version",),
    },
    {
        "id": "crates-token",
        "title": "A crates.io API token",
        "pattern": r"\b(?P<secret>cio[A-Za-z0-9]{32})\b",
        "keywords": ("cio",),
        "near": (
            "cargo",
            "crates",
            "registry",
            "token",
        ),
        "min_entropy": 3.6,
        "allow": (
            "cio[a-z]{32}",
            "cio[a-z]{1,12}(?:[A-Z][a-z]{1,12}){1,8}",
        ),
        "severity": "critical",
        "confidence": "high",
        "binary": False,
        "hashable": True,
        "fires": (
            (
                "CARGO_REGISTRY_TOKEN=<secret>",
                "cio[A-Za-z0-9]{32}",
            ),
        ),
        "quiet": (
            (
                "t=<secret>",
                "cio[a-z]{32}",
            ),
        ),
    },
    {
        "id": "nuget-api-key",
        "title": "A NuGet API key",
        "pattern": r"\b(?P<secret>oy2[a-z0-9]{43})\b",
        "keywords": ("oy2",),
        "min_entropy": 3.4,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "NUGET_API_KEY: <secret>",
                "oy2[a-z0-9]{43}",
            ),
        ),
        "quiet": (
            (
                "k=<secret>",
                "oy2x{43}",
            ),
        ),
    },
    {
        "id": "docker-token",
        "title": "A Docker Hub access token",
        "pattern": r"\b(?P<secret>dckr_(?:pat|oat)_[A-Za-z0-9_-]{24,36})(?:[^A-Za-z0-9_\n-]|$)",
        "keywords": (
            "dckr_pat_",
            "dckr_oat_",
        ),
        "min_entropy": 3.0,
        "severity": "critical",
        "confidence": "high",
        "hashable": True,
        "fires": (
            (
                "docker login -p <secret>",
                "dckr_pat_[A-Za-z0-9_-]{27}",
            ),
        ),
        "quiet": (
            (
                "t=<secret>",
                "dckr_pat_x{27}",
            ),
        ),
    },
)
