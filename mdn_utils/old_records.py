"""Read weights that were saved when one class, `Network`, was all three networks."""
import h5py
import numpy as np

from .networks import PredictionNetwork, SynthesisNetwork, TextNetwork

KEYS = ("kind", "units", "mixtures", "windows", "peepholes")


def class_and_config(network):
    """Translate the record's entry "network" into a class and its configuration."""
    kind, units, mixtures, windows, peepholes = (network[key] for key in KEYS)
    if not all(type(size) is int for size in (*units, mixtures, windows)):
        raise ValueError(f"network is {network}")
    if not isinstance(peepholes, bool):
        raise ValueError(f"network is {network}")
    config = {"units": units, "peepholes": peepholes}
    if kind == "text":
        return TextNetwork, config
    config["mixtures"] = mixtures
    if kind == "prediction":
        return PredictionNetwork, config
    if kind == "synthesis":
        return SynthesisNetwork, {**config, "gaussians": windows}
    raise ValueError(f"kind is {kind!r}")


def load_weights(model, path):
    """Read the arrays of an old file, whose paths inside the file were others."""
    with h5py.File(path) as file:
        model.set_weights([np.float32(file[name][()]) for name in _names(model)])


def _names(model):
    """Paths of the arrays in the order of `model.weights`."""
    arrays = range(4 if model.peepholes else 3)
    layer = "rnn" if model.peepholes else "lstm"
    names = []
    layers = [layer if n == 0 else f"{layer}_{n}" for n in range(len(model.units))]
    if isinstance(model, SynthesisNetwork):
        names += [f"hidden/rnn/cell/cell/vars/{k}" for k in arrays]
        names += [f"hidden/rnn/cell/gaussians/vars/{k}" for k in range(2)]
        # Keras numbers the layers of each class, and this one was an RNN too.
        layers = layers[1:] if model.peepholes else layers[:-1]
    for name in layers:
        names += [f"hidden/{name}/cell/vars/{k}" for k in arrays]
    return [*names, "head/vars/0", "head/vars/1"]
