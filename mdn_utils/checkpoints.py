"""Write and read the weights of a model, and the state of its optimizer, as one HDF5 file."""
import h5py
import numpy as np

from .errors import InputError


def write_checkpoint(model, path):
    """Write the weights and, if the model is compiled, the optimizer's state.

    Raises:
        OSError: if the disk is full.
    """
    variables = [*model.variables]
    if model.compiled:
        variables += model.optimizer.variables
    # Reserve the space first, because HDF5 crashes on a full disk.
    path.write_bytes(bytes(sum(4 * int(np.prod(v.shape)) + 4096 for v in variables)))
    model.save_weights(path)


def read_checkpoint(model, path, load_weights=None):
    """Read what `write_checkpoint` wrote.

    Args:
        model: the model whose weights to set.
        path: the file.
        load_weights: function (model, path) that reads another layout of the file than Keras's.

    Raises:
        InputError: if the file is missing, broken, or of another model.
    """
    try:
        check_arrays(path)
        (load_weights or type(model).load_weights)(model, path)
    except Exception as error:  # h5py and Keras raise a dozen kinds of error over broken bytes
        reason = str(error).partition("\n")[0]
        raise InputError(f"{path}: does not fit the network ({reason})") from None


def check_arrays(path):
    """Raise ValueError if the arrays in an HDF5 file claim more bytes than the file has.

    Keras allocates whatever size an array claims, so this comes first.
    """
    sizes = []
    with h5py.File(path) as file:
        file.visititems(lambda _, item: sizes.append(getattr(item, "nbytes", 0)))
    if sum(sizes) > path.stat().st_size:
        raise ValueError("its arrays claim more than it holds")
