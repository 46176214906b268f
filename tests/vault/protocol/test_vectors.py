"""The committed vectors are what this implementation makes, and the page describes exactly the members there are."""

import json
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

from tests.vault.protocol import vectors
from tests.vault.protocol.documents import EXAMPLES, PARTS

PAGE = (Path(__file__).parents[3] / "docs" / "vault-protocol.md").read_text()
KEPT: dict[str, Any] = json.loads(vectors.FILE.read_text())


def test_every_vector_is_made_anew_the_same() -> None:
    made = vectors.made()
    assert {name: part for name, part in KEPT.items() if name != "hpke"} == made


def test_the_kept_hpke_ciphertexts_open() -> None:
    assert vectors.opened(KEPT["hpke"]) == (vectors.DATA_KEY, vectors.DATA_KEY)
    again = vectors.hpke()
    assert again["x_wing"] != KEPT["hpke"]["x_wing"]
    assert vectors.opened(again) == (vectors.DATA_KEY, vectors.DATA_KEY)


def test_the_page_names_every_member_of_every_document() -> None:
    members = PAGE.partition("## 5. Documents")[2].partition("## 6.")[0]
    documents = {**EXAMPLES, "wrap": PARTS["wrap"]}
    for name, example in documents.items():
        (shown,) = re.findall(rf"^\*\*{name}\*\*(.*?)(?=^\*\*|\Z)", members, re.MULTILINE | re.DOTALL)
        assert [one.name for one in fields(example) if f"`{one.name}`" not in shown] == [], name


def test_the_page_names_every_domain() -> None:
    from wardline.vault.protocol import keys, plaintext
    from wardline.vault.protocol.evidence import x509

    source = "".join(Path(one.__file__ or "").read_text() for one in (keys, plaintext, x509))
    domains = set(re.findall(r'"(wardline-vault-v1/[a-z-]+)"', source))
    assert len(domains) == 10
    assert [one for one in sorted(domains) if one not in PAGE] == []
