"""The page's modules do what the package does, point by point."""
import numpy as np
import pytest

from mdn_utils import reading, writing
from mdn_utils.data import prepare, simulated
from mdn_utils.data.alphabet import encode
from mdn_utils.data.pasted import clean
from mdn_utils.data.strokes import Line
from mdn_utils.errors import InputError
from mdn_utils.weights import load_shipped

TEXTS = ["You know nothing, Jon Snow.", "to be", "Quick 1234?", "a", "jumps over the lazy dog"]


@pytest.fixture(scope="module")
def writer():
    return writing.Writer(load_shipped("synthesis_real"))


@pytest.fixture(scope="module")
def reader():
    return load_shipped("reader")


@pytest.fixture(scope="module")
def lines():
    return [
        Line(simulated.write(text, simulated.Style(), seed), text, "me")
        for seed, text in enumerate(["hello world", "to be or not", "primer", "x", "I see 42 dots..."])
    ]


def test_numbers_are_numpys(ask):
    seeds = [[0, 0], [7, 3], [4294967295, 15]]
    for seed, found in zip(seeds, ask(*(["random", seed, 2000] for seed in seeds))):
        uniform, normal = np.array(found).T
        np.testing.assert_array_equal(uniform, np.random.default_rng(seed).random(2000))
        np.testing.assert_allclose(normal, np.random.default_rng(seed).standard_normal(2000), atol=1e-12)


def test_five_texts_are_written_point_by_point_as_in_python(ask, writer):
    noises = [writing._noise(seed, 0, 1024) for seed in range(len(TEXTS))]
    requests = [
        ["write", text, bias, noise.astype(float).tolist(), None]
        for text, bias, noise in zip(TEXTS, np.linspace(0, 1, len(TEXTS)), noises)
    ]
    for seed, (request, found) in enumerate(zip(requests, ask(*requests))):
        expected = writer.write(request[1], seed=seed, bias=request[2])
        np.testing.assert_allclose(found["strokes"], expected.strokes, atol=2e-3)
        np.testing.assert_allclose(found["attention"], expected.attention, atol=2e-3)
        assert found["stopped"] == expected.stopped


def test_one_seed_gives_the_line_of_the_command(ask, writer, reader):
    """Also with tries, of which the reader keeps one."""
    text, tries = "hand and seed", 4
    found = ask(*(["writeSeed", text, 0.5, 11, attempt] for attempt in range(tries)))
    scores = ask(*(["likelihood", line["strokes"], text] for line in found))
    expected = writer.write(text, seed=11, bias=0.5, tries=tries, reader=reader)
    np.testing.assert_allclose(found[np.argmax(scores)]["strokes"], expected.strokes, atol=2e-3)


def test_the_network_goes_on_from_a_primer_as_in_python(ask, writer, lines):
    noise = writing._noise(3, 0, 1024)
    primer = lines[0]
    [found] = ask(
        ["write", "and more", 0.75, noise.astype(float).tolist(), [primer.strokes.tolist(), primer.text]]
    )
    expected = writer.write("and more", seed=3, bias=0.75, primer=primer)
    np.testing.assert_allclose(found["strokes"], expected.new, atol=5e-3)


def test_without_vector_instructions_the_line_is_the_same(ask):
    fast, plain = ask(["writeSeed", "slow", 0, 5, 0], ["writePlainly", "slow", 5])
    np.testing.assert_allclose(fast["strokes"], plain["strokes"], atol=2e-3)


def test_lines_are_normalised_as_in_python(ask, lines):
    answers = ask(*(["normalise", line.strokes.tolist(), line.text] for line in lines))
    for line, found in zip(lines, answers):
        np.testing.assert_allclose(found, prepare.normalise(line).strokes, atol=1e-4)


def test_lines_are_read_as_in_python(ask, reader, lines):
    read = ask(*(["read", line.strokes.tolist()] for line in lines))
    strokes = [line.strokes for line in lines]
    assert read == [reading.text for reading in reading.read(reader, strokes)]
    texts = [line.text for line in lines]
    likelihood = ask(*(["likelihood", line.strokes.tolist(), line.text] for line in lines))
    np.testing.assert_allclose(likelihood, reading.log_likelihood(reader, strokes, texts), atol=0.02)


def test_a_text_that_does_not_fit_its_ink_is_refused(ask, lines):
    strokes = lines[1].strokes.tolist()
    right, short, other = ask(*(["check", strokes, text] for text in ("to be or not", "to be", "primer")))
    assert right is None
    assert "more ink after that" in short["error"] and "primer" in other["error"]


@pytest.mark.parametrize("text, names", [("", "empty"), ("  ", "empty"), ("naïve Ω", "“ï”, “Ω”")])
def test_bad_texts_get_a_sentence(ask, text, names):
    with pytest.raises(InputError):
        encode(text)
    assert names in ask(["encode", text])[0]["error"]


def test_pasted_texts_are_cleaned_as_in_python(ask):
    texts = [" “Wait…”  she\u00a0said – \n", "a\u200bb\tc", "1⁄2 • ’tis\r\nso", "ﬁne"]
    assert ask(*(["clean", text] for text in texts)) == [clean(text) for text in texts]


def test_at_least_300_points_per_second(ask):
    assert ask(["speed", 5])[0] > 300
