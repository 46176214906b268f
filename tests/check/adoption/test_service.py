import json
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest
import yaml

from wardline.check.adoption import service
from wardline.check.adoption.model import Planned, Wishes
from wardline.check.model import PRACTICES
from wardline.check.policy import file as policy_file
from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.version import VERSION

WISHES = Wishes(forges=("github", "gitlab"), requirement="wardline==1.2.3", only=("dependencies",))


def run(root: Path, wishes: Wishes = WISHES) -> dict[str, Planned]:
    planned = service.plan(root, wishes)
    service.write(root, planned)
    return {file.path: file for file in planned}


def snapshot(root: Path) -> dict[str, bytes]:
    return {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def put(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_an_empty_repository_gets_everything(tmp_path: Path) -> None:
    planned = run(tmp_path)
    assert {file.exists for file in planned.values()} == {"new"}
    assert sorted(snapshot(tmp_path)) == [
        ".github/pull_request_template.md",
        ".github/workflows/wardline.yml",
        ".gitlab-ci.yml",
        ".gitlab/merge_request_templates/Default.md",
        ".gitlab/wardline.yml",
        ".pre-commit-config.yaml",
        ".wardline/policy.toml",
    ]
    assert all(file.why for file in planned.values())


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    put(tmp_path, ".pre-commit-config.yaml", "repos:\n- repo: meta\n  hooks: [{id: identity}]\n")
    run(tmp_path)
    before = snapshot(tmp_path)
    planned = run(tmp_path)
    assert {file.exists for file in planned.values()} <= {"same", "edited"}
    assert snapshot(tmp_path) == before


def test_one_forge_gets_only_its_files(tmp_path: Path) -> None:
    run(tmp_path, Wishes(forges=("gitlab",), requirement="wardline==1.2.3"))
    assert not (tmp_path / ".github").exists()
    assert (tmp_path / ".gitlab/wardline.yml").exists()


def test_no_placeholder_is_left_and_the_requirement_stands_where_it_is_installed(tmp_path: Path) -> None:
    run(tmp_path)
    texts = {path: content.decode() for path, content in snapshot(tmp_path).items()}
    assert [path for path, text in texts.items() if "@@" in text] == []
    assert sorted(path for path, text in texts.items() if "wardline==1.2.3" in text) == [
        ".github/workflows/wardline.yml",
        ".gitlab/wardline.yml",
        ".pre-commit-config.yaml",
    ]


def test_all_practices_run_where_none_is_named(tmp_path: Path) -> None:
    run(tmp_path, Wishes(forges=("github", "gitlab"), requirement="wardline==1.2.3"))
    assert [path for path, content in snapshot(tmp_path).items() if b"--only" in content] == []
    hooks = yaml.safe_load((tmp_path / ".pre-commit-config.yaml").read_text())["repos"][0]["hooks"]
    assert hooks[0]["entry"] == "wardline check --staged"


def test_the_policy_file_is_one_that_a_check_obeys(tmp_path: Path) -> None:
    run(tmp_path)
    policy = policy_file.read((tmp_path / ".wardline/policy.toml").read_bytes())
    assert policy == policy_file.Policy(max_advisory_age_days=14)


def test_every_key_of_a_policy_file_is_explained() -> None:
    text = service.filled("policy.toml", WISHES)
    for table, keys in policy_file._NAMES.items():
        assert f"\n[{table}]\n#" in text
        for key in keys:
            assert f"\n{key} = " in text or f"\n# {key} = " in text, key
    uncommented = text.replace("  # {", "  {").replace("# vex", "vex")
    policy = policy_file.read(uncommented.encode())
    assert len(policy.exclude) == 1
    assert len(policy.vex) == 1


def test_a_policy_file_that_is_there_is_its_owners(tmp_path: Path) -> None:
    put(tmp_path, ".wardline/policy.toml", '[check]\nfail_on = "high"\n')
    planned = run(tmp_path)[".wardline/policy.toml"]
    assert planned.exists == "edited"
    assert planned.diff == ""
    assert (tmp_path / ".wardline/policy.toml").read_text() == '[check]\nfail_on = "high"\n'


def test_a_list_of_hooks_is_extended_and_its_comments_stay(tmp_path: Path) -> None:
    text = "# ours\nrepos:\n  - repo: meta # why\n    hooks:\n      - id: identity\n\nexclude: ^x\n"
    put(tmp_path, ".pre-commit-config.yaml", text)
    assert run(tmp_path)[".pre-commit-config.yaml"].exists == "extend"
    done = (tmp_path / ".pre-commit-config.yaml").read_text()
    assert [line for line in text.splitlines() if line not in done.splitlines()] == []
    repos = yaml.safe_load(done)["repos"]
    assert [repo["repo"] for repo in repos] == ["meta", "local"]
    assert repos[1]["hooks"][0]["id"] == "wardline-check"


def test_a_hook_by_any_route_is_enough(tmp_path: Path) -> None:
    text = "repos: [{repo: 'https://forge.example/wardline', rev: v1, hooks: [{id: wardline-check}]}]\n"
    put(tmp_path, ".pre-commit-config.yaml", text)
    assert run(tmp_path)[".pre-commit-config.yaml"].exists == "edited"


def test_hooks_that_cannot_be_extended_as_text_are_left_and_the_lines_are_shown(tmp_path: Path) -> None:
    put(tmp_path, ".pre-commit-config.yaml", "repos: [] # none yet\n")
    planned = run(tmp_path)[".pre-commit-config.yaml"]
    assert planned.exists == "differs"
    assert "+    - id: wardline-check" in planned.diff
    assert (tmp_path / ".pre-commit-config.yaml").read_text() == "repos: [] # none yet\n"


@pytest.mark.parametrize(
    ("there", "wanted"),
    [
        ("stages: [test]\n", ["+include:", "+  - local: .gitlab/wardline.yml"]),
        ("include:\n  - local: a.yml\nx: {}\n", ["+  - local: .gitlab/wardline.yml"]),
        ("include: a.yml\n", ["+include:", "+  - local: .gitlab/wardline.yml"]),
    ],
)
def test_a_pipeline_that_is_there_is_left_and_the_include_is_shown(tmp_path: Path, there: str, wanted: list) -> None:
    put(tmp_path, ".gitlab-ci.yml", there)
    planned = run(tmp_path)[".gitlab-ci.yml"]
    assert planned.exists == "differs"
    assert [
        line for line in planned.diff.splitlines() if line.startswith("+") and line[1:2] != "+" and line != "+"
    ] == wanted
    assert (tmp_path / ".gitlab-ci.yml").read_text() == there


@pytest.mark.parametrize("value", [".gitlab/wardline.yml", "/.gitlab/wardline.yml"])
def test_a_pipeline_that_includes_the_job_is_right(tmp_path: Path, value: str) -> None:
    put(tmp_path, ".gitlab-ci.yml", f"include:\n  local: {value}\n")
    assert run(tmp_path)[".gitlab-ci.yml"].exists == "edited"


@pytest.mark.parametrize(
    "path", [".github/PULL_REQUEST_TEMPLATE.md", "docs/pull_request_template.md", "Pull_Request_Template.md"]
)
def test_a_template_that_is_there_in_any_place_is_left_and_the_addition_is_shown(tmp_path: Path, path: str) -> None:
    put(tmp_path, path, "## What\n")
    planned = run(tmp_path)
    assert ".github/pull_request_template.md" not in planned
    assert planned[path].exists == "differs"
    assert "+**Reviewer**" in planned[path].diff
    assert "-## What" not in planned[path].diff
    assert (tmp_path / path).read_text() == "## What\n"


def test_a_template_that_has_the_section_is_right_however_edited(tmp_path: Path) -> None:
    run(tmp_path)
    path = tmp_path / ".github/pull_request_template.md"
    path.write_text("## Ours\n" + path.read_text().replace("the verdict on it", "the verdict"))
    assert run(tmp_path)[".github/pull_request_template.md"].exists == "edited"


def test_another_workflow_of_that_name_is_left(tmp_path: Path) -> None:
    put(tmp_path, ".github/workflows/wardline.yml", "name: something else\n")
    planned = run(tmp_path)[".github/workflows/wardline.yml"]
    assert planned.exists == "differs"
    assert "-name: something else" in planned.diff
    assert "+name: wardline" in planned.diff


def test_a_shown_difference_cannot_steer_a_terminal(tmp_path: Path) -> None:
    put(tmp_path, ".github/pull_request_template.md", "a\n\x1b]0;owned\x07\u202e\x1b[2J\n")
    diff = run(tmp_path)[".github/pull_request_template.md"].diff
    assert "\x1b" not in diff
    assert "\u202e" not in diff
    assert r"\x1b[2J" in diff


def test_links_are_refused_and_the_rest_is_made(tmp_path: Path) -> None:
    root = tmp_path / "repository"
    outside = tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / ".github").symlink_to(outside)
    (root / ".pre-commit-config.yaml").symlink_to(outside / "new.yaml")
    planned = run(root)
    refused = {path for path, file in planned.items() if file.exists == "refused"}
    assert refused == {
        ".pre-commit-config.yaml",
        ".github/workflows/wardline.yml",
        ".github/pull_request_template.md",
    }
    assert all(planned[path].reason for path in refused)
    assert list(outside.iterdir()) == []
    assert (root / ".gitlab/wardline.yml").exists()


def test_what_appeared_or_changed_meanwhile_is_not_overwritten(tmp_path: Path) -> None:
    put(tmp_path, ".pre-commit-config.yaml", "repos:\n- repo: meta\n")
    for path in (".pre-commit-config.yaml", ".wardline/policy.toml"):
        planned = [file for file in service.plan(tmp_path, WISHES) if file.path == path]
        put(tmp_path, path, "mine\n")
        with pytest.raises(AskedWronglyError):
            service.write(tmp_path, planned)
        assert (tmp_path / path).read_text() == "mine\n"


def test_bytes_that_are_no_text_are_left(tmp_path: Path) -> None:
    for path in (".pre-commit-config.yaml", ".gitlab-ci.yml", ".github/pull_request_template.md"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(b"\xff\xfe\x00")
    planned = run(tmp_path)
    assert {planned[path].exists for path in (".pre-commit-config.yaml", ".gitlab-ci.yml")} == {"differs"}
    assert (tmp_path / ".gitlab-ci.yml").read_bytes() == b"\xff\xfe\x00"


@pytest.mark.parametrize(
    ("config", "folders", "told"),
    [
        ('[remote "origin"]\n\turl = git@github.com:a/b.git\n', [".gitlab"], ("github",)),
        ('[remote "origin"]\n\turl = https://user@gitlab.corp.example:8443/a/b\n', [], ("gitlab",)),
        ('[remote "o"]\nurl = ssh://git@gitlab.com/a/github-mirror\n', [], ("gitlab",)),
        ('[remote "o"]\nurl=git@github.com:a/b\n[remote "p"]\nurl=git@gitlab.com:a/b\n', [], ("github", "gitlab")),
        ('[remote "o"]\nurl = git@forge.example:a/gitlab\n', [".github"], ("github",)),
        ("", [".gitlab"], ("gitlab",)),
        ("", [".github", ".gitlab"], ("github", "gitlab")),
        ("\0\udcff nonsense [[[", [], ("github", "gitlab")),
        (None, [], ("github", "gitlab")),
    ],
)
def test_the_forge_is_what_the_remotes_say_else_the_folders(tmp_path: Path, config, folders, told) -> None:
    if config is not None:
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git/config").write_bytes(config.encode("utf-8", "surrogateescape"))
    for name in folders:
        (tmp_path / name).mkdir()
    assert service.forges(tmp_path) == told


def test_a_linked_git_configuration_is_not_read(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "elsewhere").write_text("url = git@github.com:a/b\n")
    (tmp_path / ".git/config").symlink_to(tmp_path / "elsewhere")
    assert service.forges(tmp_path) == ("github", "gitlab")


@pytest.mark.parametrize(
    "requirement",
    [
        "wardline",
        "wardline>=1",
        'wardline==1"; rm -rf /; "',
        "wardline==1\nevil",
        "--index-url=https://a.example wardline==1",
        "wardline @ git+https://a.example/x y",
        "",
    ],
)
def test_a_requirement_that_is_not_exact_is_asked_wrongly(tmp_path: Path, requirement: str) -> None:
    with pytest.raises(AskedWronglyError, match="no exact requirement"):
        service.plan(tmp_path, Wishes(forges=("github",), requirement=requirement))


class Origin:
    def __init__(self, document: object) -> None:
        self.document = document

    def read_text(self, name: str) -> str | None:
        assert name == "direct_url.json"
        return self.document if isinstance(self.document, str | None) else json.dumps(self.document)


COMMIT = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("origin", "expected"),
    [
        (None, f"wardline=={VERSION}"),
        ("not json", f"wardline=={VERSION}"),
        ([], f"wardline=={VERSION}"),
        ({"url": "file:///somewhere/wardline", "dir_info": {"editable": True}}, f"wardline=={VERSION}"),
        (
            {"url": "https://forge.example/w.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            f"wardline @ git+https://forge.example/w.git@{COMMIT}",
        ),
        (
            {"url": "https://user:word@forge.example/w.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            f"wardline=={VERSION}",
        ),
        (
            {"url": "file:///somewhere/w.git", "vcs_info": {"vcs": "git", "commit_id": COMMIT}},
            f"wardline=={VERSION}",
        ),
    ],
)
def test_what_is_installed_is_the_wardline_that_runs(monkeypatch, origin, expected) -> None:
    monkeypatch.setattr(metadata, "distribution", lambda _name: Origin(origin))
    assert service.requirement() == expected


def test_the_templates_ask_for_the_practices_that_are_built(tmp_path: Path) -> None:
    put(tmp_path, "README.md", "nothing\n")
    built = []
    for practice in PRACTICES:
        done = subprocess.run(
            [sys.executable, "-m", "wardline", "check", str(tmp_path), "--only", practice, "--format", "json"],
            capture_output=True,
            check=False,
        )
        gaps = json.loads(done.stdout)["gaps"]
        if not any("does not examine" in gap["reason"] for gap in gaps):
            built.append(practice)
    assert tuple(built) == service.EXAMINED


def test_what_submitter_and_reviewers_owe_is_short_and_each_line_says_why() -> None:
    text = service.filled("change.md", WISHES)
    lines = text.splitlines()
    owed = [number for number, line in enumerate(lines) if line.startswith("- **")]
    topics = [lines[number].split("**")[1] for number in owed]
    assert topics == ["Information exposure", "Attack vectors", "Policy", "Dependencies", "Pipeline"] * 2
    for number in owed:
        assert lines[number].endswith(":")
        assert lines[number - 1].startswith("<!--")
    assert "done: EVIDENCE" in text
    assert "n/a: REASON" in text
    assert len(lines) < 50
