"""The figures that more than one notebook draws, and how a figure is shown."""
import base64
import io

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch
from PIL import Image

from .data.strokes import curves
from .drawing import outline
from .errors import InputError

FILM_BYTES = 300_000  # so that a notebook stays light


def show(figure, alt):
    """Show a figure in a notebook, with a description for readers who can't see it.

    Args:
        figure: a Matplotlib figure.
        alt: the description.
    """
    display(figure, metadata={"image/png": {"alt": alt}})
    plt.close(figure)  # or the notebook would show it once more


def line(axes, strokes, **style):
    """Draw a line of handwriting as smooth curves, in its own proportions and without a frame.

    Args:
        axes: Matplotlib axes.
        strokes: (T, 3).
        **style: of the path, such as color and linewidth.
    """
    style = {"linewidth": 1.2, "capstyle": "round", "joinstyle": "round", **style}
    axes.add_patch(PathPatch(outline(curves(strokes)), fill=False, **style))
    axes.autoscale_view()
    axes.set_aspect("equal")
    axes.axis("off")


def sheet(lines, columns=2, width=12):
    """Return a contact sheet: many lines of handwriting, with a label above each.

    Args:
        lines: list of (strokes, label).
        columns: how many lines go side by side.
        width: of the figure, in inches.

    Returns:
        A Matplotlib figure.
    """
    rows = -(-len(lines) // columns)
    figure = Figure(figsize=(width, rows * width / columns / 8), layout="constrained")
    grid = figure.subplots(rows, columns, squeeze=False).ravel()
    for axes, (strokes, label) in zip(grid, lines):
        line(axes, strokes, linewidth=1)
        axes.set_title(label, fontsize=7, color="gray", pad=2)
    for axes in grid[len(lines):]:
        axes.axis("off")
    return figure


def attention(axes, written):
    """Draw phi(t, u) of a line as a picture: points from left to right, letters upwards.

    A space is marked by its sign, an open box.

    Args:
        axes: Matplotlib axes.
        written: a `writing.Written`.
    """
    axes.imshow(
        written.attention.T, aspect="auto", origin="lower", cmap="viridis", interpolation="nearest"
    )
    axes.set_yticks(range(len(written.text)), written.text.replace(" ", "␣"), fontsize=9)
    axes.set_xlabel("point t")
    axes.set_ylabel("letter u")


def names(axes, places, texts, size=11):
    """Write a short text at each place; where two would cover each other, one moves aside.

    It moves by a letter's width or two. Set the axes' scales and limits first.

    Args:
        axes: Matplotlib axes.
        places: (N, 2).
        texts: N texts of one or two characters.
        size: of the letters, in points.
    """
    axes.figure.canvas.draw()  # only now the axes know where on the page they are
    width = size * axes.figure.dpi / 72  # in pixels
    turn = np.arange(0, 2 * np.pi, np.pi / 4)
    ring = width * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    asides = np.concatenate([[(0, 0)], ring, 1.5 * ring, 2 * ring])
    taken = axes.transData.transform(places)  # (N, 2)
    for k, text in enumerate(texts):
        others = np.delete(taken, k, axis=0)
        spots = taken[k] + asides
        apart = np.abs(spots[:, None] - others).max(axis=-1)  # (asides, N - 1)
        taken[k] = spots[np.argmax((apart > 0.8 * width).all(axis=1))]  # the first that is free
        place = axes.transData.inverted().transform(taken[k])
        axes.text(*place, text, ha="center", va="center", fontsize=size, parse_math=False)


def film(figures, alt, seconds=0.08, pause=1.5):
    """Show figures one after another, as a moving picture that plays without a kernel.

    It is an animated PNG, which a notebook holds like any picture, so it also moves in Colab, on
    GitHub and in a web page, again and again.

    Args:
        figures: Matplotlib figures of one size, or a generator of them; each is closed when drawn.
        alt: the description for readers who can't see it.
        seconds: that each figure stays.
        pause: seconds that the last one stays.

    Raises:
        InputError: if there is no figure, or the picture is larger than 300 kB.
    """
    frames = []
    for figure in figures:
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        frames.append(Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB"))
        plt.close(figure)
    if not frames:
        raise InputError("film: no figures")
    # one palette for all frames: a third of the size, and no flicker
    some = np.concatenate([np.asarray(frame) for frame in frames[::-max(1, len(frames) // 6)]])
    palette = Image.fromarray(some).quantize(64, dither=Image.Dither.NONE)
    palette.putpalette([255 if value > 245 else value for value in palette.getpalette()])  # white
    frames = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    durations = [1000 * seconds] * (len(frames) - 1) + [1000 * pause]
    file = io.BytesIO()
    frames[0].save(
        file, "png", save_all=True, append_images=frames[1:], duration=durations, loop=0
    )
    content = file.getvalue()
    if len(content) > FILM_BYTES:
        raise InputError(
            f"film: {len(content) // 1000} kB; expected at most {FILM_BYTES // 1000}: "
            "fewer or smaller figures"
        )
    data = {"image/png": base64.b64encode(content).decode()}
    display(data, raw=True, metadata={"image/png": {"alt": alt}})
