from tests.findings.importers.reports import (
    BANDIT_ISSUE,
    SEMGREP_RESULT,
    bandit,
    findings,
    gaps,
    made_up_secret,
    semgrep,
)


def test_the_quoted_line_is_the_identity_and_not_its_number():
    (found,) = findings(bandit(BANDIT_ISSUE))
    assert (found.file, found.line, found.end_line, found.column) == ("src/a.py", 3, 4, 5)
    moved = {**BANDIT_ISSUE, "line_number": 9, "code": "8 def f(x):\n9     eval(x)\n10 \n"}
    assert findings(bandit(moved))[0].fingerprint == found.fingerprint


def test_bandit_and_semgrep_meet_at_one_line():
    assert findings(bandit(BANDIT_ISSUE))[0].fingerprint == findings(semgrep(SEMGREP_RESULT))[0].fingerprint


def test_a_password_is_a_credential_and_nothing_of_it_is_kept():
    secret = made_up_secret()
    issue = {
        **BANDIT_ISSUE,
        "test_id": "B105",
        "test_name": "hardcoded_password_string",
        "code": f"3 password = '{secret}'\n",
        "issue_text": f"Possible hardcoded password: '{secret}'",
        "issue_cwe": {"id": 259},
    }
    (found,) = findings(bandit(issue))
    assert (found.practice, found.title) == ("exposure", "hardcoded password string")
    assert secret not in repr(found)


def test_a_file_that_was_not_read_is_a_gap():
    (gap,) = gaps(bandit(errors=[{"filename": "src/b.py", "reason": "syntax error"}]))
    assert (gap.scope, gap.reason) == ("report: src/b.py", "Bandit did not read it: syntax error")
