"""The page's modules do what the package does, point by point."""
import random

import numpy as np
import pytest
from helpers import kiwi

from mdn_utils import accents, pages, reading, writing
from mdn_utils.data import pasted, prepare, simulated
from mdn_utils.data.alphabet import encode
from mdn_utils.data.strokes import Line
from mdn_utils.errors import InputError
from mdn_utils.weights import load_shipped

TEXTS = ["You know nothing, Jon Snow.", "to be", "Quick 1234?", "a", "jumps over the lazy dog"]
ACCENTED = ["naïve café", "Ångström, mañana", "ťuk ľ ộ"]


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


def test_letters_after_the_last_lift_stay_as_in_python(ask, writer):
    """This hand lifts the pen before "noon" for the last time."""
    text, seed = "The judge adjourned until noon", 100
    [found] = ask(["writeSeed", text, 0, seed, 0])
    expected = writer.write(text, seed=seed)
    assert expected.attention.argmax(1).max() == len(text) - 1
    np.testing.assert_allclose(found["strokes"], expected.strokes, atol=5e-3)


def test_one_seed_gives_the_line_of_the_command(ask, writer, reader):
    """Also with tries, of which the reader keeps one."""
    text, tries = "hand and seed", 4
    found = ask(*(["writeSeed", text, 0.5, 11, attempt] for attempt in range(tries)))
    scores = ask(*(["likelihood", line["strokes"], text] for line in found))
    expected = writer.write(text, seed=11, bias=0.5, tries=tries, reader=reader)
    np.testing.assert_allclose(found[np.argmax(scores)]["strokes"], expected.strokes, atol=2e-3)


def test_the_network_goes_on_from_a_primer_as_in_python(ask, writer, lines):
    noise = writing._noise(3, 0, 1024).astype(float).tolist()
    without_dots = kiwi(dots=False)
    for primer in lines[0], without_dots:  # which the network adds
        [found] = ask(["write", "and more", 1.0, noise, [primer.strokes.tolist(), primer.text]])
        expected = writer.write("and more", seed=3, bias=1.0, primer=primer)
        np.testing.assert_allclose(found["strokes"], expected.new, atol=5e-3)
    assert expected.primed > len(prepare.normalise(without_dots).strokes)


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


def test_every_accent_is_drawn_where_python_draws_it(ask, writer):
    text, places = "The dotless wizard, Jill", (0, 1, 5, 7, 12, 14, 20, 21)
    line = writer.write(text, seed=3, bias=0.5)
    cases = [
        {place: [name] if place % 2 else [name, "dot below"]}
        for place in places for name in pasted.MARKS.values()
    ]
    found = ask(*(["accents", line.strokes.tolist(), line.attention.tolist(), text, case] for case in cases))
    for case, drawn in zip(cases, found, strict=True):
        strokes, attention = accents.draw(line.strokes, line.attention, text, case)
        np.testing.assert_allclose(drawn["strokes"], strokes, atol=1e-4)
        np.testing.assert_allclose(drawn["attention"], attention, atol=1e-6)


@pytest.mark.parametrize("primed", [False, True])
def test_letters_with_accents_are_written_as_in_python(ask, writer, lines, primed):
    primer = lines[0] if primed else None
    given = [primer.strokes.tolist(), primer.text] if primed else None
    noises = [writing._noise(seed, 0, 1024) for seed in range(len(ACCENTED))]
    found = ask(*(
        ["write", text, 0.75, noise.astype(float).tolist(), given] for text, noise in zip(ACCENTED, noises)
    ))
    for seed, (text, line) in enumerate(zip(ACCENTED, found)):
        expected = writer.write(text, seed=seed, bias=0.75, primer=primer)
        np.testing.assert_allclose(line["strokes"], expected.new, atol=5e-3)
        assert len(line["attention"]) == len(line["strokes"])


@pytest.mark.parametrize("text, names", [("", "empty"), ("  ", "empty"), ("naïve Ω中", "“Ω”, “中”")])
def test_bad_texts_get_a_sentence(ask, text, names):
    with pytest.raises(InputError):
        pasted.letters_and_marks(text)
    for answer in ask(["lettersAndMarks", text], ["checked", text]):
        assert names in answer["error"]
    with pytest.raises(InputError):
        encode(text)
    assert ask(["encode", text])[0]["error"]


def test_pasted_texts_are_cleaned_as_in_python(ask):
    texts = [
        " “Wait…”  she\u00a0said – \n", "a\u200bb\tc", "1⁄2 • ’tis\r\nso", "ﬁne",
        "a\ufeffb\x1cc\x85d\u2003e\x07f", "e\u0301 q\u0303", "I \u2764\ufe0f it",
    ]
    assert ask(*(["clean", text] for text in texts)) == [pasted.clean(text) for text in texts]
    texts += ["Dear  all,\r\n  it’s me\n\n", "   one row ", "\n\n  a\u2028\tb  \n c \n"]
    assert ask(*(["eachRow", text] for text in texts)) == [pasted.each_row(text) for text in texts]


def test_unknown_letters_are_replaced_as_in_python(ask):
    texts = [
        "Straße, déjà vu", "Ελλάδα", "Жизнь и судьба", "東京 한국", "I \u2764\ufe0f 😀s", "½ Ω ≈ 3 °C",
        "  naïve\r\n\n ŋuß ",
    ]
    expected = [pasted.each_row(text, pasted.replace_unknown) for text in texts]
    assert expected[:2] == ["Strasse, déjà vu", "Ellada"]
    assert ask(*(["eachRowReplaced", text] for text in texts)) == expected


def test_an_address_is_read_as_far_as_it_makes_sense(ask):
    first, *found = ask(["first"], *(["fromAddress", hash] for hash in (
        "", "#text=a%26b&bias=0.5&seed=7", "#text=&bias=abc&seed=-1", "#bias=&seed=1e99", "#bias=9&seed=3.9", "#%E0%A4%A",
    )))
    assert found == [
        first, {"text": "a&b", "bias": 0.5, "seed": 7}, {**first, "text": ""}, first, {**first, "seed": 3}, first,
    ]


def test_accents_are_taken_off_letters_as_in_python(ask):
    letters = "".join(map(chr, [*range(0xC0, 0x180), *range(0x1E00, 0x1F00)]))
    known = [letter for letter in letters if pasted.split_accents(letter)[1]]
    assert len(known) > 300
    text = "".join(known)
    plain, marks = pasted.split_accents(text)
    assert ask(["lettersAndMarks", text]) == [[plain, {str(place): names for place, names in marks.items()}]]


def test_rows_break_where_python_breaks_them(ask):
    parts = ["to", "well-known", "e-mail", "-x", "a--b", "--", "-", "don't", "3-4", "ex-wife-to-be", "café-bar",
             "x" * 30, "ab-" * 9, "“yes”", "(so)", "end.", "_", "H-2-O", "\n", "\n  ", "\n\n"]
    draw = random.Random(0)
    cases = [(" ".join(draw.choices(parts, k=draw.randint(1, 12))), draw.randint(8, 40)) for _ in range(500)]
    cases = [(text, columns) for text, columns in ((pasted.each_row(text), columns) for text, columns in cases)]
    for case, rows in zip(cases, ask(*(["wrap", *case] for case in cases)), strict=True):
        # at a long word, textwrap may leave a blank at the end of a row
        assert rows == [[indent, row.rstrip()] for indent, row in pages.wrap(*case)], case


def test_a_page_is_written_and_laid_out_as_in_python(ask, writer, reader):
    text = "Dear Noël,\n\n  the well-known line goes on and on, as far as the paper goes."
    paper = pages.Paper("as wide as the page’s", 63, 10)
    rows = pages.write_rows(writer, text, paper, seed=5, bias=0.75, tries=2, reader=reader)
    [expected] = pages.lay_out(rows, paper, seed=5)
    [found] = ask(["rows", text, 5, 0.75, 2])
    assert [row["text"] for row in found] == [row.text for row in rows if row.text]
    pen = [stroke for row in found for stroke in row["pen"]]
    assert len(pen) == len(expected)
    for ours, theirs in zip(pen, expected):
        np.testing.assert_allclose(np.array(ours) - 6, theirs - 63, atol=0.02)


def test_at_least_300_points_per_second(ask):
    assert ask(["speed", 5])[0] > 300
