"""Training: the budget, resuming, the best weights with their record, and the figures, each against a plain loop."""

import json
import time

import keras
import numpy as np
import pytest
from helpers import is_whole, same_end, train_a_little, training_in, wait_until
from keras import ops

from mdn_utils import compiling, evaluation, safe_files, training, weights
from mdn_utils.data.batches import LineBatches, TextBatches
from mdn_utils.data.strokes import Line
from mdn_utils.errors import InputError
from mdn_utils.layers import AdaptiveWeightNoise, WeightNoise, mixture
from mdn_utils.networks import PredictionNetwork, SynthesisNetwork, TextNetwork
from mdn_utils.writing import Writer


def lines(count, seed=0):
    rng = np.random.default_rng(seed)
    made = []
    for k in range(count):
        points = int(rng.integers(10, 30))
        strokes = np.column_stack(
            [rng.normal(0.3, 1, (points, 2)), rng.random(points) < 0.1]
        ).astype("float32")
        made.append(Line(strokes, "ab"[k % 2] * (points // 6), f"writer {k}"))
    return made


def network(kind="synthesis", units=(8,), **compiled):
    keras.utils.set_random_seed(3)
    made = {
        "text": lambda: TextNetwork(units),
        "prediction": lambda: PredictionNetwork(units, mixtures=2),
        "synthesis": lambda: SynthesisNetwork(units, mixtures=2, gaussians=1),
    }[kind]()
    compiling.compile_network(made, **compiled)
    return made


def stream(**options):
    return LineBatches(
        lines(12), points=64, steps=4, seed=1, shapes=1, **options
    )  # one shape: one to compile


def test_training_lowers_the_loss_and_keeps_a_curve(tmp_path):
    curve = training.fit(
        network(rate=0.01), stream(), LineBatches(lines(4, 9)), tmp_path, epochs=15
    )
    assert [point["step"] for point in curve] == list(range(4, 64, 4))
    assert curve[-1]["training"] < curve[0]["training"] - 0.1
    best = min(point["validation"] for point in curve)
    best_network = weights.load(tmp_path / training.BEST_WEIGHTS)
    exact = evaluation.evaluate_lines(best_network, lines(4, 9))["nats_per_point"]
    assert best == pytest.approx(exact, abs=2e-4)


def test_a_killed_run_goes_on_and_ends_where_an_undisturbed_one_does(tmp_path, monkeypatch):
    whole, broken, validation = network(), network(), LineBatches(lines(4, 9))
    undisturbed = training.fit(
        whole, stream(augment=True), validation, tmp_path / "whole", epochs=3
    )
    counted = training.RunCallback.on_train_batch_end

    def killed(journal, batch, logs=None):
        counted(journal, batch, logs)
        if journal.state["step"] == 6:  # in the middle of the second epoch
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(training.RunCallback, "on_train_batch_end", killed)
        training.fit(broken, stream(augment=True), validation, tmp_path / "broken", epochs=3)
    again = network()
    resumed = training.fit(again, stream(augment=True), validation, tmp_path / "broken", epochs=3)
    for a, b in zip(whole.get_weights(), again.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-5)
    figures = [
        [(point["training"], point["validation"]) for point in curve]
        for curve in (undisturbed, resumed)
    ]
    np.testing.assert_allclose(*figures, atol=2e-4)
    assert len(list((tmp_path / "broken").glob("checkpoint-*.weights.h5"))) == 1


def test_a_run_killed_by_force_goes_on_too_and_its_folder_is_locked_as_long_as_it_lives(tmp_path):
    out = tmp_path / "killed"

    def locked():
        try:
            with safe_files.exclusive(out):
                return False
        except InputError as error:
            return "another run is at work there" in str(error)

    with training_in(out) as run:  # killed while it writes
        assert wait_until(lambda: list(out.glob(".*-checkpoint-*")), run)
    is_whole(out)
    assert not locked()
    with training_in(out) as run:  # killed between two checkpoints
        assert wait_until(lambda: (out / training.STATE).exists(), run)
        assert locked()
        time.sleep(0.05)
    is_whole(out)
    (out / ".1-weights.weights.h5").write_text("left over")
    with training_in(out) as run:
        run.join()
        assert run.exitcode == 0
    train_a_little(tmp_path / "whole")
    same_end(out, tmp_path / "whole")


def test_the_time_budget_is_kept_and_nothing_is_left_to_do_afterwards(tmp_path):
    curve = training.fit(network(), stream(), LineBatches(lines(4, 9)), tmp_path, minutes=0.02)
    assert 0.02 <= curve[-1]["minutes"] < 1
    again = training.fit(network(), stream(), LineBatches(lines(4, 9)), tmp_path, minutes=0.02)
    assert again == curve


def test_a_folder_is_for_one_run(tmp_path):
    training.fit(network(), stream(), LineBatches(lines(4, 9)), tmp_path, epochs=1)
    keras.utils.set_random_seed(3)
    with pytest.raises(InputError, match="another run"):
        training.fit(network(units=(9,)), stream(), None, tmp_path, epochs=2)
    state = json.loads((tmp_path / "state.json").read_text())
    for spoilt in (
        {"step": -1},
        {"step": 1.5},
        {"epoch": "1"},
        {"curve": [1]},
        {"peak": float("nan")},
    ):
        (tmp_path / "state.json").write_text(json.dumps({**state, **spoilt}))
        with pytest.raises(InputError, match="damaged"):
            training.fit(network(), stream(), None, tmp_path, epochs=2)
    (tmp_path / "state.json").write_text(json.dumps(state))
    (checkpoint,) = tmp_path.glob("checkpoint-*")
    checkpoint.write_bytes(checkpoint.read_bytes()[:-1000])
    with pytest.raises(InputError, match="checkpoint-4.*does not fit"):
        training.fit(network(), stream(), None, tmp_path, epochs=2)
    for budget in ({"minutes": -1}, {"epochs": 0}, {}):
        with pytest.raises(InputError, match="above 0"):
            training.fit(network(), stream(), None, tmp_path, **budget)


def test_early_stopping(tmp_path):
    model = network()
    flat = Flat(lines(4), points=64)
    curve = training.fit(model, stream(), flat, tmp_path, epochs=20, patience=2)
    assert len(curve) == 3  # one best, two without a better one


def test_training_stops_where_the_loss_is_no_longer_finite_and_keeps_what_was_before(tmp_path):
    class Torn(LineBatches):
        def batch(self, n):
            inputs, strokes, mask = super().batch(n)
            return inputs, strokes * (np.nan if n == 9 else 1), mask

    with pytest.raises(InputError, match="at step 8 the loss is nan"):
        training.fit(
            network(),
            Torn(lines(12), points=64, steps=4),
            LineBatches(lines(4, 9)),
            tmp_path,
            epochs=3,
        )
    assert json.loads((tmp_path / "state.json").read_text())["step"] == 4
    assert all(
        np.isfinite(weight).all()
        for weight in weights.load(tmp_path / training.BEST_WEIGHTS).get_weights()
    )


@pytest.fixture
def policy():
    yield keras.config.set_dtype_policy
    keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize("half", ["float16", "bfloat16", "mixed_float16"])
def test_half_precision_is_refused(policy, half):
    policy(half)
    with pytest.raises(InputError, match=f"in {half}: .* mixed_bfloat16"):
        network()


@pytest.mark.parametrize("peepholes", [False, True])
def test_mixed_precision_trains_like_float32(tmp_path, policy, peepholes):
    inputs, targets, mask = LineBatches(lines(12), points=1000)[0]

    def trained(name, start_weights=None):
        policy(name)
        keras.utils.set_random_seed(3)
        made = SynthesisNetwork((8, 8), mixtures=2, gaussians=1, peepholes=peepholes)
        start = made.get_weights()
        made.set_weights(start_weights or start)
        compiling.compile_network(made, rate=0.01)
        return (
            made,
            start,
            [
                made.train_on_batch(inputs, targets, mask, return_dict=True)["nats"]
                for _ in range(40)
            ],
        )

    mixed, start, rough = trained("mixed_bfloat16")
    assert [layer.compute_dtype for layer in (mixed.window, *mixed.hidden, mixed.head)] == [
        "float32",
        "bfloat16",
        "float32",
    ]
    assert {weight.dtype for weight in mixed.get_weights()} == {np.dtype("float32")}
    assert Writer(mixed).write("ab", limit=5).strokes.dtype == np.float32
    _, _, exact = trained("float32", start)
    assert exact[-1] < exact[0] - 0.3
    np.testing.assert_allclose(np.float32(rough), np.float32(exact), atol=0.05)
    assert np.any(np.float32(rough) != np.float32(exact))  # it was another precision


class Flat(LineBatches):
    """Validation without any point: its figure stays 0 whatever is learnt."""

    def batch(self, n):
        inputs, strokes, mask = super().batch(n)
        return inputs, strokes, mask * 0


@pytest.mark.parametrize("method", ["adam", "graves"])
def test_the_optimizers_are_the_stated_ones(method):
    config = compiling.optimizer(method).get_config()
    if method == "graves":  # equations 38-45
        expected = {
            "learning_rate": 1e-4,
            "rho": 0.95,
            "momentum": 0.9,
            "epsilon": 1e-4,
            "centered": True,
        }
        assert {key: pytest.approx(config[key]) for key in expected} == expected
    else:
        assert config["global_clipnorm"] == 1.0


@pytest.mark.parametrize("kind", ["synthesis", "prediction"])
def test_figures_equal_a_plain_loop_over_the_lines(kind):
    model, corpus = network(kind), lines(7)
    total, squares = 0.0, 0.0
    for line in corpus:
        text = np.array([[ord(c) - 31 for c in line.text] + [0]], "int32")
        x = line.strokes[None, :-1]
        raw = model((x, text) if kind == "synthesis" else x)
        total += float(ops.sum(mixture.nats(line.strokes[None, 1:], raw)))
        parts = mixture.parameters(raw)
        mean = (
            ops.convert_to_numpy(parts.weight)[0, :, :, None] * ops.convert_to_numpy(parts.mean)[0]
        )
        squares += float(((line.strokes[1:, :2] - mean.sum(1)) ** 2).sum())
    figures, points = (
        evaluation.evaluate_lines(model, corpus),
        sum(len(line.strokes) - 1 for line in corpus),
    )
    assert figures["sequences"] == 7 and figures["points"] == points
    assert figures["nats_per_point"] == pytest.approx(total / points, rel=1e-4)
    assert figures["nats_per_sequence"] == pytest.approx(total / 7, rel=1e-4)
    assert figures["sse_per_point"] == pytest.approx(squares / points, rel=1e-4)


def test_bits_per_character_of_a_network_that_knows_nothing_is_eight():
    model = network("text")
    model.set_weights([np.zeros_like(weight) for weight in model.get_weights()])
    figures = evaluation.evaluate_text(model, b"to be or not to be" * 20, length=50)
    assert figures == {"bytes": 350, "bits_per_character": pytest.approx(8, abs=1e-5)}


def test_text_training_runs(tmp_path):
    text = b"abab" * 100
    curve = training.fit(
        network("text"),
        TextBatches(text, 20, 8, steps=20),
        TextBatches(text, 20, 8, steps=1),
        tmp_path,
        epochs=6,
    )
    assert curve[-1]["validation"] < np.log(256) - 0.5


class Pairs(keras.utils.PyDataset):
    """Inputs and twice as large targets."""

    def __len__(self):
        return 5

    def __getitem__(self, index):
        x = np.random.default_rng(index).normal(size=(8, 3)).astype("float32")
        return x, 2 * x


def functional(wrap=lambda model: model):
    keras.utils.set_random_seed(3)
    x = keras.Input((3,))
    model = wrap(keras.Model(x, keras.layers.Dense(3, name="dense")(x)))
    model.compile(keras.optimizers.Adam(0.1), "mse", metrics=["mae"])
    return model


@pytest.mark.parametrize(
    "wrap",
    [
        lambda model: model,
        lambda model: WeightNoise(model, 0.01, seed=1),
        lambda model: AdaptiveWeightNoise(model, sequences=100, seed=1),
    ],
    ids=["functional", "noisy", "adaptive"],
)
def test_any_compiled_model_trains_resumes_and_comes_back(tmp_path, wrap):
    options = {"monitor": "val_mae", "epochs": 4, "source": "an example"}
    whole = training.fit(functional(wrap), Pairs(), Pairs(), tmp_path / "whole", **options)
    assert whole[-1]["validation"] < whole[0]["validation"]
    first = functional(wrap)
    training.fit(first, Pairs(), Pairs(), tmp_path / "whole", **options)  # nothing is left to do
    again = weights.load(tmp_path / "whole" / training.BEST_WEIGHTS)
    assert type(again).__name__ == type(first).__name__
    x = Pairs()[0][0]
    (checkpoint,) = (tmp_path / "whole").glob("checkpoint-*")
    training.read_checkpoint(first, checkpoint)
    np.testing.assert_allclose(
        ops.convert_to_numpy(again(x)), ops.convert_to_numpy(first(x)), atol=1e-2
    )


def test_a_metric_that_is_not_there_is_named(tmp_path):
    with pytest.raises(InputError, match="monitor='val_nats': the model reports .*val_mae"):
        training.fit(functional(), Pairs(), Pairs(), tmp_path, epochs=1)


def test_a_model_that_is_not_compiled_is_refused(tmp_path):
    with pytest.raises(InputError, match="compile it first"):
        training.fit(TextNetwork((4,)), Pairs(), Pairs(), tmp_path, epochs=1)
