"""An issuer of OIDC tokens in memory, shaped as Kubernetes' and GitHub Actions' are."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from wardline.vault.protocol.encoding import b64
from wardline.vault.protocol.evidence import oidc
from wardline.vault.protocol.grants import Identity

KUBERNETES = "https://kubernetes.example/cluster-1"
GITHUB = "https://token.actions.example"


class Tokens:
    """Signs tokens with one Ed25519 key; `jwk` is its public half."""

    def __init__(self, chance: Callable[[int], bytes]) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(chance(32))
        public = {"crv": "Ed25519", "kid": "k1", "kty": "OKP", "x": b64(self._private.public_key().public_bytes_raw())}
        self.jwk = orjson.dumps(public).decode()

    def signed(self, claims: dict[str, Any], **header: Any) -> bytes:
        head = {"alg": "Ed25519", "kid": "k1", "typ": "JWT", **header}
        text = f"{b64(orjson.dumps(head))}.{b64(orjson.dumps(claims))}"
        return f"{text}.{b64(self._private.sign(text.encode()))}".encode()

    def kubernetes(self, account: str, pod: str, audience: str, at: datetime, **changes: Any) -> tuple[bytes, Identity]:
        now = int(at.timestamp())
        claims: dict[str, Any] = {
            "iss": KUBERNETES,
            "sub": f"system:serviceaccount:shop:{account}",
            "aud": [audience],
            "iat": now,
            "nbf": now,
            "exp": now + 3600,
            "kubernetes.io": {
                "namespace": "shop",
                "serviceaccount": {"name": account, "uid": f"uid-of-{account}"},
                "pod": {"name": f"{account}-{pod}", "uid": pod},
            },
            **changes,
        }
        return self.signed(claims), oidc.identity(claims)

    def github(self, audience: str, at: datetime, **changes: Any) -> tuple[bytes, Identity]:
        now = int(at.timestamp())
        claims: dict[str, Any] = {
            "iss": GITHUB,
            "sub": "repo:shop/orders:ref:refs/heads/main",
            "aud": audience,
            "iat": now,
            "exp": now + 600,
            "jti": "token-1",
            "repository": "shop/orders",
            "repository_id": "4711",
            "ref": "refs/heads/main",
            "environment": "production",
            "workflow_ref": "shop/orders/.github/workflows/deploy.yml@refs/heads/main",
            "run_id": "99",
            "run_attempt": "1",
            **changes,
        }
        return self.signed(claims), oidc.identity(claims)
