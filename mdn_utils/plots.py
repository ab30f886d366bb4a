"""The figures that more than one notebook draws, and how a figure is shown."""
import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from .data.strokes import curves
from .drawing import outline


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

    Args:
        axes: Matplotlib axes.
        written: a `writing.Written`.
    """
    axes.imshow(
        written.attention.T, aspect="auto", origin="lower", cmap="viridis", interpolation="nearest"
    )
    axes.set_yticks(range(len(written.text)), list(written.text), fontsize=7)
    axes.set_xlabel("point t")
    axes.set_ylabel("letter u")
