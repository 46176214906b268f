"""The files by which others run Wardline: pre-commit, GitHub, GitLab; and those by which its own forge runs it."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from wardline.check.adoption import service
from wardline.check.adoption.model import Wishes
from wardline.check.policy import file as policy_file
from wardline.check.reports import service as reports
from wardline.cli.check import command as check_command
from wardline.findings.report import SEVERITIES
from wardline.kernel.version import VERSION

ROOT = Path(__file__).resolve().parents[1]
WISHES = Wishes(forges=("github", "gitlab"), requirement="wardline==1.2.3", only=("dependencies",))
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
OPTIONS = {option for parameter in check_command.params for option in parameter.opts if option.startswith("--")}


def workflows() -> dict[str, str]:
    own = {path.name: path.read_text() for path in (ROOT / ".github/workflows").glob("*.yml")}
    return {**own, "template": service.filled("github-workflow.yml", WISHES)}


def component() -> tuple[dict, dict]:
    spec, jobs = yaml.safe_load_all((ROOT / "templates/check/template.yml").read_text())
    return spec["spec"], jobs


@pytest.mark.parametrize("name", sorted(workflows()))
def test_a_workflow_has_no_more_rights_than_it_names(name: str) -> None:
    workflow = yaml.safe_load(workflows()[name])
    assert workflow["permissions"] == {}
    assert "pull_request_target" not in workflow[True]
    for job in workflow["jobs"].values():
        assert {"contents": "read"}.items() <= job["permissions"].items()
        assert set(job["permissions"]) <= {"contents", "security-events"}
        assert job["timeout-minutes"] <= 60
        for step in job["steps"]:
            if "uses" in step:
                assert PINNED.fullmatch(step["uses"])
                assert step["with"]["persist-credentials"] is False
            else:
                assert "${{" not in step["run"]


def test_only_the_job_that_shows_findings_may_write_them() -> None:
    jobs = yaml.safe_load(workflows()["template"])["jobs"]
    assert jobs["change"]["permissions"] == {"contents": "read"}
    assert jobs["change"]["if"] == "github.event_name == 'pull_request'"
    assert jobs["tree"]["permissions"] == {"contents": "read", "security-events": "write"}
    assert jobs["tree"]["if"] == "github.event_name != 'pull_request'"


def test_a_change_is_compared_with_all_of_the_history() -> None:
    steps = yaml.safe_load(workflows()["template"])["jobs"]["change"]["steps"]
    assert steps[0]["with"]["fetch-depth"] == 0
    assert '--diff "origin/$BASE"' in steps[-1]["run"]
    assert steps[-1]["env"] == {"BASE": "${{ github.base_ref }}"}


def test_the_action_has_the_form_that_github_demands() -> None:
    # https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
    assert set(ACTION) <= {"name", "author", "description", "inputs", "outputs", "runs", "branding"}
    assert len(ACTION["description"]) < 125
    assert ACTION["runs"]["using"] == "composite"
    for name, given in ACTION["inputs"].items():
        assert re.fullmatch(r"[a-z][a-z-]*", name)
        assert set(given) <= {"description", "required", "default", "deprecationMessage"}
        assert isinstance(given["default"], str)
        assert given["description"]
    for step in ACTION["runs"]["steps"]:
        assert set(step) <= {"name", "id", "if", "shell", "run", "env", "uses", "with", "working-directory"}
        assert step["shell"] == "bash"
    for output in ACTION["outputs"].values():
        assert set(output) == {"description", "value"}
        assert re.fullmatch(r"\$\{\{ steps\.check\.outputs\.[a-z]+ \}\}", output["value"])


def test_nothing_that_a_caller_passes_stands_in_a_script() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step["run"]
    passed = set(re.findall(r"\$\{\{ inputs\.([a-z-]+) \}\}", (ROOT / "action.yml").read_text()))
    assert passed == set(ACTION["inputs"])
    _, jobs = component()
    assert "$[[" not in "".join(jobs["wardline-check"]["script"])


def act(tmp_path: Path, status: int, **inputs: str) -> tuple[int, list[str], str, str]:
    """Run the check step with a program that notes its arguments; return status, arguments, outputs, words."""
    program = tmp_path / "wardline"
    program.write_text(
        f'#!/bin/sh\nfor word in "$@"; do printf "%s\\0" "$word"; done > "{tmp_path}/words"\nexit {status}\n'
    )
    program.chmod(0o755)
    values = {name: given["default"] for name, given in ACTION["inputs"].items()}
    values |= {name.replace("_", "-"): value for name, value in inputs.items()}
    environment = {
        "PATH": os.environ["PATH"],
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary"),
        "GITHUB_OUTPUT": str(tmp_path / "output"),
        "WARDLINE_BIN": str(program),
        **{f"INPUT_{name.upper().replace('-', '_')}": value for name, value in values.items()},
    }
    done = subprocess.run(
        ["bash", str(ROOT / "scripts/action.sh")], env=environment, capture_output=True, text=True, check=False
    )
    words = (tmp_path / "words").read_text().split("\0")[:-1]
    return done.returncode, words, (tmp_path / "output").read_text(), done.stdout


@pytest.mark.parametrize(
    ("status", "verdict"), [(0, "pass"), (1, "block"), (2, "asked-wrongly"), (3, "cannot-say"), (137, "cannot-say")]
)
def test_the_actions_status_is_wardlines_and_nothing_but_a_pass_is_neutral(tmp_path: Path, status, verdict) -> None:
    returned, _, output, said = act(tmp_path, status)
    assert returned == status
    assert f"verdict={verdict}\n" in output
    assert ("::error::" in said) == (status != 0)


def test_an_input_stays_one_word_whatever_is_in_it(tmp_path: Path) -> None:
    hostile = '$(touch x); "`id`" --fail-on=info\nverdict=pass'
    _, words, output, _ = act(tmp_path, 1, path=hostile, diff_base=hostile, advisories=hostile)
    assert words[-2:] == ["--", hostile]
    assert f"--diff={hostile}" in words
    assert f"--advisories={hostile}" in words
    assert "verdict=pass" not in output
    assert not (tmp_path / "x").exists()


def test_an_empty_input_is_no_option(tmp_path: Path) -> None:
    _, words, output, _ = act(tmp_path, 0, only="", format="")
    assert words == ["check", f"--write=markdown={tmp_path}/summary", "--", "."]
    assert "report=" not in output


def test_the_defaults_write_a_report_that_can_be_uploaded(tmp_path: Path) -> None:
    _, words, output, _ = act(tmp_path, 0, fail_on="high")
    assert words == [
        "check",
        f"--write=markdown={tmp_path}/summary",
        "--only=dependencies",
        "--fail-on=high",
        f"--write=sarif={tmp_path}/wardline-report",
        "--",
        ".",
    ]
    assert "report=" not in output  # nothing was written
    (tmp_path / "wardline-report").write_text("{}")
    assert f"report={tmp_path}/wardline-report\n" in act(tmp_path, 1)[2]


def test_the_gitlab_component_has_the_form_that_gitlab_demands() -> None:
    # https://docs.gitlab.com/ci/inputs/ and https://docs.gitlab.com/ci/yaml/artifacts_reports/
    spec, jobs = component()
    assert set(spec) == {"inputs"}
    for given in spec["inputs"].values():
        assert set(given) <= {"description", "default", "options", "regex", "type"}
        assert isinstance(given["default"], str)
    used = set(re.findall(r"\$\[\[ inputs\.([a-z_]+) \]\]", (ROOT / "templates/check/template.yml").read_text()))
    assert used == set(spec["inputs"])
    assert spec["inputs"]["wardline"]["default"] == f"wardline=={VERSION}"
    assert set(spec["inputs"]["fail_on"]["options"]) == {"", *SEVERITIES} - {"unknown"}
    assert set(jobs) == {"wardline-check"}


@pytest.mark.parametrize(
    "job",
    [
        component()[1]["wardline-check"],
        yaml.safe_load(service.filled("gitlab-job.yml", WISHES))["wardline"],
    ],
    ids=["component", "template"],
)
def test_a_gitlab_job_hands_over_the_reports_that_it_writes_whatever_the_verdict(job: dict) -> None:
    assert job["artifacts"]["when"] == "always"
    handed = job["artifacts"]["reports"]
    assert set(handed) == {"dependency_scanning", "codequality"}
    script = "\n".join(job["script"])
    written = dict(re.findall(r"--write[= ]([a-z-]+)=([\w.-]+)", script))
    assert written == {
        "gitlab-dependencies": handed["dependency_scanning"],
        "gitlab-codequality": handed["codequality"],
    }
    assert job["variables"]["GIT_DEPTH"] == "0"
    assert "allow_failure" not in job


def test_every_option_and_format_that_is_named_exists() -> None:
    texts = {
        "manifest": (ROOT / ".pre-commit-hooks.yaml").read_text(),
        "component": (ROOT / "templates/check/template.yml").read_text(),
        "action": (ROOT / "scripts/action.sh").read_text(),
        **{name: service.filled(name, WISHES) for name in ("pre-commit.yaml", "github-workflow.yml", "gitlab-job.yml")},
    }
    used = {
        name: set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", re.sub(r"pip\" install.*|gh api(.|\\\n)*", "", text)))
        for name, text in texts.items()
    }
    assert {name: found - OPTIONS - {"--quiet"} for name, found in used.items() if found - OPTIONS - {"--quiet"}} == {}
    formats = {name for text in texts.values() for name in re.findall(r"--write[= ]\"?([a-z][a-z-]+)=", text)}
    assert formats == {"markdown", "sarif", "gitlab-dependencies", "gitlab-codequality"}
    assert formats <= {name for name, *_ in reports.formats()}


def test_the_hook_manifest_has_the_form_that_pre_commit_demands() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["id"] == "wardline-check"
    assert hook["entry"].split() == ["wardline", "check", "--staged"]
    assert hook["language"] == "python"
    assert hook["pass_filenames"] is False
    assert hook["always_run"] is True
    assert hook["stages"] == ["pre-commit"]


def test_our_own_policy_excludes_only_what_is_there_and_says_why() -> None:
    policy = policy_file.read((ROOT / ".wardline/policy.toml").read_bytes())
    excluded = policy.excluded()
    assert excluded("examples/orders/uv.lock")
    assert not excluded("requirements/check.txt")
    assert not excluded("pyproject.toml")


def test_our_own_template_is_the_one_that_we_give_others() -> None:
    assert (ROOT / ".github/pull_request_template.md").read_text() == service.filled("change.md", WISHES)


def test_our_pipelines_run_what_everybody_runs() -> None:
    steps = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text())["jobs"]["run"]["steps"]
    assert [step["run"] for step in steps if "run" in step] == [".ci/run"]
    assert yaml.safe_load((ROOT / ".gitlab-ci.yml").read_text())["ci"]["script"] == [".ci/run"]
    assert os.access(ROOT / ".ci/run", os.X_OK)


@pytest.mark.native
def test_zizmor_finds_nothing_in_what_we_run_and_give(tmp_path: Path) -> None:
    zizmor = shutil.which("zizmor", path=f"{ROOT / '.venv/bin'}:{os.environ['PATH']}")
    if zizmor is None:
        pytest.skip("zizmor is not installed")
    (tmp_path / ".github/workflows").mkdir(parents=True)
    for name, text in workflows().items():
        (tmp_path / ".github/workflows" / name).with_suffix(".yml").write_text(text)
    shutil.copy(ROOT / "action.yml", tmp_path)
    done = subprocess.run(
        [zizmor, "--offline", "--no-progress", "--persona=auditor", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
