"""Give the repository its address everywhere: python tools/address.py owner/name [FOLDER]

It is named in pyproject.toml, CITATION.cff, in the badges and setup cells of all notebooks, and in the docs.
"""

import re
import sys
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
FOLDERS = ("notebooks", "exercises", "docs")
PAGES = ("CITATION.cff", "pyproject.toml", "README.md", "CONTRIBUTING.md", "INSTRUCTORS.md")


def rewrite(address, root=REPOSITORY):
    """Replace the address that pyproject.toml names by `address`; return the files that changed."""
    if not re.fullmatch(r"[\w.-]+/[\w.-]+", address):
        sys.exit(f"{address!r}: expected owner/name")
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))["project"]
    old = project["urls"]["Repository"].removeprefix("https://github.com/")
    files = [root / page for page in PAGES]
    for folder in FOLDERS:
        files += [*(root / folder).rglob("*.ipynb"), *(root / folder).rglob("*.md")]
    changed = []
    for file in files:
        text = file.read_text("utf-8")
        new = re.sub(rf"(?<![\w-]){re.escape(old)}(?![\w-])", address, text)
        if new != text:
            file.write_text(new, "utf-8")
            changed.append(file)
    return changed


if __name__ == "__main__":
    for file in rewrite(sys.argv[1], *map(Path, sys.argv[2:])):
        print(file)
