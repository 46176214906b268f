from wardline.check.exposure import reference
from wardline.check.exposure.reference import Reference
from wardline.check.model import Request


def test_rules_are_compiled_before_the_sandbox_closes_and_only_where_they_are_asked_for(tmp_path, monkeypatch):
    made = []
    monkeypatch.setattr(reference, "default", lambda: made.append("compiled"))
    assert reference.load(Request(path=tmp_path, mode="diff", only=("exposure",))) == Reference("diff")
    assert made == ["compiled"]
    assert reference.load(Request(path=tmp_path, only=("dependencies",))) == Reference("tree")
    assert made == ["compiled"]
