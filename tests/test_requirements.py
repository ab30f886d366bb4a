"""requirements.txt, which a reader installs, and pyproject.toml, which pip reads in Colab, ask for the same."""
import re
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def test_both_lists_agree():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    asked = {re.match("[A-Za-z-]+", line)[0]: line.split()[0]
             for line in (REPOSITORY / "requirements.txt").read_text("utf-8").splitlines() if re.match("[A-Za-z]", line)}
    for package in project["dependencies"] + project["optional-dependencies"]["notebooks"]:
        name = re.match("[A-Za-z-]+", package)[0]
        assert asked.get(name, f"{package} as in pyproject.toml") == package or name in ("h5py", "ipython")
