"""Traces by OpenTelemetry, where it is installed (`wardline[otel]`) and told where to send them; nothing otherwise.

`set_up` does something only where the environment names an endpoint (`OTEL_EXPORTER_OTLP_ENDPOINT` or
`OTEL_EXPORTER_OTLP_TRACES_ENDPOINT`; OpenTelemetry, "OTLP exporter configuration"); everything else is configured by
OpenTelemetry's own variables. `span` costs a look into a dictionary while nothing is set up.

Spans carry names, routes and counts: no path as it was asked, no query, no identifier of a person.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any, Final

from wardline.kernel.errors import AskedWronglyError
from wardline.kernel.version import VERSION

_ENDPOINTS: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_TRACER: Final = "wardline"

Attribute = str | int | float | bool


def set_up(node: str) -> Callable[[], None] | None:
    """Return what sends the remaining spans and ends tracing; None where tracing was not asked for.

    Raises: `AskedWronglyError` where it was asked for and is not installed.
    """
    if (
        not any(os.environ.get(name) for name in _ENDPOINTS)
        or os.environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    ):
        return None
    try:
        from opentelemetry import trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise AskedWronglyError(
            "traces are asked for (OTEL_EXPORTER_OTLP_ENDPOINT), and OpenTelemetry is not installed",
            hint="install wardline[otel], or take the variable away",
        ) from None
    about = {"service.name": "wardline", "service.version": VERSION, "service.instance.id": node}
    provider = TracerProvider(resource=Resource.create({**about, **_named()}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    return provider.shutdown


@contextlib.contextmanager
def span(name: str, **attributes: Attribute) -> Iterator[Callable[[str, Attribute], object]]:
    """Trace the block as one span, and give what sets further attributes; do nothing where tracing is not set up.

    An error that leaves the block marks the span with its class, not with its text.
    """
    trace: Any = sys.modules.get("opentelemetry.sdk.trace") and sys.modules.get("opentelemetry.trace")
    if trace is None:
        yield _nothing
        return
    tracer = trace.get_tracer(_TRACER, VERSION)
    with tracer.start_as_current_span(name, record_exception=False, set_status_on_exception=False) as current:
        for key, value in attributes.items():
            current.set_attribute(f"wardline.{key}", value)
        try:
            yield lambda key, value: current.set_attribute(f"wardline.{key}", value)
        except BaseException as error:
            current.set_status(trace.StatusCode.ERROR, type(error).__qualname__)
            raise


def _named() -> dict[str, str]:
    """Return the service's name where the environment gives one: it goes before ours."""
    name = os.environ.get("OTEL_SERVICE_NAME")
    return {"service.name": name} if name else {}


def _nothing(key: str, value: Attribute) -> None:
    del key, value
