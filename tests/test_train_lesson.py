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


def test_the_networks_of_lesson_13_are_trained_and_kept(tmp_path, monkeypatch):
    code = training_code(REPOSITORY / "notebooks" / "13_world_models.ipynb")
    for old, new in {
        'EPOCHS, PER_EPOCH, STARTS = {"view": 40, "memory": 20}, 100, (1, 2, 3)':
            'EPOCHS, PER_EPOCH, STARTS = {"view": 1, "memory": 1}, 2, (1,)',
        "EPISODES = 3000": "EPISODES = 70",
        "experience(500, seed=2)": "experience(70, seed=2)",
        "train_controller(encoder)": "train_controller(encoder, generations=20)",
        "episodes=64": "episodes=2",
    }.items():
        assert old in code
        code = code.replace(old, new)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    exec(code, {"__name__": "__main__"})
    runs = tmp_path / "runs"
    parts = ("encoder", "decoder", "mixture_1/weights", "mean_1/weights", "controller")
    for name in parts:
        record = json.loads((runs / f"world_{name}.json").read_text())
        assert record["curve"] and record["command"].endswith("notebooks/13_world_models.ipynb")
        assert (runs / f"world_{name}.weights.h5").is_file()
