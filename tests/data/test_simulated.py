"""Simulated writers: legible by eye is for the pictures; here stands what can be counted."""

import random
import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from mdn_utils.data import glyphs, phrases, simulated, strokes
from mdn_utils.data.alphabet import ALPHABET
from mdn_utils.data.resampling import resample
from mdn_utils.data.simulated import Style
from mdn_utils.data.splits import SPLITS
from mdn_utils.data.strokes import check, from_pen, positions, to_pen
from mdn_utils.errors import InputError

CALM = Style(neatness=1, tremor=0, drift=0, slant=0, letters=5)
PHRASE = "you know nothing at all"


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("MDN_UTILS_CACHE", str(tmp_path))
    return tmp_path


def test_one_seed_one_result_and_no_two_seeds_alike():
    style = Style.sample(np.random.default_rng(1))
    assert np.array_equal(simulated.write(PHRASE, style, 3), simulated.write(PHRASE, style, 3))
    one, other = (positions(simulated.write(PHRASE, style, seed))[-1] for seed in (3, 4))
    assert np.abs(one - other).max() > 0.01


@pytest.mark.parametrize("connectedness", [0, 1])
def test_every_character_can_be_written(connectedness):
    style = replace(CALM, connectedness=connectedness)
    for character in ALPHABET.strip():
        strokes = check(simulated.write(character, style), character)
        assert strokes[-1, 2] == 1 and len(strokes) < 80
        assert np.abs(np.diff(positions(strokes), axis=0)).max(initial=0) < 4
        assert np.ptp(positions(strokes), axis=0).max() < 3.2


def test_letters_of_one_writer_are_alike_and_of_two_writers_differ():
    def widths(letters):
        style = replace(CALM, letters=letters, connectedness=0)
        return [np.ptp(positions(simulated.write("o", style, seed))[:, 0]) for seed in range(12)]

    every = np.array([widths(letters) for letters in range(12)])
    assert every.mean(axis=1).std() > 2 * every.std(axis=1).mean()


def test_dots_and_bars_may_wait_for_the_end_of_the_word():
    joined = replace(CALM, connectedness=1)
    at_once, late = (
        to_pen(simulated.write("it fits", replace(joined, late=share))) for share in (0, 1)
    )
    heights = [[np.ptp(stroke[:, 1]) > 0.5 for stroke in pen] for pen in (at_once, late)]
    assert heights[1] == [True, False, False, True, False, False]  # a word, its dot, its bar
    assert heights[0] != heights[1] and len(at_once) > len(late)
    printed = replace(CALM, connectedness=0)
    np.testing.assert_array_equal(
        simulated.write("it", replace(printed, late=1)), simulated.write("it", printed)
    )


def test_a_writer_has_second_forms_of_letters():
    def forms(variety):
        """Pairs of a writer and a letter that is written with more than one number of strokes."""
        found = 0
        for letters in range(10):
            style = replace(CALM, connectedness=0, variety=variety, letters=letters)
            for letter in "aEtzA":
                kinds = {simulated.write(letter, style, seed)[:, 2].sum() for seed in range(8)}
                found += len(kinds) > 1
        return found

    assert forms(0) == 0 and forms(0.5) > 8


def test_the_connected_p_has_no_spike():
    p, q = (
        np.ptp(positions(simulated.write(c, replace(CALM, connectedness=1)))[:, 1]) for c in "pq"
    )
    assert p < q


def lean(strokes):
    """Slant of the pen's long down strokes: run over rise, by least squares."""
    steps = strokes[strokes[:, 1] < -0.6 * np.abs(strokes[:, 0])]
    return (steps[:, 0] * steps[:, 1]).sum() / (steps[:, 1] ** 2).sum()


def test_traits_show_in_the_strokes():
    slants = np.linspace(-0.3, 0.7, 9)
    upright = replace(CALM, connectedness=0)
    leans = [
        lean(simulated.write("hill till built lift", replace(upright, slant=slant)))
        for slant in slants
    ]
    assert np.corrcoef(slants, leans)[0, 1] > 0.95 and abs(leans[-1] - leans[0] - 1) < 0.3

    lifts = [simulated.write(PHRASE, replace(CALM, connectedness=c))[:, 2].sum() for c in (0, 1)]
    assert lifts[1] < 0.6 * lifts[0]
    extent = [
        np.ptp(positions(simulated.write(PHRASE, replace(CALM, **trait))), axis=0)
        for trait in (
            {},
            {"size": 2},
            {"width": 1.3},
            {"letter_spacing": 0.3},
            {"word_spacing": 2},
            {"slope": 0.1},
            {"ascender": 1.3},
        )
    ]
    assert extent[1] == pytest.approx(2 * extent[0], rel=0.02)
    assert all(wide[0] > 1.1 * extent[0][0] for wide in extent[2:5])
    assert all(tall[1] > 1.1 * extent[0][1] for tall in extent[5:])
    points = [len(simulated.write(PHRASE, replace(CALM, speed=speed))) for speed in (12, 24)]
    assert points[1] == pytest.approx(2 * points[0], rel=0.12)


def test_sampled_styles_vary_and_their_distance_tells():
    styles = [Style.sample(np.random.default_rng(k)) for k in range(300)]
    kinds = Counter(
        {0: "printed", 1: "connected"}.get(style.connectedness, "mixed") for style in styles
    )
    assert min(kinds.values()) > 60
    assert min(s.slant for s in styles) < -0.2 and max(s.slant for s in styles) > 0.5
    a, b = styles[:2]
    assert a.distance(a) == 0 and a.distance(b) == b.distance(a) > 0
    assert a.distance(replace(a, slant=a.slant + 0.1)) < a.distance(replace(a, slant=a.slant + 0.3))
    assert (
        1 < np.mean([x.distance(y) for x, y in zip(styles, styles[1:])]) < 1.7
    )  # sqrt(2) by the traits' spread


def test_the_pen_keeps_the_two_thirds_power_law():
    speed, bend = [], []
    for seed in range(8):
        style = replace(CALM, connectedness=1, speed=40, letters=seed)
        for stroke in to_pen(simulated.write("an ocean of common cousins", style, seed)):
            step = np.diff(stroke, axis=0)
            length = np.linalg.norm(step, axis=1)
            turn = np.abs(np.diff(np.unwrap(np.arctan2(step[:, 1], step[:, 0]))))
            both = (length[1:] + length[:-1]) / 2
            speed.append(both), bend.append(turn / both)
    speed, bend = np.concatenate(speed), np.concatenate(bend)
    curved = (bend > 1) & (bend < 8)
    exponent = np.polyfit(np.log(bend[curved]), np.log(speed[curved]), 1)[0]
    assert -0.45 < exponent < -0.22


def test_the_pen_times_each_stroke_by_itself():
    strokes = simulated.write("it is (so) 42!", replace(CALM, connectedness=0))
    pen = to_pen(resample(strokes, 0.3))
    for stroke, timed in zip(to_pen(strokes), pen, strict=True):
        alone = to_pen(resample(from_pen([stroke, stroke[:1]]), 0.3))[
            0
        ]  # with one point, it is a line
        np.testing.assert_allclose(timed - timed[0], alone - alone[0], atol=1e-5)


@pytest.mark.parametrize("text", ["", "   "])
def test_an_empty_text_is_refused(text):
    with pytest.raises(InputError, match="empty"):
        simulated.write(text)


def test_unknown_characters_are_named_with_the_known_ones():
    with pytest.raises(InputError, match=r"'é' \(U\+00E9\).*known are.*abc"):
        simulated.write("café")


def test_an_impossible_style_is_refused():
    with pytest.raises(InputError, match="speed is 0"):
        Style(speed=0)
    with pytest.raises(InputError, match="connectedness is 2"):
        Style(connectedness=2)


def test_ink_adds_up_and_knows_wide_letters():
    assert glyphs.printed_ink_length("ab c") == pytest.approx(
        glyphs.printed_ink_length("a")
        + glyphs.printed_ink_length("b")
        + glyphs.printed_ink_length("c")
    )
    assert (
        glyphs.printed_ink_length("W")
        > 2 * glyphs.printed_ink_length("i")
        > 0
        == glyphs.printed_ink_length(" ")
    )
    assert glyphs.printed_ink_length("é") == glyphs.printed_ink_length("n")
    assert glyphs.printed_ink_length("o") == pytest.approx(
        np.pi, rel=0.05
    )  # a circle one x-height wide


def test_splits_share_neither_writers_nor_texts():
    made = {split: simulated.lines(300, split) for split in SPLITS}
    for one in made:
        assert Counter(line.writer for line in made[one]) == {
            f"simulated-{one}-{k:04d}": 10 for k in range(30)
        }
        for other in set(made) - {one}:
            assert not {line.text for line in made[one]} & {line.text for line in made[other]}
            assert simulated._style(0, one, 0) != simulated._style(0, other, 0)
    with pytest.raises(InputError, match="train, val, test"):
        simulated.lines(10, "valid")
    with pytest.raises(InputError, match="at least 1"):
        simulated.lines(0)


def test_few_lines_are_the_first_of_many():
    for a, b in zip(simulated.lines(15), simulated.lines(40)):
        assert a.text == b.text and np.array_equal(a.strokes, b.strokes)


def test_points_a_character_are_as_in_real_handwriting():
    made = simulated.lines(200)
    assert 12 < sum(len(line.strokes) for line in made) / sum(len(line.text) for line in made) < 25
    for line in made:
        check(line.strokes)


@pytest.mark.parametrize("changed", [simulated, glyphs, phrases])
def test_the_cache_gives_the_same_lines_without_pickle_and_is_never_stale(
    cache, monkeypatch, changed
):
    made = simulated.lines(20, "val", 3)
    (path,) = cache.iterdir()  # nothing half-written beside it
    with np.load(path, allow_pickle=False) as file:
        assert not any(file[key].dtype.hasobject for key in file.files)
    monkeypatch.setattr(
        simulated, "_line", None
    )  # from here on, lines come from the cache or not at all
    for a, b in zip(made, simulated.lines(20, "val", 3), strict=True):
        assert (
            a[1:] == b[1:]
            and a.strokes.dtype == b.strokes.dtype
            and np.array_equal(a.strokes, b.strokes)
        )
    monkeypatch.setattr(changed, "__file__", strokes.__file__)  # other code, other lines
    with pytest.raises(TypeError):
        simulated.lines(20, "val", 3)


def test_a_cache_that_cannot_be_written_costs_no_lines(cache, monkeypatch):
    (cache / "file").touch()
    monkeypatch.setenv("MDN_UTILS_CACHE", str(cache / "file"))
    assert len(simulated.lines(5)) == 5


def test_a_line_takes_milliseconds():
    start = time.process_time()
    simulated.lines(100, seed=random.randrange(10**6))
    assert (
        time.process_time() - start < 5
    )  # 10,000 lines in two minutes would be 1.2 s; slow machines have slack
