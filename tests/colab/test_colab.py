"""Colab's way of starting: an environment that never saw the course, a notebook alone in a folder, its setup cell.

`make colab` runs this; it installs gigabytes and takes a while. Git is told to look for the course's address in this
repository, so that the setup cells are tried as they stand, on what is committed.
"""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import nbformat
import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
sys.path.append(str(REPOSITORY / "tests"))
from test_notebooks import ADDRESS, NOTEBOOKS  # noqa: E402

SHEETS = sorted((REPOSITORY / "exercises").glob("*.ipynb"))
BROUGHT_ALONG = (
    (REPOSITORY / "requirements.txt").read_text().partition("\n\n")[0]
)  # by a Colab runtime


@pytest.fixture(scope="session")
def colab(tmp_path_factory):
    """(folder of an environment with what Colab has, environment variables)"""
    folder = tmp_path_factory.mktemp("colab")
    venv.create(folder, with_pip=True)
    (folder / "brought.txt").write_text(BROUGHT_ALONG + "\nipykernel\nnbclient\n")
    subprocess.run(
        [folder / "bin" / "pip", "install", "-q", "-r", folder / "brought.txt"], check=True
    )
    names = "GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_0", "GIT_CONFIG_VALUE_0"
    values = "1", f"url.file://{REPOSITORY}.insteadOf", f"https://github.com/{ADDRESS}"
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("PYTHONPATH", "VIRTUAL_ENV")
    }
    return folder, {
        **kept,
        **dict(zip(names, values)),
        "PATH": f"{folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
    }


def packages(colab):
    folder, environment = colab
    listed = subprocess.run(
        [folder / "bin" / "pip", "list", "--format=json"],
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    return {package["name"].lower(): package["version"] for package in json.loads(listed)}


def errors(colab, path, alone, tolerated=()):
    """Runs a notebook alone in an empty folder; names of the errors, with the number of their cell."""
    folder, environment = colab
    alone = alone / path.name
    alone.write_text(path.read_text("utf-8"), "utf-8")
    subprocess.run(
        [
            folder / "bin" / "jupyter",
            "execute",
            "--inplace",
            "--allow-errors",
            "--timeout=1200",
            alone,
        ],
        env=environment,
        cwd=alone.parent,
        check=True,
        capture_output=True,
    )
    cells = nbformat.read(alone, as_version=4).cells
    return [
        f"cell {number}: {output.ename}: {output.evalue}"
        for number, cell in enumerate(cells)
        for output in cell.get("outputs", ())
        if output.output_type == "error" and output.ename not in tolerated
    ]


@pytest.mark.parametrize(
    "path", NOTEBOOKS + SHEETS, ids=lambda path: f"{path.parent.name}/{path.stem}"
)
def test_starts_as_in_colab(colab, path, tmp_path):
    before = packages(colab)
    # a sheet without answers must begin, and stop at nothing but what is not answered yet
    unanswered = ("NotImplementedError", "NameError", "AssertionError") if path in SHEETS else ()
    assert not errors(colab, path, tmp_path, unanswered)
    after = packages(colab)
    new = sorted(after.keys() - before.keys())
    assert {"mdn-utils", "mdn_utils"} & set(new)
    assert {name: after.get(name) for name in before} == before, (
        "the setup cell changed what Colab brings along"
    )
    folder, environment = colab  # the next notebook starts anew
    subprocess.run(
        [folder / "bin" / "pip", "uninstall", "-q", "-y", *new], env=environment, check=True
    )
