"""One command gives the repository its address, and takes it back."""
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
FILES = ("CITATION.cff", "pyproject.toml", "README.md", "CONTRIBUTING.md", "INSTRUCTORS.md")


def rewrite(address, folder):
    command = [sys.executable, ROOT / "tools" / "address.py", address, folder]
    return subprocess.run(command, capture_output=True, text=True)


def contents(folder):
    return {path: path.read_text() for path in folder.rglob("*") if path.suffix in (".cff", ".ipynb", ".md", ".toml")}


def test_the_address_is_rewritten_everywhere_and_back(tmp_path):
    for name in ("notebooks", "exercises", "docs"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("*.png", ".ipynb_*"))
    for name in FILES:
        shutil.copy(ROOT / name, tmp_path)
    before = contents(tmp_path)
    old = "OWNER/handwriting-course"
    assert sum(old in text for text in before.values()) >= 15
    assert rewrite("somebody/course", tmp_path).returncode == 0
    after = contents(tmp_path)
    assert not any(old in text for text in after.values())
    assert sum("somebody/course" in text for text in after.values()) >= 15
    assert rewrite(old, tmp_path).returncode == 0
    assert contents(tmp_path) == before


def test_what_is_no_address_is_refused(tmp_path):
    assert "expected owner/name" in rewrite("https://example.org", tmp_path).stderr
