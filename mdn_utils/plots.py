"""The figures that more than one notebook draws, and how a figure is shown."""
import matplotlib.pyplot as plt
from IPython.display import display
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from .data.strokes import curves
from .drawing import outline


def show(figure, alt):
    """Show a figure in a notebook, with a description for readers who cannot see it."""
    display(figure, metadata={"image/png": {"alt": alt}})
    plt.close(figure)  # or the notebook would show it once more


def line(axes, strokes, **style):
    """Draw a line of handwriting (T, 3) on the axes as smooth curves, in its own proportions and without a frame."""
    style = {"linewidth": 1.2, "capstyle": "round", "joinstyle": "round", **style}
    axes.add_patch(PathPatch(outline(curves(strokes)), fill=False, **style))
    axes.autoscale_view()
    axes.set_aspect("equal")
    axes.axis("off")


def sheet(lines, columns=2, width=12):
    """A contact sheet, a Figure: many lines of handwriting with a label above each. lines: [(strokes, label), ...]."""
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
    """phi(t, u) of a `writing.Written` line as a picture: points from left to right, letters upwards."""
    axes.imshow(written.attention.T, aspect="auto", origin="lower", cmap="viridis", interpolation="nearest")
    axes.set_yticks(range(len(written.text)), list(written.text), fontsize=7)
    axes.set_xlabel("point t")
    axes.set_ylabel("letter u")
