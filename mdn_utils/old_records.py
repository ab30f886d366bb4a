"""Read weights that were saved when one class, `Network`, was all three networks."""
import h5py
import numpy as np

KEYS = ("kind", "units", "mixtures", "windows", "peepholes")
CLASSES = {
    "text": "TextNetwork",
    "prediction": "PredictionNetwork",
    "synthesis": "SynthesisNetwork",
}


def serialized(network):
    """Translate the record's entry "network" into what Keras builds a model from."""
    kind, units, mixtures, windows, peepholes = (network[key] for key in KEYS)
    sizes = (*units, mixtures, windows)
    if not all(type(size) is int for size in sizes) or not isinstance(peepholes, bool):
        raise ValueError(f"network is {network}")
    config = {"units": units, "peepholes": peepholes}
    if kind != "text":
        config["mixtures"] = mixtures
    if kind == "synthesis":
        config["gaussians"] = windows
    return {
        "module": "mdn_utils.networks",
        "class_name": CLASSES[kind],
        "config": config,
        "registered_name": f"mdn_utils>{CLASSES[kind]}",
    }


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
    if hasattr(model, "window"):
        names += [f"hidden/rnn/cell/cell/vars/{k}" for k in arrays]
        names += [f"hidden/rnn/cell/gaussians/vars/{k}" for k in range(2)]
        # Keras numbers the layers of each class, and this one was an RNN too.
        layers = layers[1:] if model.peepholes else layers[:-1]
    for name in layers:
        names += [f"hidden/{name}/cell/vars/{k}" for k in arrays]
    return [*names, "head/vars/0", "head/vars/1"]
