"""Make the student copies of the exercises: python tools/assignments.py

notebooks/solutions/NN_name.ipynb, with the answers, becomes exercises/NN_name.ipynb, without answers, outputs and
marking schemes, by the steps of nbgrader when it releases an assignment.
"""

from pathlib import Path

import nbformat
from nbgrader import preprocessors
from traitlets.config.loader import PyFileConfigLoader

REPOSITORY = Path(__file__).resolve().parents[1]
SOLUTIONS, EXERCISES = REPOSITORY / "notebooks" / "solutions", REPOSITORY / "exercises"
STEPS = (
    "LockCells",
    "ClearSolutions",
    "ClearOutput",
    "CheckCellMetadata",
    "ClearHiddenTests",
    "ClearMarkScheme",
)


def student_copy(notebook):
    """The notebook that students get, as nbformat writes it, from one with solutions."""
    config = PyFileConfigLoader("nbgrader_config.py", str(REPOSITORY)).load_config()
    notebook, resources = nbformat.from_dict(notebook), {}
    for step in STEPS:
        notebook, resources = getattr(preprocessors, step)(config=config).preprocess(
            notebook, resources
        )
    return nbformat.writes(notebook) + "\n"


if __name__ == "__main__":
    EXERCISES.mkdir(exist_ok=True)
    for path in sorted(SOLUTIONS.glob("*.ipynb")):
        (EXERCISES / path.name).write_text(student_copy(nbformat.read(path, as_version=4)), "utf-8")
