from tests.asgi import Plain, ask

from wardline.kernel.serving.metrics import Measured, Metrics


def series(metrics: Metrics) -> list[str]:
    return [line for line in metrics.text().decode().splitlines() if line.startswith("wardline_http_requests_total{")]


def routed(template: str):
    plain = Plain()

    async def app(scope, receive, send) -> None:
        scope["state"]["route"] = template
        await plain(scope, receive, send)

    return app


def test_requests_are_counted_and_timed_by_the_template_of_their_route() -> None:
    metrics = Metrics()
    app = Measured(routed("/findings/{id}"), metrics)
    for number in range(50):
        ask(app, f"/findings/fnd-{number}")
    assert series(metrics) == [
        'wardline_http_requests_total{method="GET",route="/findings/{id}",status="200"} 50.0'
    ]  # fmt: skip
    assert 'wardline_http_request_seconds_count{method="GET",route="/findings/{id}"} 50.0' in metrics.text().decode()
    assert "wardline_http_requests_running 0.0" in metrics.text().decode()


def test_nobody_outside_makes_series() -> None:
    metrics = Metrics()
    app = Measured(Plain(404), metrics)
    for number in range(50):
        ask(app, f"/made/up/{number}", method=f"METHOD{number}")
    assert series(metrics) == ['wardline_http_requests_total{method="OTHER",route="(none)",status="404"} 50.0']


def test_routes_are_bounded_even_so() -> None:
    metrics = Metrics()
    labels = {metrics.route(f"/{number}") for number in range(2000)}
    assert len(labels) == 501
    assert "(more)" in labels


def test_the_template_is_found_where_routers_leave_it() -> None:
    class Route:
        path = "/services/{slug}"

    async def app(scope, receive, send) -> None:
        scope["route"], scope["root_path"] = Route(), "/api/v1"
        await Plain()(scope, receive, send)

    metrics = Metrics()
    ask(Measured(app, metrics), "/api/v1/services/x")
    assert 'route="/api/v1/services/{slug}"' in series(metrics)[0]
