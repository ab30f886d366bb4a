"""The form of the notebooks: what a reader may rely on in each of them."""
import re
from pathlib import Path

import nbformat
import pytest

REPOSITORY = Path(__file__).resolve().parents[1]
NOTEBOOKS = sorted((REPOSITORY / "notebooks").glob("*.ipynb"))
ADDRESS = re.search(r'Repository = "https://github\.com/(.+)"', (REPOSITORY / "pyproject.toml").read_text())[1]
SETUP = f"""\
%matplotlib inline
try:
    import mdn_utils  # the layers, losses and samplers of this course
except ModuleNotFoundError:  # in Colab
    %pip install -q "mdn_utils[notebooks] @ git+https://github.com/{ADDRESS}"
"""
BADGE = ("[![Open in Colab](https://colab.research.google.com/assets/colab-badge.svg)]"
         "(https://colab.research.google.com/github/{}/blob/main/notebooks/{})")


def problems(notebook, name):
    """What is wrong with the form of a notebook, one sentence each."""
    cells, found = notebook.cells, []
    code = [cell for cell in cells if cell.cell_type == "code"]
    prose = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        found.append("execution counts are not 1..n: run it from top to bottom")
    for cell in code:
        where = f"cell {cell.execution_count}"
        if cell.source.count("\n") >= 25:
            found.append(f"{where} has more than 25 lines")
        for output in cell.outputs:
            if output.output_type == "error" or output.get("name") == "stderr":
                found.append(f"{where} has an error or writes to stderr")
            if "image/png" in output.get("data", {}) and not output.metadata.get("image/png", {}).get("alt"):
                found.append(f"{where} has a picture without alternative text: plots.show(figure, alt)")
    opening, closing = cells[0].source, cells[-1].source
    for part in ("# " + name[:2], BADGE.format(ADDRESS, name), "**You should know**", "**It takes**", "!["):
        if part not in opening:
            found.append(f"the opening lacks {part!r}")
    for part in ("## What you have learnt", "## Exercises", "## References"):
        if part not in closing:
            found.append(f"the closing lacks {part!r}")
    if not code or not code[0].source.startswith(SETUP):
        found.append("the first code cell does not begin with the setup lines")
    if "![](" in prose:
        found.append("a picture in the prose has no alternative text")
    for link in re.findall(r"\]\(([^)#\s]+)", prose):
        if "://" not in link and not (REPOSITORY / "notebooks" / link).exists():
            found.append(f"the link {link} leads nowhere")
    return found


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_form(path):
    assert not problems(nbformat.read(path, as_version=4), path.name)


def good():
    v4, name = nbformat.v4, "09_name.ipynb"
    picture = v4.new_output("display_data", {"image/png": ""}, metadata={"image/png": {"alt": "a line"}})
    opening = f"# 09 Name\n{BADGE.format(ADDRESS, name)}\n![a line](../README.md)\n**You should know** **It takes**"
    closing = "## What you have learnt\n## Exercises\n## References"
    code = v4.new_code_cell(SETUP, execution_count=1, outputs=[picture, v4.new_output("stream", name="stdout")])
    return v4.new_notebook(cells=[v4.new_markdown_cell(opening), code, v4.new_markdown_cell(closing)])


def broken(change):
    notebook = good()
    change(notebook.cells)
    return problems(notebook, "09_name.ipynb")


def test_form_finds_what_it_should():
    assert not broken(lambda cells: None)
    for change, message in [
            (lambda cells: cells[1].update(execution_count=2), "counts"),
            (lambda cells: cells[1].update(source=SETUP + 25 * "\n"), "25 lines"),
            (lambda cells: cells[1].outputs[1].update(name="stderr"), "stderr"),
            (lambda cells: cells[1].outputs[0].update(metadata={}), "alternative text"),
            (lambda cells: cells[0].update(source=cells[0].source.replace("You should know", "")), "You should know"),
            (lambda cells: cells[0].update(source=cells[0].source.replace("/09_name", "/08_name")), "colab"),
            (lambda cells: cells[2].update(source="## Exercises"), "References"),
            (lambda cells: cells[1].update(source="import mdn_utils"), "setup"),
            (lambda cells: cells[0].update(source=cells[0].source + "![](../README.md)"), "alternative text"),
            (lambda cells: cells[0].update(source=cells[0].source + "[a](b.md)"), "b.md")]:
        assert message in " ".join(broken(change))
