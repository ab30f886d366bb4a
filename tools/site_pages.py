"""Build the course as a static site: python tools/site_pages.py [FOLDER]

Sphinx makes pages of README, the notebooks with the outputs they were committed with, the docs and the
docstrings. Nothing is executed and nothing fetched, but for `npm ci`, which installs what web/ is built
with. The page that writes by hand goes beside them.
"""

import inspect
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import filelock
import nbformat
import public
import web_data

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
SOURCE = ROOT / "build" / "site-source"
PAGES = ("CONTRIBUTING.md", "INSTRUCTORS.md", "data/README.md")
BADGE = "https://colab.research.google.com/assets/colab-badge.svg"
# Interactive figures: each goes after the first picture behind a heading of a lesson.
FIGURES = {
    "01_rnn_and_lstm": ("The LSTM, gate by gate", "gates"),
    "02_mixture_density_networks": ("More dimensions", "mixture"),
    "05_handwriting_synthesis": ("What it looks at while it writes", "window"),
}
# Where a link to these leads on the site.
MOVED = {"README.md": "index.md", "exercises": "exercises/01_rnn_and_lstm.ipynb"}


def repository():
    """Return the address of the repository."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return project["urls"]["Repository"]


def build(site):
    """Build the whole site into a folder, which is emptied first."""
    write_source(SOURCE)
    pages = SOURCE.with_name("site-pages")  # MyST-NB leaves a folder of its own beside what it builds
    shutil.rmtree(pages, ignore_errors=True)
    run_sphinx(SOURCE, pages)
    shutil.rmtree(site, ignore_errors=True)
    shutil.copytree(pages, site)
    build_web(site)


def write_source(folder):
    """Write what Sphinx reads: copies in which all links lead somewhere on the site."""
    shutil.rmtree(folder, ignore_errors=True)
    copies = [*PAGES, "README.md"]
    copies += [path.relative_to(ROOT) for path in sorted((ROOT / "docs").iterdir())]
    for lessons in ("notebooks", "exercises"):
        copies += [path.relative_to(ROOT) for path in sorted((ROOT / lessons).glob("*.ipynb"))]
    copies = [Path(path) for path in copies if Path(path).name != "NN_title.ipynb"]
    there = {str(path) for path in copies}
    for path in copies:
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            target.write_text(with_links(read(ROOT / path), path, there), "utf-8")
        elif path.suffix == ".ipynb":
            nbformat.write(lesson(path, there), target)
        else:
            shutil.copy(ROOT / path, target)
    shutil.copytree(WEB / "sphinx" / "static", folder / "static")
    write_api(folder / "api")
    write_index(folder)


def read(path):
    return path.read_text("utf-8")


def with_links(text, path, there):
    """Return Markdown whose links to files that aren't on the site lead to the repository."""

    def relink(match):
        address, anchor = match[2], match[3] or ""
        place = os.path.normpath(path.parent / address)
        moved = MOVED.get(place)
        if moved:
            return f"{match[1]}{os.path.relpath(moved, path.parent)}{anchor})"
        if place in there:
            return match[0]
        kind = "tree" if (ROOT / place).is_dir() else "blob"
        return f"{match[1]}{repository()}/{kind}/main/{place}{anchor})"

    return re.sub(r"(\]\()(?!https?:|mailto:|#)([^)#\s]+)(#[^)]*)?\)", relink, text)


def lesson(path, there):
    """Return a notebook with its links, its badge and its interactive figure."""
    notebook = nbformat.read(ROOT / path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = with_links(cell.source, path, there).replace(BADGE, "../static/colab.svg")
    if path.parent.name == "notebooks" and path.stem in FIGURES:
        heading, name = FIGURES[path.stem]
        figure = read(WEB / "figures" / f"{name}.html").replace("\n", "")
        cell = nbformat.v4.new_markdown_cell(figure)
        notebook.cells.insert(after_picture(notebook.cells, heading), cell)
    return notebook


def after_picture(cells, heading):
    """Return where the cell after the first picture behind a heading is."""
    behind = False
    for place, cell in enumerate(cells):
        behind = behind or cell.cell_type == "markdown" and heading in cell.source.partition("\n")[0]
        outputs = cell.get("outputs", [])
        if behind and any("image/png" in output.get("data", {}) for output in outputs):
            return place + 1
    raise ValueError(f"no picture behind a heading {heading!r}")


def write_api(folder):
    """Write a page for each module, which Sphinx fills from the docstrings."""
    folder.mkdir(parents=True)
    names = []
    for name, _, own in public.modules():
        names.append(name)
        parts = [name, "=" * len(name), "", f".. automodule:: {name}", ""]
        for thing, value in own:
            is_class = inspect.isclass(value)
            parts += [f".. auto{'class' if is_class else 'function'}:: {name}.{thing}"]
            parts += ["   :members:", ""] if is_class else [""]
        (folder / f"{name}.rst").write_text("\n".join(parts), "utf-8")
    title = "The package, from its docstrings"
    rows = [title, "=" * len(title), "", ".. toctree::", "   :maxdepth: 1", ""]
    (folder / "index.rst").write_text("\n".join([*rows, *(f"   {name}" for name in names), ""]), "utf-8")


def write_index(folder):
    """Write the front page: README's story with a hand that writes its line, and the table of contents."""
    readme = read(folder / "README.md")
    line = re.search(r"^!\[.*\]\(docs/line\.svg\)$", readme, re.MULTILINE)[0]
    hand = read(WEB / "figures" / "hand.html").replace("PICTURE", line)
    front = readme.replace(line, hand)
    (folder / "index.md").write_text(f"{front}\n{read(WEB / 'sphinx' / 'contents.md')}", "utf-8")
    (folder / "README.md").unlink()


def run_sphinx(source, site):
    """Make pages, and stop at the first warning."""
    options = ["-b", "html", "-W", "--keep-going", "-q", "-c", WEB / "sphinx", "-d", ROOT / "build" / "doctrees"]
    environment = {**os.environ, "REPOSITORY": repository()}
    subprocess.run([sys.executable, "-m", "sphinx", *options, source, site], check=True, env=environment)
    shutil.rmtree(site / "_sources", ignore_errors=True)


def build_web(folder):
    """Put the page that writes, its modules and its data into a folder."""
    SOURCE.parent.mkdir(exist_ok=True)
    with filelock.FileLock(SOURCE.with_name("npm.lock")):  # two workers of the tests may come here at once
        wanted, installed = WEB / "package-lock.json", WEB / "node_modules" / ".package-lock.json"
        if not installed.is_file() or installed.stat().st_mtime < wanted.stat().st_mtime:
            npm("ci")
    subprocess.run(["node", WEB / "build.mjs", folder], check=True)
    web_data.export(folder / "data")


def npm(*arguments):
    """Run npm in web/, where package-lock.json says what it installs."""
    command = [shutil.which("npm"), *arguments, "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=WEB, check=True)


if __name__ == "__main__":
    build(Path(*sys.argv[1:] or [ROOT / "site"]))
