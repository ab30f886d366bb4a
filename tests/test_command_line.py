"""The command line as a person uses it: results, and one sentence in place of a traceback."""

import io
import json
from hashlib import sha256

import keras
import numpy as np
import pytest

from mdn_utils import drawing, pages, training, weights
from mdn_utils.__main__ import main
from mdn_utils.data import corpora, line_files, simulated, strokes
from mdn_utils.networks import SynthesisNetwork, TextNetwork

SHIPPED = str(weights.shipped_path("prediction_simulated"))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    keras.utils.set_random_seed(1)
    path = tmp_path_factory.mktemp("weights") / "tiny.weights.h5"
    weights.save(SynthesisNetwork((8,), mixtures=2, gaussians=1), path)
    return path


@pytest.fixture(scope="module")
def own_lines(tmp_path_factory):
    path = tmp_path_factory.mktemp("lines") / "own.json"
    line_files.save_lines(
        path,
        [strokes.Line(simulated.write("one line", seed=k), "one line", f"w{k}") for k in range(30)],
    )
    return path


def refused(capsys, *arguments):
    """The single sentence that bad arguments end in."""
    with pytest.raises(SystemExit) as ended:
        main(list(map(str, arguments)))
    assert ended.value.code not in (0, None)
    printed = capsys.readouterr().err.strip() + (
        ended.value.code if isinstance(ended.value.code, str) else ""
    )
    assert "Traceback" not in printed
    return printed


@pytest.mark.parametrize("suffix", drawing.SUFFIXES)
def test_write_makes_a_file_and_one_seed_makes_one_result(tmp_path, tiny, suffix):
    for name in "ab":
        main(
            [
                "write",
                "--tries",
                "1",
                "Hi.",
                "--weights",
                str(tiny),
                "--seed",
                "7",
                "--out",
                str(tmp_path / f"{name}{suffix}"),
            ]
        )
    assert (tmp_path / f"a{suffix}").read_bytes() == (tmp_path / f"b{suffix}").read_bytes()


def test_a_file_name_that_is_no_unicode(tmp_path, monkeypatch, tiny):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(
        "sys.stdout", io.TextIOWrapper(io.BytesIO(), "utf-8")
    )  # as strict as a terminal's
    main(["write", "Hi.", "--tries", "1", "--weights", str(tiny), "--out", "\udcff.svg"])
    assert len(list(tmp_path.iterdir())) == 1


def test_what_was_written_can_prime_the_next_line(tmp_path):
    first, second = tmp_path / "first.json", tmp_path / "second.npz"
    main(["write", "the first line", "--out", str(first)])
    main(["write", "second", "--prime", str(first), "--out", str(second)])
    assert line_files.load_lines(second)[0].text == "second"


@pytest.mark.parametrize(
    "arguments, message",
    [
        (["write", "straße, Łódź, 日"], "cannot write 'ß', 'Ł', '日'; known are A-Z"),
        (["write", ""], "empty"),
        (["write", "a", "--bias", "-1"], "bias"),
        (["write", "a", "--out", "a.jpeg"], ".svg"),
        (["write", "a", "--seed", "-1"], "seed"),
        (["write", "a", "--weights", "none.weights.h5"], "no such file"),
        (["write", "a", "--prime", "none.json"], "no such file"),
        (["write", "a", "--out", "/dev/null/a.svg"], "/dev/null"),
        (["write", "a", "--bias", "much"], "bias"),
        (["scribble"], "scribble"),
        ([], "command"),
        (["evaluate", "none.weights.h5", "--corpus", "simulated"], "no such file"),
        (["train", "synthesis", "--corpus", "iam", "--minutes", "1", "--out", "x"], "root"),
        (["train", "synthesis", "--corpus", "simulated", "--out", "x"], "minutes"),
        (
            ["train", "text", "--corpus", "python", "--minutes", "1", "--seed", "-1", "--out", "x"],
            "seed",
        ),
        (["write", " "], "empty"),
        (["write", "a", "--prime-text", "b"], "--prime"),
        (
            "train synthesis --corpus simulated --minutes 1 --size large --out x".split(),
            "2x256",
        ),
        (
            "train text --corpus python --minutes 1 --size 0x8 --out x".split(),
            "2x256",
        ),
        (
            "train text --corpus python --minutes 1 --size 9999999x9999999 --out x".split(),
            "at most",
        ),
        (
            "train text --corpus python --minutes 1 --size 1111x4 --out x".split(),
            "1 to 100 hidden layers",
        ),
        (
            "train text --corpus python --minutes 1 --size 1x8 --patience 0 --out x".split(),
            "patience",
        ),
        (
            "train text --corpus python --minutes 1 --size 1x8 --rate 0 --out x".split(),
            "learning rate",
        ),
        (
            "train prediction --corpus simulated --minutes 1 --mixtures 0 --out x".split(),
            "mixtures=0",
        ),
        (
            "train text --corpus python --minutes 1 --mixtures 9 --out x".split(),
            "--mixtures is not for text",
        ),
        (
            "train text --corpus python --minutes 1 --dropout 0.4 --out x".split(),
            "--dropout is not for text",
        ),
        (
            "train synthesis --corpus simulated --minutes 1 --start none.weights.h5 --out x".split(),
            "no such file",
        ),
        (
            [
                *"train synthesis --corpus simulated --minutes 1 --start".split(),
                SHIPPED,
                *"--gaussians 8 --out x".split(),
            ],
            "its own size",
        ),
        (
            [
                *"train synthesis --corpus simulated --minutes 1 --start".split(),
                SHIPPED,
                *"--out x".split(),
            ],
            "is a PredictionNetwork",
        ),
        (["evaluate", SHIPPED, "--corpus", "simulated", "--lines", "0"], "at least 1"),
    ],
)
def test_mistakes_end_in_one_sentence(tmp_path, monkeypatch, capsys, tiny, arguments, message):
    monkeypatch.chdir(tmp_path)
    if arguments[:1] == ["write"] and "--weights" not in arguments:
        arguments = [*arguments, "--weights", tiny]
    assert message in refused(capsys, *arguments)
    assert not list(tmp_path.iterdir())


def test_a_stopped_training_says_how_to_go_on(tmp_path, monkeypatch, capsys, own_lines):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(training, "fit", interrupted)
    assert "goes on" in refused(
        capsys,
        "train",
        "prediction",
        "--corpus",
        own_lines,
        "--size",
        "1x8",
        "--minutes",
        1,
        "--out",
        tmp_path / "run",
    )


def test_train_and_evaluate(tmp_path, capsys, own_lines):
    out = tmp_path / "run"
    main(
        [
            "train",
            "synthesis",
            "--corpus",
            str(own_lines),
            "--size",
            "1x8",
            "--minutes",
            "0.01",
            "--out",
            str(out),
        ]
    )
    record = json.loads((out / "weights.json").read_text())
    assert (
        record["model"]["config"]["units"] == [8]
        and record["curve"]
        and str(out) not in record["command"]
    )
    capsys.readouterr()
    main(["evaluate", str(out / "weights.weights.h5"), "--corpus", str(own_lines), "--json"])
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["sequences"] == 2
    assert figures["nats_per_point"] == pytest.approx(
        figures["nats_per_sequence"] * 2 / figures["points"]
    )
    main(["evaluate", str(out / "weights.weights.h5"), "--corpus", str(own_lines)])
    assert f"{figures['nats_per_point']:.3f}" in capsys.readouterr().out


def test_training_starts_from_other_weights_in_mixed_precision(tmp_path, own_lines, tiny, capsys):
    try:
        main(
            [
                "train",
                "synthesis",
                "--corpus",
                str(own_lines),
                "--start",
                str(tiny),
                "--rate",
                "1e-5",
                "--mixed",
                "--minutes",
                "0.01",
                "--out",
                str(tmp_path),
            ]
        )
        assert keras.config.dtype_policy().name == "mixed_bfloat16"
        assert "before training: validation" in capsys.readouterr().out
    finally:
        keras.config.set_dtype_policy("float32")
    before, after = (weights.load(path) for path in (tiny, tmp_path / training.BEST_WEIGHTS))
    assert (before.units, before.gaussians) == (after.units, after.gaussians)
    for old, new in zip(
        before.get_weights(), after.get_weights()
    ):  # at that rate nothing has gone far
        np.testing.assert_allclose(new, old, atol=0.01)
    record = json.loads((tmp_path / "weights.json").read_text())
    assert (
        "--start" in record["command"]
        and record["before"]["sha256"] == sha256(tiny.read_bytes()).hexdigest()
    )


def test_text_networks_train_on_any_file(tmp_path, capsys):
    text = tmp_path / "text.txt"
    text.write_text("to be or not to be, that is the question\n" * 200)
    main(
        [
            "train",
            "text",
            "--corpus",
            str(text),
            "--size",
            "1x8",
            "--minutes",
            "0.01",
            "--out",
            str(tmp_path / "run"),
        ]
    )
    capsys.readouterr()
    main(["evaluate", str(tmp_path / "run/weights.weights.h5"), "--corpus", str(text), "--json"])
    assert 0 < json.loads(capsys.readouterr().out.splitlines()[-1])["bits_per_character"] < 8.1


def test_weight_noise_trains_and_is_not_kept(tmp_path, capsys):
    """What is saved is the network itself."""
    text = tmp_path / "text.txt"
    text.write_text("to be or not to be, that is the question\n" * 200)
    command = f"train text --corpus {text} --size 1x8 --noise 0.05 --minutes 0.01 --out"
    main([*command.split(), str(tmp_path / "run")])
    record = json.loads((tmp_path / "run" / "weights.json").read_text())
    assert "--noise 0.05" in record["command"]
    network = weights.load(tmp_path / "run" / training.BEST_WEIGHTS)
    assert type(network) is TextNetwork and network.units == (8,)
    assert "sigma" in refused(capsys, *command.replace("0.05", "-1").split(), tmp_path / "other")


def test_points_as_recorded(tmp_path, own_lines, capsys):
    """The record keeps by what offsets were divided; evaluate does the same, and write refuses."""
    command = f"train prediction --corpus {own_lines} --size 1x8 --mixtures 2 --recorded --minutes 0.01"
    main([*command.split(), "--out", str(tmp_path)])
    offsets = json.loads((tmp_path / "weights.json").read_text())["offsets"]
    lines = corpora.handwriting(str(own_lines), "train")
    points = np.concatenate([line.strokes[1:, :2] for line in lines])
    np.testing.assert_allclose(offsets["mean"], points.mean(0), rtol=1e-4)
    np.testing.assert_allclose(offsets["deviation"], points.std(0), rtol=1e-4)
    path = str(tmp_path / training.BEST_WEIGHTS)
    capsys.readouterr()
    main(["evaluate", path, "--corpus", str(own_lines), "--json"])
    held = corpora.handwriting(str(own_lines), "val")
    figures = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert figures["points"] == sum(len(line.strokes) - 1 for line in held), "no point is resampled"
    assert "as recorded" in refused(capsys, "write", "hi", "--weights", path, "--out", tmp_path / "a.svg")


def test_a_text_too_long_for_a_line_becomes_a_page(tmp_path, tiny, monkeypatch):
    texts = []

    def rows(writer, text, *arguments, **options):
        texts.append(text)
        return [pages.Row(0, "hi", simulated.write("hi"))]

    monkeypatch.setattr(pages, "write_rows", rows)
    (tmp_path / "letter.txt").write_text(30 * "a long letter ")
    main(f"write --file {tmp_path}/letter.txt --weights {tiny} --tries 1 --out {tmp_path}/a.svg".split())
    assert texts == [(30 * "a long letter ").strip()]
