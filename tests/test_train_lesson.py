"""The command that trains a lesson's own networks, for a few steps."""

import json

import pytest
from helpers import shortened

# by lesson: what makes its training short, and the weights it leaves in runs/
LESSONS = {
    "09_sequence_to_sequence": (
        {
            "PER_EPOCH, SEEDS = 50, (1, 2, 3)": "PER_EPOCH, SEEDS = 1, (1,)",
            "pairs_of(CORPUS, 8000)": "pairs_of(CORPUS, 600)",
            "pairs_of(CORPUS, 6000, digits=9)": "pairs_of(CORPUS, 600, digits=9)",
            ", 0.01, 10)": ", 0.01, 1)",
            ", 0.01, 6)": ", 0.01, 1)",
            "((1, 64), (2, 46), (3, 38))": "()",
            ", 0.01, 20) for layers in (2, 3)": ", 0.01, 1) for layers in (2,)",
            "widths=(1, 2, 12)": "widths=(1, 2)",
            "count=3000, held=500": "count=64, held=8",
            "Batches(scenes, scenes.held), 10": "Batches(scenes, scenes.held), 1",
            "((1, 2, 3), (4, 5, 6), (7, 8, 9)), (50, 100, 150)": "((1, 1),), (150,)",
            "for kind in KINDS}": 'for kind in ("vector", "2x64")}',  # the others are above, or differ in the data
            '"reversed", 1, 16': '"reversed", 1, 1',
            '"attention", 1, 9': '"attention", 1, 1',
        },
        ["translate_numbers", "translate_attention", "translate_vector_1", "translate_2x64_1"]
        + ["translate_captions_150_1"],
    ),
    "10_draw": (
        {
            "SEEDS = 20, 100, (1, 2, 3)": "SEEDS = 1, 2, (1,)",
            'pictures(8000, "train")': 'pictures(64, "train")',
            'pictures(256, "val")': 'pictures(32, "val")',
            'pictures(512, "test")': 'pictures(32, "test")',
            '(8000, "train"), (256, "val")': '(64, "train"), (32, "val")',
            "product(SEEDS, sets, KINDS)": 'product(SEEDS, ["digits"], ["autoencoder", "window"])',
            "epochs=3 * EPOCHS": "epochs=EPOCHS",
        },
        ["draw_window_digits_1/weights", "draw_autoencoder_digits_1/weights"]
        + ["draw_window_letters_1/weights", "draw_decoder"],
    ),
    "11_sketch_rnn": (
        {
            '"decoder": 30, "vae": 20}, 50': '"decoder": 1e-3, "vae": 1e-3}, 1',
            "Sketcher(), (points": "Sketcher(8, 2), (points",
            "SketchRNN(seed=1)": "SketchRNN(8, 2, 4, 2)",
            '("no code", "code"), 12, (1, 2, 3)': '("no code", "code"), 1, (1,)',
            "SketchRNN(seed=seed)": "SketchRNN(8, 2, 4, 2)",
            "Sketcher(128, 10)": "Sketcher(8, 2)",
        },
        ["sketch_vae/weights", "sketch_decoder", "sketch_code_1/weights"]
        + ["sketch_no_code_1/weights"],
    ),
    "12_robojam": (
        {
            "PER_EPOCH, SEED = 20, 100": "PER_EPOCH, SEED = 1, 2",
            "STARTS, LONGER = (1, 2, 3, 4, 5, 6), 1000": "STARTS, LONGER = (1,), 2",
            'performances(4000, 101, "train")': 'performances(64, 11, "train")',
            'performances(256, 101, "val")': 'performances(32, 11, "val")',
        },
        ["robojam/weights"],
    ),
    "13_world_models": (
        {
            '{"view": 40, "memory": 20}, 100, (1, 2, 3)': '{"view": 1, "memory": 1}, 2, (1,)',
            "EPISODES = 3000": "EPISODES = 70",
            "experience(500, seed=2)": "experience(70, seed=2)",
            "train_controller(encoder)": "train_controller(encoder, generations=20)",
            "episodes=64": "episodes=2",
        },
        ["world_encoder", "world_decoder", "world_mixture_1/weights", "world_mean_1/weights"]
        + ["world_controller"],
    ),
}


@pytest.mark.parametrize("lesson", LESSONS)
def test_a_lessons_networks_are_trained_and_kept(lesson, tmp_path, monkeypatch):
    shorter, names = LESSONS[lesson]
    code = shortened(lesson, shorter)
    (tmp_path / "notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "notebooks")
    exec(code, {"__name__": "__main__"})
    for name in names:
        record = json.loads((tmp_path / "runs" / f"{name}.json").read_text())
        assert record["curve"] and record["command"].endswith(f"notebooks/{lesson}.ipynb")
        assert (tmp_path / "runs" / f"{name}.weights.h5").is_file()
