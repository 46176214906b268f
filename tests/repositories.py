"""Repositories that tests make with the real git, whatever the settings of whoever runs them."""

import os
import subprocess
from pathlib import Path

ENVIRONMENT = {
    "PATH": os.environ.get("PATH", os.defpath),
    "HOME": "/nonexistent",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": "A U Thor",
    "GIT_AUTHOR_EMAIL": "author@example.com",
    "GIT_AUTHOR_DATE": "2026-01-02T03:04:05Z",
    "GIT_COMMITTER_NAME": "C O Mitter",
    "GIT_COMMITTER_EMAIL": "committer@example.com",
    "GIT_COMMITTER_DATE": "2026-01-02T03:04:05Z",
    "GIT_ALLOW_PROTOCOL": "file",
}


class Made:
    """A repository at `path`, made by `git init` unless it is there."""

    def __init__(self, path: Path, *options: str) -> None:
        self.path = path
        if not path.exists():
            path.mkdir(parents=True)
            self.git("init", "-q", "-b", "main", *options)

    def git(self, *arguments: str | Path, said: bytes = b"") -> str:
        """Run git in the repository and return what it prints, without the last newline."""
        done = subprocess.run(
            ["git", *arguments], cwd=self.path, env=ENVIRONMENT, input=said, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr.decode(errors="replace")
        return os.fsdecode(done.stdout).rstrip("\n")

    def write(self, **files: str) -> None:
        """Write files at the top; a name's `__` stands for `/`, and its `_` for `.`."""
        for name, text in files.items():
            place = self.path / name.replace("__", "/").replace("_", ".")
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text)

    def commit(self, **files: str) -> str:
        """Write files, commit everything, and return the commit's id."""
        self.write(**files)
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "a change")
        return self.git("rev-parse", "HEAD")
