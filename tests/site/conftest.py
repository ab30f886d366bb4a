"""The site, built once for all tests of a file, a server and pages of a browser for it.

SITE=FOLDER tests a site that `make site` has built already.
"""
import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
DESK = {"width": 1280, "height": 900}


def build(what, folder):
    """Build the site or a part of it; skip the test where something that builds it is missing."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("no Node here, which builds the page")
    sys.path.insert(0, str(ROOT / "tools"))
    import site_pages

    try:
        getattr(site_pages, what)(folder)
    except subprocess.CalledProcessError as error:
        if "ci" in error.cmd:
            pytest.skip("npm can't install what the page is built with")
        raise


@pytest.fixture(scope="session")
def web(tmp_path_factory):
    """The folder with the modules and their data, as `make site` puts them into the site."""
    if "SITE" in os.environ:
        return Path(os.environ["SITE"])
    folder = tmp_path_factory.mktemp("web")
    build("build_web", folder)
    return folder


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder with the whole site. Sphinx stops at a warning, and so does this."""
    if "SITE" in os.environ:
        return Path(os.environ["SITE"])
    pytest.importorskip("myst_nb")
    pytest.importorskip("sphinx_book_theme")
    folder = tmp_path_factory.mktemp("site") / "site"
    build("build", folder)
    return folder


@pytest.fixture(scope="session")
def ask(web):
    """A function that has the page's modules answer requests, see modules.mjs."""

    def run(*requests):
        command = ["node", ROOT / "tests" / "site" / "modules.mjs", web]
        done = subprocess.run(command, input=json.dumps(requests), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-2000:]
        return json.loads(done.stdout)

    return run


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture(scope="session")
def serve():
    """A function that serves a folder and returns its address."""
    servers = []

    def start(folder):
        handler = functools.partial(Quiet, directory=folder)
        servers.append(http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler))
        threading.Thread(target=servers[-1].serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def open_page(browser):
    """A function that opens an address; what went wrong or to another host is checked in the end."""
    contexts, wrong = [], []

    def start(address, viewport=DESK, **options):
        host = "/".join(address.split("/")[:3])
        contexts.append(browser.new_context(viewport=viewport, **options))
        page = contexts[-1].new_page()
        page.set_default_timeout(120_000)  # the other worker of the tests leaves one core, or less
        page.on("request", lambda request: wrong.append(request.url)
                if not request.url.startswith((host, "blob:", "data:")) else None)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
        page.goto(address)
        return page

    yield start
    for context in contexts:
        context.close()
    assert not wrong


@pytest.fixture(scope="session")
def serious():
    """A function that names the serious faults that an accessibility checker finds on a page."""

    def check(page):
        page.evaluate(AXE.read_text("utf-8"))
        found = page.evaluate("axe.run({ resultTypes: ['violations'] })")["violations"]
        return [
            (each["id"], node["html"][:200])
            for each in found if each["impact"] in ("serious", "critical") for node in each["nodes"][:3]
        ]

    return check
