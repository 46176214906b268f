"""An X.509-SVID: a chain to the trust domain's authority now, one name, and its key's signature over ours."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from cryptography import x509 as certificates
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from tests.vault.certificates import Authority
from tests.vault.protocol.documents import SEALING, filled, signer
from tests.vault.protocol.refusing import refused
from tests.vault.world import START

from wardline.vault.protocol import encoding
from wardline.vault.protocol.evidence import x509
from wardline.vault.protocol.evidence.shown import Shown
from wardline.vault.protocol.evidence.x509 import Svid
from wardline.vault.protocol.keys import thumbprint
from wardline.vault.protocol.model.root import TrustDomain

THUMBPRINT = thumbprint(filled("root"), SEALING, signer("agent").public)
AUTHORITY = Authority(START)
DOMAIN = TrustDomain("shop.example", (AUTHORITY.der,))
NAME = "spiffe://shop.example/orders"


def proof(*names: str, over: str = THUMBPRINT, by: Authority = AUTHORITY) -> bytes:
    der, sign = by.issue(*names)
    return encoding.canonical(Svid((der,), sign(x509.message(over))))


def shown(content: bytes, now: datetime = START, domain: TrustDomain = DOMAIN) -> Shown:
    return x509.show(content, domain, THUMBPRINT, now)


def test_it_shows_its_one_name_until_the_certificate_ends() -> None:
    found = shown(proof(NAME))
    assert found.identity.issuer == "spiffe://shop.example"
    assert found.identity.claims == (("sub", NAME),)
    assert found.expires == START + timedelta(minutes=30)
    assert found.instance.startswith("svid ")
    assert found.instance != shown(proof(NAME)).instance


@pytest.mark.parametrize(
    "names",
    [
        (),
        (NAME, "spiffe://shop.example/other"),
        ("spiffe://other.example/orders",),
        ("https://shop.example/orders",),
        (NAME + "?a=1",),
        (NAME + "#a",),
    ],
)
def test_it_names_exactly_one_workload_of_the_trust_domain(names: tuple[str, ...]) -> None:
    with refused("vault-evidence", "names no one workload"):
        shown(proof(*names))


def test_it_leads_to_an_authority_of_the_trust_domain_now() -> None:
    content = proof(NAME)
    for now in (START - timedelta(minutes=1), START + timedelta(minutes=31)):
        with refused("vault-evidence", "does not lead to an authority"):
            shown(content, now)
    with refused("vault-evidence", "does not lead to an authority"):
        shown(content, domain=replace(DOMAIN, authorities=(Authority(START).der,)))
    with refused("vault-evidence", "does not lead to an authority"):
        shown(proof(NAME, by=Authority(START)))


def test_its_key_signed_these_keys_under_this_root() -> None:
    other = thumbprint(filled("another root"), SEALING, signer("agent").public)
    with refused("vault-evidence", "did not sign these keys"):
        shown(proof(NAME, over=other))
    with refused("vault-evidence", "did not sign these keys"):
        shown(encoding.canonical(Svid((AUTHORITY.issue(NAME)[0],), filled("signature", 70))))


def test_what_is_no_certificate_is_refused() -> None:
    with refused("vault-evidence", "cannot be read"):
        shown(encoding.canonical(Svid((filled("certificate", 64),), filled("signature", 70))))
    with refused("vault-malformed"):
        shown(b"{}")


def test_keys_of_every_accepted_kind_sign_and_weak_ones_do_not() -> None:
    message = x509.message(THUMBPRINT)
    curve, edwards = ec.generate_private_key(ec.SECP384R1()), ed25519.Ed25519PrivateKey.generate()
    strong = rsa.generate_private_key(65537, 2048)
    weak = rsa.generate_private_key(65537, 1024)  # noqa: S505 - the key that is to be refused
    made = [
        (curve.public_key(), curve.sign(message, ec.ECDSA(hashes.SHA256()))),
        (edwards.public_key(), edwards.sign(message)),
        (strong.public_key(), strong.sign(message, PKCS1v15(), hashes.SHA256())),
    ]
    for key, signature in made:
        assert x509._signed(key, signature, message)
        assert not x509._signed(key, signature, message + b"1")
        assert not x509._signed(key, signature[:-1] + bytes([signature[-1] ^ 1]), message)
    assert not x509._signed(weak.public_key(), weak.sign(message, PKCS1v15(), hashes.SHA256()), message)
    assert not x509._signed(object(), b"", message)


def test_an_authoritys_own_certificate_is_no_workloads() -> None:
    """SPIFFE X.509-SVID §5.2: a leaf is no authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = certificates.Name([certificates.NameAttribute(certificates.NameOID.ORGANIZATION_NAME, "SPIFFE")])
    uri = certificates.SubjectAlternativeName([certificates.UniformResourceIdentifier(NAME)])
    built = (
        certificates.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(START - timedelta(days=1))
        .not_valid_after(START + timedelta(days=1))
        .add_extension(certificates.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(uri, critical=False)
        .sign(key, hashes.SHA256())
    )
    der = built.public_bytes(serialization.Encoding.DER)
    content = encoding.canonical(Svid((der,), key.sign(x509.message(THUMBPRINT), ec.ECDSA(hashes.SHA256()))))
    with refused("vault-evidence", "does not lead to an authority"):
        shown(content, domain=replace(DOMAIN, authorities=(der,)))
