"""userpass: a name and a password for a token."""

from tests.vault.agent.parts import dev_vault


def test_the_right_password_makes_a_token_and_no_answer_says_which_part_was_wrong() -> None:
    ask, _ = dev_vault()
    ask("POST", "sys/auth/userpass", {"type": "userpass"})
    assert ask("POST", "auth/userpass/users/Bob", {"password": "pw", "policies": "x"}).status == 204
    said = ask("POST", "auth/userpass/login/bob", {"password": "pw"}, token="")
    assert said.body["auth"]["policies"] == ["default", "x"]
    wrong = ask("POST", "auth/userpass/login/bob", {"password": "no"}, token="")
    nobody = ask("POST", "auth/userpass/login/eve", {"password": "pw"}, token="")
    assert (wrong.status, wrong.errors) == (nobody.status, nobody.errors) == (400, ["invalid username or password"])
    assert "pw" not in str(ask("GET", "auth/userpass/users/bob"))


def test_passwords_change_and_users_go() -> None:
    ask, _ = dev_vault()
    ask("POST", "sys/auth/userpass", {"type": "userpass"})
    assert ask("POST", "auth/userpass/users/bob", {}).status == 400
    ask("POST", "auth/userpass/users/bob", {"password": "one"})
    assert ask("POST", "auth/userpass/users/bob/password", {"password": "two"}).status == 204
    assert ask("POST", "auth/userpass/login/bob", {"password": "one"}).status == 400
    assert ask("POST", "auth/userpass/login/bob", {"password": "two"}).status == 200
    assert ask("LIST", "auth/userpass/users").data["keys"] == ["bob"]
    assert ask("DELETE", "auth/userpass/users/bob").status == 204
    assert ask("POST", "auth/userpass/login/bob", {"password": "two"}).status == 400
