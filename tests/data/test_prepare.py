"""What happens to a line before it is batched: scale, pace, and which lines are left out."""

import numpy as np
import pytest

from mdn_utils.data import prepare, simulated, strokes
from mdn_utils.data.prepare import normalise
from mdn_utils.data.strokes import Line, positions
from mdn_utils.errors import InputError

TEXTS = ["you know nothing", "Jon Snow, 1308", "sphinx of black quartz", "What? Why!"]


@pytest.fixture(scope="module")
def hands():
    return [
        Line(
            simulated.write(text, simulated.Style.sample(np.random.default_rng(k)), k), text, str(k)
        )
        for k, text in enumerate(TEXTS)
    ]


def test_all_lines_are_alike_in_scale_and_pace(hands):
    for line in hands:
        ours = normalise(line)
        assert (ours.text, ours.writer) == (line.text, line.writer)
        letters = len(line.text.replace(" ", ""))
        assert 9 < len(ours.strokes) / letters < 17
        down = np.linalg.norm(ours.strokes[1:, :2], axis=1)[ours.strokes[:-1, 2] == 0]
        assert 0.7 < down.mean() < 1.1  # below 1 where a stroke is a short arc


def test_scale_does_not_matter(hands):
    line = hands[0]
    for scale in (1e-3, 700):
        other = normalise(
            line._replace(strokes=line.strokes * np.float32([scale, scale, 1]))
        ).strokes
        ours = normalise(line).strokes
        assert other.shape == ours.shape
        np.testing.assert_array_equal(other[:, 2], ours[:, 2])
        np.testing.assert_allclose(positions(other), positions(ours), atol=0.1)


def test_a_line_without_ink_is_told(hands):
    dots = np.float32([[0, 0, 1], [5, 0, 1]])
    with pytest.raises(InputError, match="line '..' of me: no ink in its strokes; expected"):
        normalise(Line(dots, "..", "me"))
    with pytest.raises(InputError, match="line '  ' of 0: no ink in its text"):
        normalise(hands[0]._replace(text="  "))


def test_lines_that_cannot_be_used_are_left_out_and_counted(capsys):
    pen = strokes.from_pen([np.array([(k, np.sin(k)) for k in range(40)])])
    good = Line(pen, "good", "me")
    dot = Line(strokes.from_pen([np.zeros((2, 2))]), ".", "me")
    assert len(prepare.prepare([good, dot, good._replace(text="né")])) == 1
    assert "left out 2 of 3" in capsys.readouterr().out
    with pytest.raises(InputError, match="none of the 1 lines"):
        prepare.prepare([dot])
