"""The form of the notebooks and of the sheets of exercises: what a reader may rely on in each of them."""

import dis
import re
import types
from pathlib import Path

import nbformat
import pytest
from IPython.core.inputtransformer2 import TransformerManager
from spellchecker import SpellChecker

REPOSITORY = Path(__file__).resolve().parents[1]
TEMPLATE = REPOSITORY / "docs" / "NN_title.ipynb"
NOTEBOOKS = sorted((REPOSITORY / "notebooks").rglob("*.ipynb"))
PAGES = [
    REPOSITORY / name
    for name in ("README.md", "INSTRUCTORS.md", "CONTRIBUTING.md", "data/README.md")
]
PAGES += sorted((REPOSITORY / "docs").glob("*.md"))
ADDRESS = re.search(
    r'Repository = "https://github\.com/(.+)"', (REPOSITORY / "pyproject.toml").read_text()
)[1]
SETUP = f"""\
%matplotlib inline
try:
    import mdn_utils  # the layers, losses and samplers of this course
except ModuleNotFoundError:  # in Colab
    %pip install -q "mdn_utils[notebooks] @ git+https://github.com/{ADDRESS}"
    import mdn_utils
mdn_utils.silence_tensorflow()
"""
BADGE = (
    "[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]"
    "(https://colab.research.google.com/github/{}/blob/main/{}/{})"
)
NO_PROSE = re.compile(
    r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\]\([^)]*\)|https?://\S+|<[^>]+>", re.DOTALL
)
FIRST = 4  # cells, among which a reader sees the lesson's best picture
SPELLING = SpellChecker()
SPELLING.word_frequency.load_words((REPOSITORY / "tests" / "words.txt").read_text("utf-8").split())


def problems(notebook, name, sheet=False):
    """What is wrong with the form of a notebook, or of a sheet of exercises with solutions, one sentence each."""
    cells, found = notebook.cells, []
    folder = "exercises" if sheet else "notebooks"  # where a reader opens it
    code = [cell for cell in cells if cell.cell_type == "code"]
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        found.append("execution counts are not 1..n: run it from top to bottom")
    for cell in code:
        where = f"cell {cell.execution_count}"
        if cell.source.count("\n") >= 25:
            found.append(f"{where} has more than 25 lines")
        folded = cell.metadata.get("jupyter", {}).get("source_hidden")
        if not sheet and not folded and max(map(len, cell.source.split("\n"))) > 100:
            found.append(f"{where} has a line of over 100 characters, which the site cuts off")
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                found.append(f"{where} has an error or writes to stderr")
            if "image/png" in output.get("data", {}) and not output.metadata.get(
                "image/png", {}
            ).get("alt"):
                found.append(
                    f"{where} has a picture without alternative text: plots.show(figure, alt)"
                )
    numbers = list(map(int, re.findall(r"^## (\d+) ", prose, re.MULTILINE)))
    if numbers != list(range(1, len(numbers) + 1)):
        found.append(f"the sections are numbered {numbers}")
    opening, closing = cells[0].source, cells[-1].source
    title = f"# Exercises {name[:2]}" if sheet else f"# {name[:2]}"
    for part in (
        title,
        BADGE.format(ADDRESS, folder, name),
        "**You should know**",
        "**It takes**",
    ):
        if part not in opening:
            found.append(f"the opening lacks {part!r}")
    for part in (
        ("## Project",) if sheet else ("## What you have learnt", "## Exercises", "## References")
    ):
        if part not in closing:
            found.append(f"the closing lacks {part!r}")
    if not code or not code[0].source.startswith(SETUP):
        found.append("the first code cell does not begin with the setup lines")
    if not sheet and not any(is_picture(cell) for cell in cells[:FIRST]):
        found.append(f"none of the first {FIRST} cells is tagged `picture` and shows one")
    return found + page_problems(prose, REPOSITORY / folder)


def is_picture(cell):
    """Whether it is a cell with the lesson's best picture, an output, so that it travels in the file."""
    return "picture" in cell.metadata.get("tags", []) and any(
        data.startswith("image/") or data == "text/html"
        for output in cell.get("outputs", [])
        for data in output.get("data", {})
    )


def page_problems(prose, folder):
    """What is wrong with prose in Markdown that stands in `folder`, one sentence each."""
    found = ["a picture in the prose has no alternative text"] if "![](" in prose else []
    for link in re.findall(r"\]\(([^)#\s]+)", prose):
        if ":" not in link and not (folder / link).exists():
            found.append(f"the link {link} leads nowhere")
    words = set(
        re.findall(r"(?<![\w.\-/@])[a-z]+(?![\w/]|\.\w)", NO_PROSE.sub(" ", prose))
    )  # names have capitals
    return found + [
        f"is {word!r} a word? tests/words.txt" for word in sorted(SPELLING.unknown(words))
    ]


def uses(source):
    """What a cell reads before it binds it, what it binds, and what its functions will read."""
    read, bound, later = set(), set(), set()
    cell = compile(TransformerManager().transform_cell(source), "cell", "exec")
    for step in dis.get_instructions(cell):
        if step.opname == "STORE_NAME":
            bound.add(step.argval)
        elif step.opname == "LOAD_NAME":
            read |= {step.argval} - bound
        elif isinstance(step.argval, types.CodeType):  # a function, or a comprehension, which runs at once
            names = globals_of(step.argval)
            if step.argval.co_name in ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"):
                read |= names - bound
            else:
                later |= names
    return read, bound, later


def globals_of(code):
    """The globals that a code object and those inside it read."""
    steps = list(dis.get_instructions(code))
    own = {step.argval for step in steps if step.opname == "STORE_NAME"}  # of the body of a class
    names = {step.argval for step in steps if step.opname in ("LOAD_GLOBAL", "LOAD_NAME")} - own
    inside = [part for part in code.co_consts if isinstance(part, types.CodeType)]
    return names.union(*map(globals_of, inside))


def overwritten(notebook):
    """Where a cell reads what it or a later cell binds anew, one sentence each.

    Run again after that cell, the first one would quietly compute with something else.
    """
    cells = [uses(cell.source) for cell in notebook.cells if cell.cell_type == "code"]
    found, before = [], set()
    for k, (read, bound, later) in enumerate(cells):
        first = dict.fromkeys(later & (before | bound), k + 1)  # where a new binding would do harm
        first |= dict.fromkeys(read & before, k)  # in the cell itself too: it couldn't run twice
        for name, start in first.items():
            again = [n + 1 for n in range(start, len(cells)) if name in cells[n][1]]
            if again:
                found.append(f"cell {k + 1} reads {name!r}, which cell {again[0]} binds anew")
        before |= bound
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_cells_can_run_again(path):
    assert not overwritten(nbformat.read(path, as_version=4))


@pytest.mark.parametrize(
    "cells, message",
    [
        (["x = 1", "y = x", "x = 2"], "cell 2 reads 'x', which cell 3 binds anew"),
        (["x = 1", "x = x + 1"], "cell 2 reads 'x', which cell 2 binds anew"),
        (["x = 1", "y = [k * x for k in range(3)]", "for x in y: pass"], "cell 2 reads 'x'"),
        (["x = 1\ndef f(): return x", "y = f()", "x = 2"], "cell 1 reads 'x', which cell 3"),
        (["x = 1", "f = lambda: [x for _ in 'ab']", "x, y = 2, 3"], "cell 2 reads 'x'"),
        (["x = 1", "%matplotlib inline\nprint(x)", "x = 1"], "cell 2 reads 'x'"),
        (["x = 1\ny = x", "x = 2\ny = x", "def f(x): return x"], None),
        (["for k in range(3): print(k)", "y = [k for k in range(3)]", "k = 1"], None),
        (["def f(): return g()", "def g(): return 1", "f()"], None),
    ],
)
def test_overwritten_finds_what_it_should(cells, message):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    found = " ".join(overwritten(notebook))
    assert message in found if message else not found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_form(path):
    assert not problems(
        nbformat.read(path, as_version=4), path.name, path.parent.name == "solutions"
    )


def test_lesson_05_shows_real_ink():
    """Its prose describes lines of UNIPEN: run it with the variable UNIPEN set."""
    path = REPOSITORY / "notebooks" / "05_handwriting_synthesis.ipynb"
    cells = [cell for cell in nbformat.read(path, 4).cells if cell.cell_type == "code"]
    (own,) = [cell.outputs for cell in cells if "UNIPEN = os.environ" in cell.source]
    assert "unipen" in own[0].text, "run it with UNIPEN set"


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_pages(path):
    assert not page_problems(path.read_text("utf-8"), path.parent)


def broken(change, sheet=False):
    notebook = nbformat.read(TEMPLATE, as_version=4)
    if sheet:
        notebook.cells[0].source = (
            notebook.cells[0]
            .source.replace("# NN", "# Exercises NN")
            .replace("/notebooks/NN", "/exercises/NN")
        )
        notebook.cells[-1].source = "## Project"
    change(notebook.cells)
    return " ".join(problems(notebook, TEMPLATE.name, sheet))


def replaced(number, old, new):
    def change(cells):
        assert old in cells[number].source
        cells[number].source = cells[number].source.replace(old, new)

    return change


@pytest.mark.parametrize("sheet", [False, True])
def test_the_template_has_the_form(sheet):
    assert not broken(lambda cells: None, sheet)


@pytest.mark.parametrize(
    "change, message",
    [
        (lambda cells: cells[4].update(execution_count=9), "counts"),
        (lambda cells: cells[4].update(execution_count=None), "counts"),
        (lambda cells: cells[4].update(source=25 * "\n"), "25 lines"),
        (lambda cells: cells[4].update(source="#" * 101), "100 characters"),
        (lambda cells: cells[4].outputs.append(nbformat.v4.new_output("stream", name="stderr")), "stderr"),
        (lambda cells: cells[6].outputs[0].update(metadata={}), "alternative text"),
        (replaced(0, "You should know", ""), "You should know"),
        (replaced(0, "It takes", ""), "It takes"),
        (replaced(0, "# NN", "# MM"), "# NN"),
        (replaced(0, "/NN_title", "/MM_title"), "colab"),
        (lambda cells: cells[2].metadata.pop("tags"), "picture"),
        (lambda cells: cells[2].update(outputs=[]), "picture"),
        (replaced(3, "What you want", "![](../docs/line.svg)"), "alternative text"),
        (replaced(3, "What you want", "[line](../docs/lines.svg)"), "lines.svg"),
        (replaced(1, "%matplotlib inline", ""), "setup"),
        (replaced(3, "wrong", "wrogn"), "wrogn"),
        (replaced(3, "## 1 ", "## 2 "), "numbered [2"),
        (replaced(7, "What you have learnt", ""), "What you have learnt"),
        (replaced(7, "Exercises", ""), "Exercises"),
        (replaced(7, "References", ""), "References"),
    ],
)
def test_form_finds_what_it_should(change, message):
    assert message in broken(change)


@pytest.mark.parametrize(
    "change, message",
    [
        (replaced(0, "# Exercises", "#"), "# Exercises"),
        (replaced(0, "/exercises/", "/notebooks/"), "colab"),
        (replaced(7, "Project", ""), "Project"),
    ],
)
def test_form_of_a_sheet_finds_what_it_should(change, message):
    assert message in broken(change, sheet=True)
