"""Run a model on its own output in one compiled loop: for writing, scribbling, and what comes."""
import functools
import os
from concurrent.futures import ThreadPoolExecutor

import keras
import numpy as np
from keras import ops


def generate(step, point, states, record, stop, limit, room):
    """Run a model on its own output, all rows of a batch at once, inside a compiled function.

    Args:
        step: function (t, point (B, D), states) that returns the next point, the states after it,
            and what to record of this step: a structure of tensors (B, ...), or () for nothing.
        point: (B, D), the first point.
        states: the states before the first step, any structure of tensors.
        record: what `step` records, as zeros.
        stop: function (t, recorded) that returns which rows have come to their end, (B,) booleans.
        limit: scalar, how many points there may be.
        room: a Python integer of at least `limit`, how many points the result has room for.

    Returns:
        The points (room, B, D), what was recorded (room, B, ...), and the length (B,) of each row.
        What stands behind a row's length doesn't belong to it.

    Example: count up from 0 and from 5, and stop at 7.

    >>> def step(t, point, states):
    ...     return point + 1, states, point
    >>> start = ops.convert_to_tensor([[0.0], [5.0]])
    >>> points, seen, lengths = generate(
    ...     step, start, (), start, lambda t, seen: seen[:, 0] > 6, limit=20, room=20)
    >>> ops.convert_to_numpy(lengths).tolist()
    [8, 3]
    """
    points = ops.zeros((room, *point.shape), point.dtype)
    points = ops.slice_update(points, (0, 0, 0), ops.expand_dims(point, 0))

    def reserve(value):
        return ops.zeros((room, *value.shape), value.dtype)

    def put(rows, row, t):
        return ops.slice_update(rows, (t, *[0] * (len(rows.shape) - 1)), ops.expand_dims(row, 0))

    def going(t, lengths, *_):
        return ops.logical_and(t + 1 < limit, ops.any(lengths > t))

    def body(t, lengths, states, points, records):
        point, states, recorded = step(t, points[t], states)
        points = put(points, point, t + 1)
        records = keras.tree.map_structure(lambda rows, row: put(rows, row, t), records, recorded)
        ended = ops.logical_and(stop(t, recorded), lengths > t)
        return t + 1, ops.where(ended, t + 1, lengths), states, points, records

    start = (
        ops.convert_to_tensor(0),
        ops.broadcast_to(ops.cast(limit, "int32"), (point.shape[0],)),
        states,
        points,
        keras.tree.map_structure(reserve, record),
    )
    _, lengths, _, points, records = ops.while_loop(going, body, start)
    return points, records, lengths


def compiled(model, function):
    """Compile `function`, which uses the weights of `model`, once for each shape of its arguments.

    The weights are passed in, so what was compiled stays right when they change, and threads may
    call it at once.

    Args:
        model: a Keras model.
        function: a function of tensors that calls `model`.

    Returns:
        A function with the same arguments.

    Example:

    >>> model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> run = compiled(model, lambda x: model(x))
    >>> tuple(run(np.ones((3, 1), "float32")).shape)
    (3, 1)
    """
    def stateless(values, *arguments):
        with keras.StatelessScope(list(zip(model.variables, values))):
            return function(*arguments)

    by_shape = {}

    def call(*arguments):
        shapes = tuple(np.shape(argument) for argument in arguments)
        if shapes not in by_shape:
            # TensorFlow warns when it traces one function often, and tells functions apart by their
            # code. A partial has none. Of threads that come here at once, one sets the function.
            by_shape.setdefault(shapes, _jit(functools.partial(stateless)))
        return by_shape[shapes]([v.value for v in model.variables], *arguments)

    return call


def _jit(function):
    if keras.backend.backend() == "tensorflow":
        import tensorflow as tf

        return tf.function(function, autograph=False, jit_compile=True)
    if keras.backend.backend() == "jax":
        import jax

        return jax.jit(function)
    return function


def on_all_cores(function, items):
    """Yield `function` of each item, in order, worked out by as many threads as there are cores.

    A compiled loop of small steps keeps one core busy, and leaves Python free meanwhile.

    Example:

    >>> list(on_all_cores(len, ["to", "be", "not"]))
    [2, 2, 3]
    """
    cores = os.cpu_count()
    with ThreadPoolExecutor(cores) as pool:
        for first in range(0, len(items), cores):  # not all at once: results are large
            yield from pool.map(function, items[first:first + cores])
