"""Duties for tests, and what their turns said."""

from wardline.kernel.duties.model import Duty


def duty(run=lambda turn: "", name="d", every_seconds=60.0, **how):
    return Duty(name, f"The duty {name}", every_seconds, run, **how)


def said(outcomes):
    return [(outcome.name, outcome.said) for outcome in outcomes]
