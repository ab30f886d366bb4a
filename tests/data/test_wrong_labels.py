"""Lines whose label can't be right are left out of training, and only there."""
import numpy as np
import pytest

from mdn_utils.data import line_files, simulated, unipen, wrong_labels
from mdn_utils.data.strokes import Line


@pytest.fixture
def root(tmp_path):
    lines = [Line(simulated.write(text, seed=seed), text, "me") for seed, text in enumerate("abc")]
    for split in ("train", "val"):
        line_files.save_lines(tmp_path / f"unipen_words_{split}.npz", lines)
    return tmp_path


def test_a_listed_line_is_left_out_of_training_only(root, tmp_path, monkeypatch):
    first = next(unipen.lines(root, "train", clean=False))
    listed = tmp_path / "list.txt"
    listed.write_text(wrong_labels.key(first) + "\n")
    monkeypatch.setattr(wrong_labels, "LIST", listed)
    wrong_labels._wrong.cache_clear()
    try:
        assert [line.text for line in unipen.lines(root, "train")] == ["b", "c"]
        assert [line.text for line in unipen.lines(root, "train", clean=False)] == ["a", "b", "c"]
        assert [line.text for line in unipen.lines(root, "val")] == ["a", "b", "c"]
    finally:
        wrong_labels._wrong.cache_clear()


def test_the_key_knows_neither_scale_nor_sampling():
    line = Line(simulated.write("key", seed=1), "key", "me")
    scaled = line._replace(strokes=line.strokes * np.float32([40, 40, 1]))
    assert wrong_labels.key(line) == wrong_labels.key(scaled)
    for other in (line._replace(text="keys"), line._replace(writer="you")):
        assert wrong_labels.key(line) != wrong_labels.key(other)


def test_the_list_that_ships_holds_hashes():
    keys = wrong_labels.LIST.read_text().split()
    assert len(keys) == len(set(keys)) > 100
    assert all(len(key) == 12 and int(key, 16) >= 0 for key in keys)
