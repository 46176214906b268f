import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from wardline.check.adoption import extending

ITEM = "# why\n- repo: local\n  hooks:\n    - id: wardline-check\n"
ADDED = {"repo": "local", "hooks": [{"id": "wardline-check"}]}

COMMENTED = """\
# our hooks
default_stages: [pre-commit]
repos:
  # formatting
  - repo: https://forge.example/a
    rev: "1.0"  # keep
    hooks:
      - id: a   # trailing

# the end
exclude: ^vendor/
"""


def extended(text: str) -> str | None:
    done = extending.appended(text.encode(), "repos", ITEM)
    return None if done is None else done.decode()


def test_comments_order_and_what_follows_stay() -> None:
    done = extended(COMMENTED)
    assert done is not None
    ours = "".join(f"  {line}\n" for line in ITEM.splitlines())
    assert done.replace(ours, "") == COMMENTED
    assert yaml.safe_load(done)["repos"][-1] == ADDED
    assert done.index("wardline-check") < done.index("# the end")


def test_an_item_is_indented_as_the_list_is() -> None:
    done = extended("repos:\n- repo: meta\n  hooks:\n  - id: b\n")
    assert done == "repos:\n- repo: meta\n  hooks:\n  - id: b\n" + ITEM


def test_a_file_without_a_last_newline_gets_one() -> None:
    assert extended("repos:\n- repo: meta") == "repos:\n- repo: meta\n" + ITEM


def test_line_ends_and_a_byte_order_mark_stay() -> None:
    done = extending.appended(b"\xef\xbb\xbfrepos:\r\n- repo: meta\r\n", "repos", ITEM)
    assert done == b"\xef\xbb\xbfrepos:\r\n- repo: meta\r\n" + ITEM.replace("\n", "\r\n").encode()


def test_an_item_that_ends_in_a_block_of_text_is_followed_by_ours() -> None:
    text = "repos:\n- repo: local\n  notes: |\n    one\n\n    two\n\n\nexclude: x\n"
    done = extended(text)
    assert done is not None
    assert yaml.safe_load(done) == {
        "repos": [{"repo": "local", "notes": "one\n\ntwo\n"}, ADDED],
        "exclude": "x",
    }


def test_what_cannot_be_extended_as_text_is_left() -> None:
    for text in (
        "",
        "repos: []\n",
        "repos: [{repo: meta}]\n",
        "repos: none\n",
        "- repos\n",
        "other:\n- a\n",
        "repos:\n- a\n---\nrepos:\n- b\n",
        "repos:\n- a\nrepos:\n- b\n",
        "repos:\n- 'open\n",
        "{repos: [a]}\n",
        "a: {repos: [x]}\n",
        "\tx",
        "repos:\n- a\n\0",
    ):
        assert extended(text) is None, text
    assert extending.appended(b"repos:\n- \xff\n", "repos", ITEM) is None


def test_a_key_inside_another_value_is_not_the_top_levels() -> None:
    assert extended("outer:\n  repos:\n  - a\n") is None
    assert not extending.has_key(b"outer:\n  include: x\n", "include")
    assert extending.has_key(b"include: x\n", "include")


def test_aliases_that_stand_for_a_billion_nodes_are_not_unfolded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    text = "\n".join([*lines, "repos:", "- *a11", ""])
    assert extended(text) == text + ITEM


def test_a_very_deep_file_is_left() -> None:
    assert extended("repos:\n- " + "[" * 50_000 + "\n") is None


def test_the_scalars_of_no_yaml_are_none() -> None:
    assert extending.scalars(b"a: [b, {c: d}]") == {"a", "b", "c", "d"}
    assert extending.scalars(b"a: [") == frozenset()
    assert extending.scalars(b"\xff") == frozenset()


_VALUES = st.recursive(
    st.text(max_size=8) | st.integers() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["a", "z", "exclude"]), _VALUES, max_size=2),
    st.lists(_VALUES, min_size=1, max_size=4),
    st.sampled_from(["", "\n", "# a comment\n", "\n\n# more\n"]),
    st.booleans(),
)
def test_whatever_is_in_the_file_only_one_entry_is_added(others, repos, between, flow) -> None:
    document = {**others, "repos": repos, "last": 1}
    text = "".join(
        yaml.safe_dump({key: value}, default_flow_style=None if flow else False, allow_unicode=True) + between
        for key, value in document.items()
    )
    done = extending.appended(text.encode(), "repos", ITEM)
    if done is not None:
        assert yaml.safe_load(done) == {**yaml.safe_load(text), "repos": [*yaml.safe_load(text)["repos"], ADDED]}
        remaining = done.decode().replace("\r\n", "\n").splitlines()
        assert len(remaining) == len(text.replace("\r\n", "\n").splitlines()) + ITEM.count("\n")
    else:
        assert flow or "\x85" in text or "\u2028" in text or "\u2029" in text or "\r" in text


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200) | st.text(alphabet="repos:- \n#[]{}|>&*!\"'\t", max_size=80).map(str.encode))
def test_no_bytes_end_in_anything_but_an_answer(data) -> None:
    done = extending.appended(data, "repos", ITEM)
    assert done is None or b"wardline-check" in done
    extending.scalars(data)
    extending.has_key(data, "include")
