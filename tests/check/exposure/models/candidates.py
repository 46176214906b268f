"""Candidates as a rule's pattern would find them."""

from wardline.check.exposure.model import Candidate


def candidate(value, *, name=b"password", before=b"", after=b"", path="settings.ini"):
    """Return what a model is asked about."""
    return Candidate(value, name, before, after, path)
