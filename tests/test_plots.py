"""A film plays all its figures; drawings of networks are where they should be."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from mdn_utils import diagrams, plots
from mdn_utils.errors import InputError


@pytest.fixture
def shown(monkeypatch):
    """What is displayed: a list of (data, metadata)."""
    calls = []
    monkeypatch.setattr(
        plots, "display", lambda data, raw=False, metadata=None: calls.append((data, metadata))
    )
    return calls


def squares(count, size=2):
    for number in range(count):
        figure = plt.Figure(figsize=(size, 1), dpi=50)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, count), ylim=(0, 1))
        axes.axis("off")
        axes.add_patch(plt.Rectangle((number, 0), 1, 1, color="black"))
        yield figure


def test_a_film_shows_every_figure(shown):
    plots.film(squares(4), "a square that walks", seconds=0.2, pause=1)
    (data, metadata), = shown
    assert metadata == {"image/png": {"alt": "a square that walks"}}
    film = Image.open(io.BytesIO(base64.b64decode(data["image/png"])))
    assert film.n_frames == 4 and film.info["loop"] == 0
    durations, places = [], []
    for number in range(4):
        film.seek(number)
        durations.append(film.info["duration"])
        frame = np.asarray(film.convert("L"))
        assert frame.max() == 255, "paper should be white"
        places.append(round(float(np.argwhere(frame < 128)[:, 1].mean() / frame.shape[1]), 1))
    assert durations == [200, 200, 200, 1000]
    assert places == [0.1, 0.4, 0.6, 0.9]


def test_what_is_no_film_or_too_large_is_refused(shown, monkeypatch):
    with pytest.raises(InputError, match="no figures"):
        plots.film([], "nothing")
    monkeypatch.setattr(plots, "FILM_BYTES", 100)
    with pytest.raises(InputError, match="expected at most 0: fewer or smaller figures"):
        plots.film(squares(2), "too much")
    assert not shown


def test_arrows_end_at_the_edges_of_boxes():
    figure, axes = diagrams.canvas(4, 4)
    low = diagrams.node(axes, (1, 1), "$x_t$")
    high = diagrams.box(axes, (1, 3), "LSTM", width=2)
    diagrams.arrow(axes, low, high, "skip")
    diagrams.arrow(axes, (3, 1), (3, 3), bend=0.3)
    figure.canvas.draw()
    between, free = axes.texts[2], axes.texts[4]
    ends = axes.transData.inverted().transform(between.arrow_patch.get_path().vertices)
    assert 1.1 < ends[0, 1] < 1.6 and 2.5 < ends[:, 1].max() < 2.7
    assert [text.get_text() for text in axes.texts] == ["$x_t$", "LSTM", "", "skip", ""]
    assert free.xy == (3, 3)
    plt.close(figure)


def test_names_move_aside_for_one_another():
    figure, axes = plt.subplots(figsize=(4, 2), layout="constrained")
    axes.set(xscale="log", xlim=(1, 100), ylim=(0, 1))
    places = np.array([(10, 0.5), (10, 0.5), (10.1, 0.51), (50, 0.9)])
    plots.names(axes, places, "abc$")
    figure.canvas.draw()
    at = np.array([axes.transData.transform(text.get_position()) for text in axes.texts])
    width = 11 * figure.dpi / 72
    moved = np.abs(at - axes.transData.transform(places)).max(axis=1)
    assert [text.get_text() for text in axes.texts] == list("abc$")
    assert moved[3] < 0.1 and moved.max() < 2.5 * width, "what is free stays; no name goes far"
    for k in range(4):
        assert np.abs(np.delete(at, k, axis=0) - at[k]).max(axis=1).min() > 0.8 * width
