"""Traces: nothing where they are not asked for or not installed, spans on the wire where they are."""

import http.server
import subprocess
import sys
import threading

import pytest

from wardline.kernel.observing import tracing

WORK = """
import sys
from wardline.kernel.observing import tracing
end = tracing.set_up("node-1")
try:
    with tracing.span("duty work", fence=7) as note:
        note("count", 3)
        raise KeyError("hunter2")
except KeyError:
    pass
if end:
    end()
print(end is not None, "opentelemetry.sdk.trace" in sys.modules)
"""


def run(environment, program=WORK):
    return subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_nothing_is_imported_or_sent_where_nothing_was_asked_for():
    assert run({}).stdout == "False False\n"
    assert (
        run({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1", "OTEL_SDK_DISABLED": "true"}).stdout
        == "False False\n"
    )


def test_asking_for_traces_without_the_extra_says_what_to_install():
    program = (
        "import sys\n"
        "sys.modules['opentelemetry'] = None\n"
        "from wardline.kernel.errors import AskedWronglyError\n"
        "from wardline.kernel.observing import tracing\n"
        "try:\n"
        "    tracing.set_up('n')\n"
        "except AskedWronglyError as error:\n"
        "    print(error.hint)\n"
        "with tracing.span('x') as note:\n"
        "    note('a', 1)\n"
    )
    done = run({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:1"}, program)
    assert done.stdout == "install wardline[otel], or take the variable away\n", done.stderr


class Collector(http.server.BaseHTTPRequestHandler):
    """Takes what an exporter sends."""

    def do_POST(self):
        self.server.taken.append((self.path, self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-protobuf")
        self.end_headers()

    def log_message(self, *given):
        """Say nothing."""


@pytest.fixture
def collector():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    server.taken = []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.loopback
def test_spans_are_sent_with_their_attributes_and_without_the_text_of_errors(collector):
    done = run({"OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{collector.server_port}"})
    assert done.stdout == "True True\n", done.stderr
    ((path, body),) = collector.taken
    assert path == "/v1/traces"
    for said in (b"duty work", b"wardline.fence", b"wardline.count", b"node-1", b"KeyError"):
        assert said in body
    assert b"hunter2" not in body


def test_a_span_that_is_not_set_up_lets_errors_through():
    def fails():
        with tracing.span("x", a=1) as note:
            note("b", 2)
            raise KeyError

    with pytest.raises(KeyError):
        fails()
