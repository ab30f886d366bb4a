"""The page's part of the site, built once for all tests here."""
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def web(tmp_path_factory):
    """The folder with the modules and their data, as `make site` puts them into the site."""
    if not (shutil.which("node") and shutil.which("npm")):
        pytest.skip("no Node here, which builds the page")
    sys.path.insert(0, str(ROOT / "tools"))
    import site_pages

    folder = tmp_path_factory.mktemp("web")
    try:
        site_pages.build_web(folder)
    except subprocess.CalledProcessError as error:
        if "install" in error.cmd or "ci" in error.cmd:
            pytest.skip("npm can't install what the page is built with")
        raise
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
