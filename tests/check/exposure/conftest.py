"""Both ways to search: the fast one where it is installed, and the one that there always is."""

from functools import cache

import pytest

from wardline.check.exposure import patterns, triggers
from wardline.check.exposure.catalogue import rules
from wardline.check.exposure.engine import Engine


@cache
def engine_of(name):
    if name == "hyperscan":
        return Engine(rules(), compiled=patterns.with_re2, make=lambda listed, _: triggers.AllAtOnce(listed))
    return Engine(rules(), compiled=patterns.with_re, make=triggers.OneByOne)


@pytest.fixture(scope="session", params=["re", "hyperscan"])
def engine(request):
    if request.param == "hyperscan" and not (triggers.available() and patterns.re2()):
        pytest.skip("hyperscan or google-re2 is not installed here")
    return engine_of(request.param)
