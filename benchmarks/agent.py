"""How long `wardline agent --dev` takes to be ready, and what one read costs it. Prints a table.

    python benchmarks/agent.py [--bao PATH]

Reads are counted by the server's own processor time as well, so that whatever else the machine does matters less.
Beside it: a server of the same kind (uvicorn) that answers from a dictionary and looks at nothing, and OpenBao's dev
server where its program is named.
"""

import argparse
import contextlib
import http.client
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

READS = 3000
STARTS = 5
DICTIONARY = """
import sys, uvicorn
KEPT = {"/v1/secret/data/db/orders": b'{"data": {"data": {"password": "one"}}}'}
async def app(scope, receive, send):
    body = KEPT.get(scope["path"], b"{}")
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})
uvicorn.run(app, uds=sys.argv[1], log_level="critical", lifespan="off", http="h11")
"""


class Unix(http.client.HTTPConnection):
    """HTTP over a Unix socket."""

    def __init__(self, path: str) -> None:
        super().__init__("localhost")
        self.path = path

    def connect(self) -> None:
        """Connect."""
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(self.path)


@contextlib.contextmanager
def running(arguments: list[str], ready: Callable[[], bool], **environment: str) -> Iterator[tuple[int, float]]:
    began = time.perf_counter()
    process = subprocess.Popen(
        arguments, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, **environment}
    )
    try:
        while not ready():
            if time.perf_counter() - began > 60 or process.poll() is not None:
                raise SystemExit(f"{arguments[0]} did not start")
            time.sleep(0.002)
        yield process.pid, time.perf_counter() - began
    finally:
        process.terminate()
        process.wait(20)


def processor_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def read(connection: http.client.HTTPConnection, token: str) -> int:
    connection.request("GET", "/v1/secret/data/db/orders", headers={"X-Vault-Token": token})
    answer = connection.getresponse()
    answer.read()
    return answer.status


def measured(name: str, pid: int, connection: http.client.HTTPConnection, token: str, start: float) -> None:
    for _ in range(200):
        if read(connection, token) != 200:
            raise SystemExit(f"{name} does not give the secret")
    before, began, each = processor_seconds(pid), time.perf_counter(), []
    for _ in range(READS):
        at = time.perf_counter()
        read(connection, token)
        each.append(time.perf_counter() - at)
    spent, took = processor_seconds(pid) - before, time.perf_counter() - began
    connection.close()
    each.sort()
    print(
        f"{name:28} {start * 1000:8.0f} ms {READS / took:9.0f}/s {READS / max(spent, 0.01):9.0f}/s "
        f"{statistics.median(each) * 1e6:8.0f} us {each[int(READS * 0.99)] * 1e6:8.0f} us"
    )


def answers(make: Callable[[], http.client.HTTPConnection]) -> Callable[[], bool]:
    def ask() -> bool:
        connection = make()
        try:
            connection.request("GET", "/v1/sys/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    return ask


def put(connection: http.client.HTTPConnection, token: str) -> None:
    body = json.dumps({"data": {"username": "orders", "password": "one"}})
    connection.request("POST", "/v1/secret/data/db/orders", body, {"X-Vault-Token": token})
    connection.getresponse().read()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--bao", default="")
    bao = parser.parse_args().bao
    print(f"{'':28} {'start':>11} {'reads':>11} {'per cpu':>11} {'median':>11} {'p99':>11}")
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/dev/agent.sock"
        command = [sys.executable, "-m", "wardline", "agent", "--dev", "--state", f"{folder}/dev"]
        starts = []
        for turn in range(STARTS):
            with running(command, answers(lambda: Unix(path))) as (pid, start):
                starts.append(start)
                if turn == STARTS - 1:
                    token = Path(folder, "dev", "root-token").read_text()
                    put(Unix(path), token)
                    measured("wardline agent --dev", pid, Unix(path), token, statistics.median(starts))
        plain = f"{folder}/plain.sock"
        with running([sys.executable, "-c", DICTIONARY, plain], answers(lambda: Unix(plain))) as (pid, start):
            measured("a dictionary behind uvicorn", pid, Unix(plain), "x", start)
        if bao:
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                port = free.getsockname()[1]
            command = [bao, "server", "-dev", "-dev-root-token-id=root", f"-dev-listen-address=127.0.0.1:{port}"]

            def make() -> http.client.HTTPConnection:
                return http.client.HTTPConnection("127.0.0.1", port)

            with running(command, answers(make), HOME=folder) as (pid, start):
                time.sleep(1)  # its mounts come a moment after it answers
                put(make(), "root")
                measured("bao server -dev (TCP)", pid, make(), "root", start)


if __name__ == "__main__":
    main()
