"""The command that trains a lesson's own networks, for a few steps."""

import json
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
sys.path.append(str(REPOSITORY / "tools"))
from train_lesson import training_code  # noqa: E402


def test_the_networks_of_lesson_10_are_trained_and_kept(tmp_path, monkeypatch):
    code = training_code(REPOSITORY / "notebooks" / "10_draw.ipynb")
    for old, new in {
        "PER_EPOCH, SEEDS = 32, 125": "PER_EPOCH, SEEDS = 1, 2",
        'pictures(3000, "train")': 'pictures(64, "train")',
        'pictures(256, "val")': 'pictures(32, "val")',
    }.items():
        assert old in code
        code = code.replace(old, new)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    exec(code, {"__name__": "__main__"})
    runs = tmp_path / "runs"
    for name in ("draw_window_1/weights", "draw_autoencoder_1/weights", "draw_decoder"):
        record = json.loads((runs / f"{name}.json").read_text())
        assert record["curve"] and record["command"].endswith("notebooks/10_draw.ipynb")
        assert (runs / f"{name}.weights.h5").is_file()


def test_the_networks_of_lesson_12_are_trained_and_kept(tmp_path, monkeypatch):
    code = training_code(REPOSITORY / "notebooks" / "12_robojam.ipynb")
    for old, new in {
        "PER_EPOCH, SEED = 20, 100": "PER_EPOCH, SEED = 1, 2",
        'performances(4000, 101, "train")': 'performances(64, 11, "train")',
        'performances(256, 101, "val")': 'performances(32, 11, "val")',
def test_the_networks_of_lesson_11_are_trained_and_kept(tmp_path, monkeypatch):
    code = training_code(REPOSITORY / "notebooks" / "11_sketch_rnn.ipynb")
    for old, new in {
        '"decoder": 22, "vae": 14}, 50': '"decoder": 1e-3, "vae": 1e-3}, 1',
        "Sketcher(), (points": "Sketcher(8, 2), (points",
        "SketchRNN(seed=1)": "SketchRNN(8, 2, 4, 2)",
    }.items():
        assert old in code
        code = code.replace(old, new)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    exec(code, {"__name__": "__main__"})
    record = json.loads((tmp_path / "runs" / "robojam" / "weights.json").read_text())
    assert record["curve"] and record["command"].endswith("notebooks/12_robojam.ipynb")
    runs = tmp_path / "runs"
    for name in ("sketch_vae/weights", "sketch_decoder"):
        record = json.loads((runs / f"{name}.json").read_text())
        assert record["curve"] and record["command"].endswith("notebooks/11_sketch_rnn.ipynb")
        assert (runs / f"{name}.weights.h5").is_file()
