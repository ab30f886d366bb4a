"""Train a lesson's own networks for longer: python tools/train_lesson.py notebooks/NN_name.ipynb

Runs the notebook's cells that are tagged `train`, in order, with FULL_TRAINING = True. What they
train goes into runs/, and goes on from there if the command is stopped and given again.
"""

import os
import sys
from pathlib import Path

import nbformat


def training_code(path):
    """The notebook's cells tagged `train`, as one program."""
    cells = nbformat.read(path, as_version=4).cells
    tagged = [cell.source for cell in cells if "train" in cell.metadata.get("tags", [])]
    lines = "\n\n".join(tagged).splitlines()
    code = "\n".join(line for line in lines if not line.lstrip().startswith("%"))  # no magics
    assert "FULL_TRAINING = False" in code, f"{path} has nothing to train for longer"
    return code.replace("FULL_TRAINING = False", "FULL_TRAINING = True")


if __name__ == "__main__":
    notebook = Path(sys.argv[1]).resolve()
    os.chdir(notebook.parent)
    exec(compile(training_code(notebook), str(notebook), "exec"))
