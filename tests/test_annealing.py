"""The five losses that benchmarks/annealing.py compares, and its table."""

import sys
from pathlib import Path

import keras
import numpy as np
import pytest

sys.path.append(str(Path(__file__).resolve().parents[1] / "benchmarks"))
import annealing  # noqa: E402
import lesson_cells  # noqa: E402


@pytest.fixture(scope="module")
def notebook():
    return lesson_cells.run(annealing.LESSON, annealing.TAG)


@pytest.mark.parametrize("name, kl, price", [
    ("neither", 2.0, 0.25 * 2), ("floor", 2.0, 0.25 * 6.4), ("annealing", 2.0, 0.0025 * 2),
    ("both", 2.0, 0.0025 * 6.4), ("floor", 9.0, 0.25 * 9), ("both", 9.0, 0.0025 * 9), ("full price", 2.0, 2.0),
])
def test_what_the_code_costs_in_the_beginning(notebook, name, kl, price):
    annealing.choose(notebook, *annealing.LOSSES[name])
    model = notebook["SketchRNN"](cells=4, components=2, reader=4, latent=2)
    points = notebook["points"][:3]
    raw = np.zeros((3, points.shape[1] - 1, 15), "float32")
    drawing = keras.ops.mean(notebook["nats"](points[:, 1:], raw))
    loss = model.compute_loss(points, y_pred=(raw, np.full(3, kl, "float32")), training=False)
    assert float(loss * points.shape[1] - drawing) == pytest.approx(price, abs=1e-3)


def test_annealing_is_over_after_600_steps(notebook):
    annealing.choose(notebook, *annealing.LOSSES["both"])
    assert notebook["eta"](600) > 0.99


def test_the_table(capsys):
    annealing.show()
    printed = capsys.readouterr().out
    assert printed.count("±") == 4 * 7 and "nan" not in printed
