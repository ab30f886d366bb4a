"""The notebooks' switch FULL_TRAINING: the network at the paper's size, trained for a few steps."""

import json
import math
from pathlib import Path

import nbformat
import numpy as np
import pytest

from mdn_utils.data import texts

NOTEBOOKS = Path(__file__).resolve().parents[1] / "notebooks"
PYTHON = texts.load("python")[:12_000]  # three steps
# what a few steps change in the cell, the names it takes from cells before it, the network that it trains
CASES = {
    "03_text_prediction": (
        {"((1000,), 10)": "((1000,), 1)"},
        {"readings": {}, "read": lambda *_: np.zeros(1)},
        {"units": [1000]},
    ),
    "04_handwriting_prediction": (
        {"10_000, 200, None": "20, 1, 2"},
        {"CORPUS": "simulated", "ROOT": None},
        {"units": [400, 400, 400], "mixtures": 20, "peepholes": True},
    ),
    "05_handwriting_synthesis": (
        {"20_000": "20", "200, 400,": "2, 1,"},
        {},
        {"units": [400, 400, 400], "mixtures": 20, "gaussians": 10, "peepholes": True},
    ),
    "07_reading_handwriting": (
        {"20_000": "40", "200, 100,": "2, 1,"},
        {},
        {"units": [128, 128, 128]},
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_full_training_runs(name, tmp_path, monkeypatch):
    changes, names, network = CASES[name]
    monkeypatch.setattr(
        texts, "load", lambda corpus, split="train": PYTHON if split == "train" else PYTHON[:4000]
    )
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    cells = [
        cell.source
        for cell in nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4).cells
        if cell.cell_type == "code"
    ]
    imports = cells[0].partition("silence_tensorflow()\n")[2]
    (switch,) = [cell for cell in cells if "FULL_TRAINING = False" in cell]
    for old, new in {"FULL_TRAINING = False": "FULL_TRAINING = True", **changes}.items():
        assert old in switch
        switch = switch.replace(old, new)
    exec(imports + "\n" + switch, dict(names))
    (record,) = [json.loads(path.read_text()) for path in tmp_path.rglob("weights.json")]
    assert network.items() <= record["model"]["config"].items()
    assert math.isfinite(record["curve"][-1]["validation"])
