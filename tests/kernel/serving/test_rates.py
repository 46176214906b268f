from hypothesis import given
from hypothesis import strategies as st
from tests.asgi import Plain, ask

from wardline.kernel.serving.rates import Buckets, Rate, Rates, source_of

PLENTY = Rate(1000, 1000)


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_burst_passes_and_what_comes_then_waits() -> None:
    seconds, app = Seconds(), Plain()
    rates = Rates(app, source=Rate(1, 3), credential=PLENTY, clock=seconds)
    assert [ask(rates).status for _ in range(4)] == [200, 200, 200, 429]
    assert app.asked == 3
    refused = ask(rates)
    assert refused.headers["retry-after"] == "1"
    seconds.now += 1
    assert [ask(rates).status for _ in range(2)] == [200, 429]


def test_sources_do_not_use_up_each_others() -> None:
    rates = Rates(Plain(), source=Rate(1, 1), credential=PLENTY, clock=Seconds())
    assert ask(rates, client=("192.0.2.1", 1)).status == 200
    assert ask(rates, client=("192.0.2.1", 2)).status == 429
    assert ask(rates, client=("192.0.2.2", 1)).status == 200


def test_a_credential_has_its_own_bucket_wherever_it_comes_from() -> None:
    rates = Rates(Plain(), source=PLENTY, credential=Rate(1, 1), clock=Seconds())
    token = [("Authorization", "Bearer one")]
    assert ask(rates, headers=token, client=("192.0.2.1", 1)).status == 200
    assert ask(rates, headers=token, client=("192.0.2.2", 1)).status == 429
    assert ask(rates, headers=[("Authorization", "Bearer two")]).status == 200
    assert ask(rates).status == 200


def test_guessing_runs_dry_long_before_asking_does() -> None:
    seconds, app = Seconds(), Plain(401)
    rates = Rates(app, source=PLENTY, credential=PLENTY, refused=Rate(0.1, 5), clock=seconds)
    statuses = [ask(rates, headers=[("Authorization", f"Bearer {number}")]).status for number in range(8)]
    assert statuses == [401] * 5 + [429] * 3
    assert app.asked == 5
    seconds.now += 10
    assert ask(rates).status == 401


def test_health_is_never_refused() -> None:
    rates = Rates(Plain(), source=Rate(0.01, 0.5), credential=PLENTY, clock=Seconds())
    assert ask(rates).status == 429
    assert ask(rates, "/healthz").status == 200


def test_the_table_is_bounded_and_keeps_who_is_at_it() -> None:
    buckets = Buckets(Rate(0.001, 2), Seconds(), max_keys=10)
    for number in range(100):
        buckets.take("busy")
        buckets.take(str(number))
    assert len(buckets) == 10
    assert buckets.wait("busy") > 0


def test_an_ipv6_household_is_one_source_and_an_ipv4_address_in_disguise_is_itself() -> None:
    one, other = ({"client": (host, 1)} for host in ("2001:db8::1", "2001:db8::ffff:1"))
    assert source_of(one) == source_of(other) == "2001:db8::/64"
    assert source_of({"client": ("::ffff:192.0.2.1", 1)}) == "192.0.2.1"
    assert source_of({"client": None}) == ""
    assert source_of({"client": ("unix socket", 0)}) == "unix socket"


@given(st.lists(st.floats(0, 5), max_size=60))
def test_no_more_comes_through_than_the_rate_allows(pauses) -> None:
    seconds = Seconds()
    buckets, taken = Buckets(Rate(1, 5), seconds), 0
    for pause in pauses:
        seconds.now += pause
        if buckets.wait("a") == 0:
            buckets.take("a")
            taken += 1
    assert taken <= 5 + sum(pauses) + 1e-6
