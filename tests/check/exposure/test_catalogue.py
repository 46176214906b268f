from wardline.check.exposure.catalogue import providers, rules


def test_rules_are_in_a_stable_order_and_know_where_they_are_written():
    listed = rules()
    assert listed is rules()
    assert [rule.id for rule in listed] == [rule.id for provider in providers() for rule in provider.rules]
    for rule in listed:
        assert rule.module.startswith("wardline.check.exposure.rules.")
        assert rule.repair
        assert rule.provider


def test_a_provider_keeps_what_its_file_declares_with_its_page():
    for provider in providers():
        assert provider.doc
        assert [declared["id"] for declared in provider.declared] == [rule.id for rule in provider.rules]
        assert all(isinstance(value, str | float | int | tuple) for rule in provider.rules for value in rule)
