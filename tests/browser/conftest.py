"""A JupyterLab with a notebook that has been run, in a real browser.

`make browser` runs these tests. They need playwright, and a Chromium that is installed or that playwright brought along
(`python -m playwright install chromium`); without them they are skipped. Each test leaves a screenshot in its tmp_path.
"""

import json
import os
import re
import secrets
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import nbformat
import pytest

sync_api = pytest.importorskip("playwright.sync_api")
sync_api.expect.set_options(timeout=60_000)  # the first line in a new kernel takes longer than 5 s
NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
WHOLE_NOTEBOOK = 600  # seconds that running it may take, on a slow machine
PROMPT = ".jp-CodeCell .jp-InputPrompt"
ERROR = "[data-mime-type='application/vnd.jupyter.error'], [data-mime-type='application/vnd.jupyter.stderr']"


@pytest.fixture(scope="module")
def lab(request, browser, tmp_path_factory):
    """The folder and the address of a JupyterLab that has a copy of the module's NOTEBOOK, without its outputs."""
    path = NOTEBOOKS / request.module.NOTEBOOK
    folder, settings = tmp_path_factory.mktemp("lab"), tmp_path_factory.mktemp("settings")
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
            cell.metadata.pop("jupyter", None)  # a folded cell shows no number, by which we see it ran
    nbformat.write(notebook, folder / path.name)
    for plugin, setting in [
        ("notebook-extension/tracker", {"windowingMode": "none"}),  # cells exist out of view
        ("apputils-extension/notification", {"fetchNews": "false", "checkForUpdates": False}),
    ]:
        file = settings / "@jupyterlab" / f"{plugin}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(setting))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token, address = secrets.token_hex(16), f"http://127.0.0.1:{port}"
    environment = {
        **os.environ,
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(settings / "workspaces"),
    }
    with open(settings / "log", "w") as log:
        server = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "jupyterlab",
                "--no-browser",
                "--allow-root",
                "--ip=127.0.0.1",
                f"--port={port}",
                f"--ServerApp.root_dir={folder}",
                f"--IdentityProvider.token={token}",
            ],
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"{address}/api?token={token}", timeout=5).close()
                break
            except OSError:
                assert server.poll() is None, (settings / "log").read_text()
                time.sleep(0.5)
        else:
            pytest.fail(
                "JupyterLab did not start within a minute: " + (settings / "log").read_text()
            )
        yield folder, f"{address}/lab/tree/{path.name}?token={token}"
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="module")
def opened(browser, lab):
    """The notebook in JupyterLab, run from top to bottom."""
    context = browser.new_context(
        viewport={"width": 1400, "height": 1000}, has_touch=True, accept_downloads=True
    )
    page = context.new_page()
    page.goto(lab[1])
    page.locator(".jp-Notebook-ExecutionIndicator[data-status='idle']").wait_for(timeout=120_000)
    started = page.locator(PROMPT).filter(has_text=re.compile(r"[*\d]")).first
    for _ in range(6):  # a kernel that has only just started may run nothing
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        try:
            started.wait_for(timeout=10_000)
            break
        except sync_api.TimeoutError:
            pass
    ended = page.locator(PROMPT).last.filter(has_text=re.compile(r"\d"))
    ended.or_(page.locator(ERROR)).first.wait_for(timeout=1000 * WHOLE_NOTEBOOK)
    assert page.locator(ERROR).all_inner_texts() == []
    for k, prompt in enumerate(page.locator(PROMPT).all_inner_texts(), 1):
        assert prompt == f"[{k}]:"
    yield page
    context.close()


@pytest.fixture
def page(opened, tmp_path):
    yield opened
    opened.screenshot(path=tmp_path / "page.png")
