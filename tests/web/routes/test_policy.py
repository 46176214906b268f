def test_a_policy_is_tried_without_changing_anything_and_then_kept(sign_in, organisation):
    security, findings = sign_in("security"), organisation.services.findings
    before = findings.policy(organisation.who("security")).digest
    tried = security.send("/settings/policy", policy='[windows]\ncritical = "2 days"\n', do="try")
    assert tried.status_code == 200
    assert "windows.critical" in tried.text
    assert findings.policy(organisation.who("security")).digest == before
    kept = security.send("/settings/policy", policy="[waivers]\nrenewals = 1\n", do="keep")
    assert kept.status_code == 303
    assert findings.policy(organisation.who("security")).policy.waivers.renewals == 1


def test_a_key_that_is_not_known_is_an_error_and_the_text_stays(sign_in):
    answer = sign_in("security").send("/settings/policy", policy="[windwos]\ncritical = 7\n", do="try")
    assert answer.status_code == 422
    assert "windwos" in answer.text
    assert 'role="alert"' in answer.text


def test_everybody_may_try_one_and_only_security_keeps_one(sign_in):
    policy = '[windows]\ncritical = "3 days"\n'
    assert sign_in("developer").send("/settings/policy", policy=policy, do="try").status_code == 200
    assert sign_in("developer").send("/settings/policy", policy=policy, do="keep").status_code == 403
