from wardline.kernel.identity.model import PLATFORM
from wardline.web.plots_data import exposure_days


class Asking:
    """What a page is given, as far as plots look at it."""

    def __init__(self, services, who):
        self.services, self.who = services, who


def test_a_plot_shows_what_the_timeline_says(organisation):
    service = organisation.services.catalog.services(PLATFORM).rows[0]
    days = exposure_days(Asking(organisation.services, PLATFORM), service.id, days=7)
    timeline = organisation.services.findings.timeline(PLATFORM, service.id, days=7)
    assert [(one.day, *one.open) for one in days] == [tuple(one) for one in timeline]
    assert len(days) == 8
