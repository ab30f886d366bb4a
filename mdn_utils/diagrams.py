"""Draw networks as boxes, nodes and arrows on Matplotlib axes."""
import matplotlib.pyplot as plt
from matplotlib.patches import FancyBboxPatch

INPUT = "#ffffff"
STATE = "#c6dff0"
OUTPUT = "#fbd9bf"
GATE = "#cfe9df"
LINE = "#404040"


def canvas(width, height, scale=0.75):
    """Return a figure and its axes without a frame; a unit is as long upwards as sideways.

    Args:
        width, height: of the drawing, in units; the lower left corner is (0, 0).
        scale: inches per unit.

    Example:

    >>> figure, axes = canvas(4, 2)
    >>> float(axes.get_xlim()[1]), float(axes.get_ylim()[1])
    (4.0, 2.0)
    """
    figure, axes = plt.subplots(figsize=(scale * width, scale * height), layout="constrained")
    axes.set(xlim=(0, width), ylim=(0, height), aspect="equal")
    axes.axis("off")
    return figure, axes


def node(axes, place, text, colour=INPUT, width=None):
    """Draw a circle with text in it: a vector, or what is done to one.

    Args:
        axes: from `canvas`.
        place: (x, y) of its middle.
        text: may hold TeX between dollar signs.
        colour: of its inside.
        width: in units, for circles that should be equally big; as big as the text needs if None.

    Returns:
        What `arrow` takes as an end.

    Example:

    >>> node(canvas(4, 2)[1], (1, 1), "$x_t$").get_position()
    (1, 1)
    >>> node(canvas(4, 2)[1], (1, 1), "$x_{t-1}$", width=0.8).get_width()
    0.8
    """
    return _shape(axes, place, text, colour, "circle,pad=0.3", "circle,pad=0", width, width)


def box(axes, place, text, colour=STATE, width=None):
    """Draw a rounded box with text in it: a layer, or a gate.

    Args:
        axes: from `canvas`.
        place: (x, y) of its middle.
        text: may hold TeX between dollar signs, and newlines.
        colour: of its inside.
        width: in units, for boxes that should be equally wide; as wide as the text if None.

    Returns:
        What `arrow` takes as an end.

    Example:

    >>> box(canvas(4, 2)[1], (2, 1), "LSTM", width=2).get_width()
    2
    """
    fixed = "round,pad=0,rounding_size=0.12"
    return _shape(axes, place, text, colour, "round,pad=0.4", fixed, width, 0.72)


def _shape(axes, place, text, colour, fitted, fixed, width, height):
    """Text in a box of the style `fitted`, or with a width, of the style `fixed` and this size."""
    style = {"facecolor": colour, "edgecolor": LINE}
    label = axes.text(*place, text, ha="center", va="center", fontsize=11)
    if width is None:
        label.set_bbox({"boxstyle": fitted, **style})
        return label
    x, y = place
    corner = x - width / 2, y - height / 2
    return axes.add_patch(FancyBboxPatch(corner, width, height, boxstyle=fixed, **style))


def arrow(axes, start, end, text="", bend=0.0, **style):
    """Draw an arrow from one node or box to another, up to their edges.

    Args:
        axes: from `canvas`.
        start, end: what `node` or `box` returned, or a place (x, y).
        text: stands beside its middle.
        bend: 0 for a straight arrow; how far it swings to the left of its way, in lengths of it.
        **style: of the line, such as color, linestyle and linewidth.

    Example:

    >>> figure, axes = canvas(4, 2)
    >>> arrow(axes, node(axes, (1, 1), "$x_t$"), box(axes, (3, 1), "LSTM"), "read")
    """
    (x0, y0), (x1, y1) = _middle(start), _middle(end)
    style = {"color": LINE, "linewidth": 1.2, **style}
    axes.annotate("", (x1, y1), (x0, y0), arrowprops={
        "arrowstyle": "-|>", "patchA": _outline(start), "patchB": _outline(end), "shrinkA": 1,
        "shrinkB": 1, "connectionstyle": f"arc3,rad={-bend}", **style,
    })
    if text:
        length = max(((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5, 1e-9)
        side = 0.3 + bend * length / 2
        place = (
            (x0 + x1) / 2 - side * (y1 - y0) / length, (y0 + y1) / 2 + side * (x1 - x0) / length
        )
        axes.text(*place, text, ha="center", va="center", fontsize=9, color=style["color"])


def _middle(end):
    if hasattr(end, "get_bbox_patch"):
        return end.get_position()
    if hasattr(end, "get_bbox"):
        bounds = end.get_bbox()
        return (bounds.x0 + bounds.x1) / 2, (bounds.y0 + bounds.y1) / 2
    return end


def _outline(end):
    """The patch at whose edge an arrow stops, if there is one."""
    if hasattr(end, "get_bbox_patch"):
        return end.get_bbox_patch()
    return end if hasattr(end, "get_bbox") else None
