"""How long pages take to be made, without the database: each is asked for once, and its template rendered again.

    .venv/bin/python benchmarks/pages.py [--rows 100] [--repeat 40]

The organisation is the tests' own, with 40 services. Times are of this machine; nothing is asserted.
"""

# ruff: noqa: E402, I001 - first of all, this folder must not hide the library's `platform`
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).parents[1])

import argparse
import asyncio
import statistics
import tempfile
import time
from unittest import mock

import httpx

from tests.web import world as worlds
from wardline.findings.model import Query
from wardline.kernel.database.engine import Database
from wardline.kernel.identity.model import PLATFORM
from wardline.kernel.paging import Page
from wardline.main.schema import SCHEMA
from wardline.web import rendering
from wardline.web.app import pages


def places(world: worlds.World, rows: int) -> list[str]:
    one = world.services.findings.list(PLATFORM, Query(), Page(1)).rows[0]
    return [
        "/", f"/findings?rows={rows}&state=any", f"/findings/{one.id}", f"/services?rows={rows}", "/services/orders",
        f"/waivers?rows={rows}", "/portfolio?rows=all", "/velocity", f"/ledger?rows={rows}", "/search?q=log4j",
        "/settings/tokens", f"/settings/people?rows={rows}", "/settings/policy",
    ]  # fmt: skip


async def made(world: worlds.World, path: str) -> tuple[float, int, tuple]:
    """Return how long the whole answer took, its size, and what its template was given."""
    given = []
    real = rendering.render

    def kept(template: str, values: dict) -> str:
        given.append((template, values))
        return real(template, values)

    transport = httpx.ASGITransport(pages(world.services))
    cookies = {"wardline": world.cookie("security")}
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000", cookies=cookies) as browser:
        await browser.get(path)
        with mock.patch.object(rendering, "render", kept):
            began = time.perf_counter()
            answer = await browser.get(path)
            whole = time.perf_counter() - began
    assert answer.status_code == 200, (path, answer.status_code)
    return whole, len(answer.content), given[-1]


def rendered(template: str, values: dict, repeat: int) -> list[float]:
    times = []
    for _ in range(repeat):
        began = time.perf_counter()
        rendering.render(template, values)
        times.append(time.perf_counter() - began)
    return sorted(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=100)
    parser.add_argument("--repeat", type=int, default=40)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/wardline.db"
        database = Database(url)
        with database.transaction() as tx:
            SCHEMA.create_all(tx)
        database.close()
        world = worlds.build(url, Path(folder))
        print(f"{'page':<34} {'KiB':>6} {'template p50':>13} {'p95':>8} {'best':>8} {'whole answer':>13}")
        for path in places(world, wanted.rows):
            whole, size, (template, values) = asyncio.run(made(world, path))
            times = rendered(template, values, wanted.repeat)
            middle, late = statistics.median(times), times[int(0.95 * (len(times) - 1))]
            shown = path if len(path) < 34 else path[:33] + "…"
            print(
                f"{shown:<34} {size / 1024:>6.0f} {middle * 1000:>10.1f} ms {late * 1000:>5.1f} ms "
                f"{times[0] * 1000:>5.1f} ms {whole * 1000:>10.1f} ms"
            )
        world.services.database.close()


if __name__ == "__main__":
    main()
