"""requirements.txt, which a reader installs, and pyproject.toml, which pip reads in Colab, agree on versions."""

import re
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]


def versions(packages):
    return dict(re.match(r"([\w-]+)(>=[\d.]+)", package).groups() for package in packages)


def test_both_lists_agree():
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = versions(project["dependencies"] + project["optional-dependencies"]["notebooks"])
    asked = versions(
        re.findall("^[^#\n].*", (REPOSITORY / "requirements.txt").read_text("utf-8"), re.MULTILINE)
    )
    both = wanted.keys() & asked.keys()
    assert len(both) > 9 and {name: asked[name] for name in both} == {
        name: wanted[name] for name in both
    }
