"""Weights in files: what comes back, what is refused, and what ships."""

import hashlib
import json
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest

from mdn_utils import evaluation, weights, writing
from mdn_utils.data import corpora, prepare
from mdn_utils.errors import InputError
from mdn_utils.layers import WeightNoise
from mdn_utils.networks import PredictionNetwork, SynthesisNetwork


def network():
    keras.utils.set_random_seed(3)
    return SynthesisNetwork((8,), mixtures=2, gaussians=1)


def test_weights_come_back_with_their_record(tmp_path):
    path, model = tmp_path / "some.weights.h5", network()
    weights.save(model, path, command="a command")
    record = json.loads((tmp_path / "some.json").read_text())
    assert record["command"] == "a command" and record["parameters"] == model.count_params()
    for a, b in zip(model.get_weights(), weights.load(path).get_weights(), strict=True):
        np.testing.assert_array_equal(a.astype("float16"), b)  # kept in half precision


def test_damaged_weights_are_refused(tmp_path):
    path = tmp_path / "some.weights.h5"
    weights.save(network(), path)
    record = json.loads((tmp_path / "some.json").read_text())

    def refused(message):
        with pytest.raises(InputError, match=message):
            weights.load(path)

    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    refused("checksum")
    path.write_bytes(data)
    record["model"]["config"]["units"] = [9]
    (tmp_path / "some.json").write_text(json.dumps(record))
    refused("does not fit")
    for spoilt in (
        "{}",
        "[" * 10**5,
        json.dumps({**record, "model": {**record["model"], "config": {"units": [8.5]}}}),
    ):
        (tmp_path / "some.json").write_text(spoilt)
        refused("not a record")
    for units, message in (([10**9], "too small for the model"), ([1] * 101, "1 to 100 hidden")):
        record["model"]["config"]["units"] = units
        (tmp_path / "some.json").write_text(json.dumps(record))
        refused(message)
    with h5py.File(path, "a") as file:  # gigabytes behind a small header
        del file["head/vars/0"]
        file.create_dataset("head/vars/0", (10**9, 13), "float32", chunks=(1000, 13))
    record["model"]["config"]["units"], record["sha256"] = (
        [8],
        hashlib.sha256(path.read_bytes()).hexdigest(),
    )
    (tmp_path / "some.json").write_text(json.dumps(record))
    refused("claim more than it holds")
    (tmp_path / "some.json").unlink()
    refused("no such file")


def test_weights_and_their_record_change_together_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "some.weights.h5"
    weights.save(network(), path, command="first")
    for fails in ("write_checkpoint", "machine"):
        with monkeypatch.context() as patched, pytest.raises(OSError, match="full"):
            patched.setattr(weights, fails, lambda *_: (_ for _ in ()).throw(OSError("full")))
            weights.save(PredictionNetwork((8,), mixtures=2), path, command="second")
        assert isinstance(weights.load(path), SynthesisNetwork)
    assert len(list(tmp_path.iterdir())) == 2


@pytest.mark.parametrize(
    "wrap",
    [lambda model: model, lambda model: WeightNoise(model, 0.1, seed=2)],
    ids=["plain", "noisy"],
)
def test_any_keras_model_can_be_kept(tmp_path, wrap):
    x = keras.Input((3,))
    model = wrap(keras.Model(x, keras.layers.Dense(2)(x)))
    weights.save(model, tmp_path / "model.weights.h5")
    given = np.ones((4, 3), "float32")
    again = weights.load(tmp_path / "model.weights.h5")
    np.testing.assert_allclose(
        again.predict(given, verbose=0), model.predict(given, verbose=0), atol=1e-3
    )


def test_a_model_whose_class_a_notebook_defines_can_be_kept(tmp_path):
    @keras.saving.register_keras_serializable("a_notebook")
    class Scaled(keras.Model):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.scale = self.add_weight((2,), "ones")
            self.built = True

    Scaled.__module__ = "__main__"  # as in a notebook
    model = Scaled()
    model.scale.assign([2.0, 3.0])
    weights.save(model, tmp_path / "scaled.weights.h5")
    assert weights.load(tmp_path / "scaled.weights.h5").get_weights()[0].tolist() == [2.0, 3.0]


def test_a_class_that_is_not_registered_is_named(tmp_path):
    weights.save(network(), tmp_path / "some.weights.h5")
    record = json.loads((tmp_path / "some.json").read_text())
    record["model"].update({"registered_name": "elsewhere>Network", "module": "elsewhere"})
    (tmp_path / "some.json").write_text(json.dumps(record))
    with pytest.raises(InputError, match="'elsewhere>Network', which is not registered"):
        weights.load(tmp_path / "some.weights.h5")


OLD = Path(__file__).parent / "old_records"


@pytest.mark.parametrize("name", sorted(path.stem for path in OLD.glob("*.json")))
def test_weights_saved_by_earlier_versions_load_and_compute_the_same(name):
    text, strokes = (
        np.arange(100, 106, dtype="int32")[None],
        np.random.default_rng(1).normal(size=(1, 6, 3)),
    )
    strokes = strokes.astype("float32")
    given = {
        "text": text,
        "prediction": strokes,
        "synthesis": (strokes, np.array([[40, 73, 0]], "int32")),
    }
    model = weights.load(OLD / f"{name}.weights.h5")
    outputs = keras.ops.convert_to_numpy(model(given[name.removesuffix("_peepholes")]))[..., :13]
    with np.load(OLD / "outputs.npz") as expected:
        np.testing.assert_allclose(outputs, expected[name], atol=1e-5)


def test_weights_that_do_not_ship_are_named():
    with pytest.raises(
        InputError, match="no weights named 'mine' come with the course; .*synthesis_real"
    ):
        weights.load_shipped("mine")


# --- what ships ---

CLASSES = {
    "text": "TextNetwork",
    "prediction": "PredictionNetwork",
    "synthesis": "SynthesisNetwork",
    "reader": "Reader",
    "digits": "Functional",
}
NAMES = sorted(
    path.name.removesuffix(".weights.h5") for path in weights.SHIPPED.glob("*.weights.h5")
)


def test_these_ship():
    assert set(NAMES) >= {
        "synthesis_simulated",
        "synthesis_real",
        "prediction_simulated",
        "text_python",
    }


@pytest.mark.parametrize("name", NAMES)
def test_an_older_keras_meets_no_option_it_does_not_know(name):
    """Options that came after it are None in our models; its initializers refuse them by name."""
    model = json.loads(weights.record_path(weights.shipped_path(name)).read_text())["model"]

    def check(options):
        assert None not in options.values()
        return options

    json.loads(json.dumps(model), object_hook=check)


@pytest.mark.parametrize("name", NAMES)
def test_weights_load_and_say_where_they_come_from(name):
    path = weights.shipped_path(name)
    record = json.loads(weights.record_path(path).read_text())
    if "tools/train_lesson.py" in record["command"]:  # only its notebook has the class, and loads it
        assert path.stat().st_size <= 2_000_000
    else:
        assert path.stat().st_size <= 8_000_000
        kind = name.split("_")[0]
        assert type(weights.load(path)).__name__ == CLASSES[kind]
        own = {"digits": "python benchmarks/transducer.py"}  # trained with the cells of a lesson
        assert record["command"].startswith(own.get(kind, f"python -m mdn_utils train {kind}"))
    assert {
        "command",
        "source",
        "seed",
        "seconds",
        "machine",
        "curve",
        "parameters",
    } <= record.keys()
    # The reader was trained by a script that kept its training figures only, and the transducer
    # began with an encoder so good that its validation was low at the first look.
    figure = "training" if name in ("reader", "digits_transducer") else "validation"
    first = record
    while "before" in first:  # of a run that went on from another, the other's curve
        first = first["before"]
    assert record["curve"][-1][figure] < first["curve"][0][figure] - 0.3


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("synthesis")])
def test_lines_are_read_in_order_and_end_by_themselves(name):
    texts = [
        "You know nothing, Jon Snow.",
        "recurrent",
        "At 9:45, in Room 12!",
        "a line of about forty characters",
    ]
    for line in writing.Writer(weights.load_shipped(name)).write(texts, seed=1, bias=0.75):
        assert line.stopped
        letter = line.attention.argmax(axis=1)
        assert (
            letter[-1] >= len(line.text) - 2
            and np.corrcoef(letter, np.arange(len(letter)))[0, 1] > 0.95
        )
        assert 5 < len(line.strokes) / len(line.text) < 20


def test_reading_the_text_pays():
    """Graves, tables 3 and 4: synthesis beats prediction of the same size on the same lines."""
    lines = prepare.prepare(corpora.handwriting("simulated", "val", count=100))
    prediction, synthesis = (
        evaluation.evaluate_lines(weights.load_shipped(f"{kind}_simulated"), lines)
        for kind in ("prediction", "synthesis")
    )
    assert synthesis["nats_per_point"] < prediction["nats_per_point"] - 0.2
