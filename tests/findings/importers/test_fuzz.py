"""Whatever stands in a report: never a traceback, always an end, and only harmless text."""

import copy
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.findings.importers.reports import (
    BURP,
    BURP_ISSUE,
    CYCLONEDX_XML,
    EXAMPLES,
    VULNERABILITY_XML,
    ZAP_ITEM,
    ZAP_XML,
    as_bytes,
    told,
)

from wardline.findings.importers.model import Account
from wardline.findings.report import Finding, Gap, finding_from_dict, finding_to_dict

JSON = {name: firing for name, (firing, _) in EXAMPLES.items() if not isinstance(firing, str)}
TEXTS = {
    "burp": BURP % BURP_ISSUE,
    "zap": ZAP_XML % ZAP_ITEM,
    "cyclonedx": CYCLONEDX_XML % VULNERABILITY_XML,
    "csv": EXAMPLES["csv"][0],
}
WRONG = [None, True, -1, 0, 10**30, 1.5, "", "\x00\x1b[31m\u202e", "x" * 5000, [], [None, 3, "x"], {}]
WRONG += [{"a": {"b": []}}, [[[[]]]], {"text": 3}]


def check(content, name):
    items = told(content, name)
    for one in items:
        if isinstance(one, Finding):
            document = finding_to_dict(one)
            assert finding_from_dict(document) == one
            assert json.dumps(document, ensure_ascii=False).isprintable()
            assert name == "wardline" or len(one.message) + len(one.title) <= 2500
        elif isinstance(one, Gap):
            assert f"{one.scope}{one.reason}{one.remedy}".isprintable()
            assert "ended with" not in one.reason, one.reason  # an importer that failed, and was caught
    assert items or name == "wardline", "neither a finding, nor a gap, nor an account"
    assert sum(isinstance(one, Account) for one in items) >= (name != "wardline")


def places(value, path=()):
    yield path
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield from places(inner, (*path, key))


def put(document, path, wrong):
    document = copy.deepcopy(document)
    if not path:
        return wrong
    inner = document
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = wrong
    return document


@pytest.mark.parametrize("name", JSON)
def test_a_wrong_type_in_any_field_is_no_traceback(name):
    for path in places(JSON[name]):
        for wrong in WRONG:
            check(as_bytes(put(JSON[name], path, wrong)), name)


@pytest.mark.parametrize("name", JSON)
def test_a_field_that_is_missing_is_no_traceback(name):
    for path in places(JSON[name]):
        document = copy.deepcopy(JSON[name])
        inner = document
        for key in path[:-1]:
            inner = inner[key]
        if path and isinstance(inner, dict):
            del inner[path[-1]]
            check(as_bytes(document), name)


@pytest.mark.parametrize("name", [*JSON, *(f"{name} as text" for name in TEXTS)])
@settings(max_examples=15, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 8))
def test_bytes_that_are_changed_are_no_traceback(name, chance, changes):
    own = name.split()[0]
    content = bytearray(as_bytes(TEXTS[own] if "text" in name else JSON[own]))
    for _ in range(changes):
        at = chance.randrange(len(content))
        kind = chance.randrange(3)
        if kind == 0:
            content[at] = chance.choice(b'{}[]",:\\<>/&;%\x00\xff\n a0')
        elif kind == 1:
            del content[at : at + chance.randrange(30)]
        else:
            content[at:at] = content[at : at + 40]
        content = content or bytearray(b" ")
    check(bytes(content), own)


@pytest.mark.parametrize("name", JSON)
def test_a_thousand_of_the_same_are_read_in_a_moment(name):
    document = copy.deepcopy(JSON[name])
    lists = [path for path in places(document) if isinstance(get(document, path), list)]
    for path in lists:
        get(document, path).extend(copy.deepcopy(get(document, path)) * 300)
        break
    check(as_bytes(document), name)


def get(document, path):
    for key in path:
        document = document[key]
    return document


def test_the_order_of_keys_is_nothing_to_go_by():
    for name, document in JSON.items():
        chance = random.Random(3)  # noqa: S311 - any order but the first
        mixed = shuffled(document, chance)
        if name == "npm-audit":  # which package brings another is told in their order
            continue
        assert told(as_bytes(mixed), name) == told(as_bytes(document), name)


def shuffled(value, chance):
    if isinstance(value, dict):
        names = list(value)
        chance.shuffle(names)
        return {name: shuffled(value[name], chance) for name in names}
    return [shuffled(one, chance) for one in value] if isinstance(value, list) else value
