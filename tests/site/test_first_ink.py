"""How soon a hand writes after a page is opened. `make browser` runs this.

Beside the other tests there is no core left for the worker that writes, so it is skipped there.
"""
import os
import statistics

import pytest

MOST = 2.0  # seconds on two idle cores, from a server on the same machine
pytestmark = pytest.mark.skipif("PYTEST_XDIST_WORKER" in os.environ, reason="needs idle cores: make browser")


@pytest.mark.parametrize("path", ["index.html", "write/index.html"])
def test_first_ink(open_page, site, serve, path):
    address = serve(site)
    times = []
    for _ in range(3):
        page = open_page(f"{address}/{path}")
        page.wait_for_function("performance.getEntriesByName('first-ink').length", polling=100)
        times.append(page.evaluate("performance.getEntriesByName('first-ink')[0].startTime") / 1000)
        page.close()
    print(path, times)
    assert statistics.median(times) < MOST, times
