"""Lesson 10 with a file in the form of MNIST's, in place of the simulated digits."""

import numpy as np
from helpers import shortened


def test_lesson_10_learns_from_a_file_of_mnists_form(tmp_path):
    rng = np.random.default_rng(0)
    made_up = {
        f"{name}_{part}": rng.integers(256 if name == "x" else 10, size=size, dtype="uint8")
        for part, count in (("train", 70), ("test", 40))
        for name, size in (("x", (count, 28, 28)), ("y", count))
    }
    path = tmp_path / "mnist.npz"
    np.savez(path, **made_up)
    code = shortened("10_draw", {
        'CORPUS = "simulated"': f"CORPUS = {str(path)!r}",
        'pictures(8000, "train")': 'pictures(50, "train")',
        'pictures(256, "val")': 'pictures(20, "val")',
        'pictures(512, "test")': 'pictures(32, "test")',
    }).partition("FULL_TRAINING")[0]
    names = {}
    exec(code, names)
    ink = {part: made_up[f"x_{part}"] > 127 for part in ("train", "test")}
    np.testing.assert_array_equal(names["x"], ink["train"][:50])
    np.testing.assert_array_equal(names["held"], ink["train"][50:])  # none of the first fifty
    np.testing.assert_array_equal(names["unseen"], ink["test"][:32])
    np.testing.assert_array_equal(names["labels"], made_up["y_train"][:50].astype(str))
    letters, _ = names["pictures"](3, "train", "ab")  # which MNIST doesn't have
    assert letters.shape == (3, 28, 28) and letters.mean() < 0.3
    model = names["compiled"](names["AutoEncoder"](cells=2, latent=2))
    history = model.fit(names["Batches"](names["x"], 2), verbose=0).history
    assert np.isfinite(history["nats"]).all()
