"""The weights that ship: small, whole, with their story, and as good as the README says in kind."""
import json

import numpy as np
import pytest

from mdn_utils import corpora, training, writing

NAMES = sorted(path.name.removesuffix(".weights.h5") for path in training.WEIGHTS.glob("*.weights.h5"))


def test_these_ship():
    assert set(NAMES) >= {"synthesis_simulated", "synthesis_real", "prediction_simulated", "text_python"}


@pytest.mark.parametrize("name", NAMES)
def test_weights_load_and_say_where_they_come_from(name):
    path = training.shipped(name)
    assert path.stat().st_size <= 8_000_000
    assert training.load(path).kind == name.split("_")[0]
    record = json.loads(training.record_of(path).read_text())
    assert {"command", "source", "seed", "seconds", "machine", "curve", "parameters"} <= record.keys()
    assert record["command"].startswith(f"python -m mdn_utils train {name.split('_')[0]}")
    curve = [point["validation"] for point in record["curve"]]
    assert curve[-1] < curve[0] - 0.3


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("synthesis")])
def test_lines_are_read_in_order_and_end_by_themselves(name):
    texts = ["You know nothing, Jon Snow.", "recurrent", "At 9:45, in Room 12!", "a line of about forty characters"]
    for line in writing.Writer(training.load(training.shipped(name))).write(texts, seed=1, bias=0.75):
        assert line.stopped
        letter = line.attention.argmax(axis=1)
        assert letter[-1] >= len(line.text) - 2 and np.corrcoef(letter, np.arange(len(letter)))[0, 1] > 0.95
        assert 5 < len(line.strokes) / len(line.text) < 20


def test_reading_the_text_pays():
    """Graves, tables 3 and 4: synthesis beats prediction of the same size on the same lines."""
    lines = training.prepare(corpora.handwriting("simulated", "val", count=100))
    prediction, synthesis = (training.evaluate(training.load(training.shipped(f"{kind}_simulated")), lines)
                             for kind in ("prediction", "synthesis"))
    assert synthesis["nats_a_point"] < prediction["nats_a_point"] - 0.2
