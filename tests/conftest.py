"""What tests of several folders share: the setting for property tests, and a browser."""

import shutil

import pytest
from hypothesis import settings

# The same examples every time, no matter how busy the machine.
settings.register_profile("course", deadline=None, derandomize=True)
settings.load_profile("course")

NAMES = "chromium", "chromium-browser", "google-chrome", "chrome"


@pytest.fixture(scope="session")
def browser():
    """Chromium or Chrome: one that is installed, or else the one that playwright brought along."""
    sync_api = pytest.importorskip("playwright.sync_api")
    installed = next(filter(None, map(shutil.which, NAMES)), None)
    with sync_api.sync_playwright() as playwright:
        try:
            # the sandbox of Chromium does not run as root, which is what most containers are
            browser = playwright.chromium.launch(executable_path=installed, chromium_sandbox=False)
        except sync_api.Error as error:
            reason = str(error).splitlines()[0]
            pytest.skip(f"no Chromium here ({reason}); try: python -m playwright install chromium")
        yield browser
        browser.close()
