"""What can go wrong with a repository, in words for whoever asked."""

from typing import ClassVar

from wardline.kernel.errors import AskedWronglyError, CannotSayError


class GitError(CannotSayError):
    """Git, or a repository, that cannot answer: not installed, damaged, out of time, or not to be trusted."""

    code: ClassVar[str] = "git"


class RevisionError(AskedWronglyError):
    """A revision that the repository does not have, or that no revision looks like."""

    code: ClassVar[str] = "unknown-revision"
