"""Run notebooks from top to bottom and keep their outputs: python tools/notebooks.py [notebooks/NN_name.ipynb ...]

A notebook is written back only if every cell ran.
"""

import sys
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbconvert.preprocessors.coalescestreams import CoalesceStreamsPreprocessor

REPOSITORY = Path(__file__).resolve().parents[1]


def refresh(path):
    notebook = nbformat.read(path, as_version=4)
    NotebookClient(
        notebook, timeout=1200, record_timing=False, resources={"metadata": {"path": path.parent}}
    ).execute()
    notebook, _ = CoalesceStreamsPreprocessor().preprocess(
        notebook, {}
    )  # of a progress bar its last state is kept
    notebook.metadata = {key: notebook.metadata[key] for key in ("kernelspec", "language_info")}
    notebook.metadata.language_info.pop("version")  # the reader's Python is another
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"  # the same at each run, so that a change shows only what changed
    nbformat.write(notebook, path)


if __name__ == "__main__":
    for path in (
        map(Path, sys.argv[1:])
        if sys.argv[1:]
        else sorted((REPOSITORY / "notebooks").rglob("*.ipynb"))
    ):
        start = time.perf_counter()
        refresh(path)
        print(f"{path.stem}: {time.perf_counter() - start:.0f} s", flush=True)
