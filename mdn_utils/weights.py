"""Weights in files: half precision, with a record of how they came about."""
import hashlib
import io
import json
import os
import platform
from pathlib import Path

import h5py
import keras
import numpy as np

from .errors import InputError
from .networks import Network
from .safe_files import atomic_write

HERE = Path(__file__).parent
SHIPPED = HERE / "shipped" if (HERE / "shipped").is_dir() else HERE.parent / "data" / "weights"  # installed, or not
NETWORK = ("kind", "units", "mixtures", "windows", "peepholes")


def save(network, path, **provenance):
    """Write the weights to `path` (.weights.h5) and a JSON beside it: configuration, provenance, checksum.

    They are kept in half precision, which halves the file and costs about 0.0002 nats a point.
    """
    path = Path(path)
    bare = Network.from_config(network.get_config())  # without the optimizer's state
    bare.set_weights(network.get_weights())
    with atomic_write(path) as part, atomic_write(record_path(path)) as beside:  # they change places together, once both are written
        write_weights(bare, part)
        _halve(io.BytesIO(part.read_bytes()), part)
        record = {"network": network.get_config(), "parameters": network.count_params(), **provenance,
                  "machine": machine(),
                  "sha256": hashlib.sha256(part.read_bytes()).hexdigest()}
        beside.write_text(json.dumps(record, indent=1))


def machine():
    """What a figure was measured on, in one line."""
    return (f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
            f"Keras {keras.__version__} on {keras.backend.backend()}")


def _halve(source, target):
    with h5py.File(source) as full, h5py.File(target, "w") as half:
        def copy(name, item):
            if isinstance(item, h5py.Dataset):
                half[name] = np.float16(item[()])
            else:
                half.create_group(name).attrs.update(item.attrs)

        full.visititems(copy)


def record_path(path):
    """Where the JSON beside a weights file stands."""
    return Path(str(path).removesuffix(".weights.h5") + ".json")


def shipped_path(name):
    """Where the weights `name` that come with the course stand, such as "synthesis_simulated"."""
    return SHIPPED / f"{name}.weights.h5"


def load_shipped(name):
    """Load the weights `name` that come with the course."""
    return load(shipped_path(name))


def load(path):
    """The network in a weights file, with the JSON beside it; raises InputError where one is missing or damaged."""
    path = Path(path)
    for part in (path, record_path(path)):
        if not part.is_file():
            raise InputError(f"{part}: there is no such file; weights are a NAME.weights.h5 with a NAME.json beside it")
    try:
        record = json.loads(record_path(path).read_bytes())
        config, checksum = {key: record["network"][key] for key in NETWORK}, record["sha256"]
        numbers = [*config["units"], config["mixtures"], config["windows"]]
        if not all(type(number) is int for number in numbers) or not isinstance(config["peepholes"], bool):
            raise ValueError(f"network is {config}")
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise InputError(f"{record_path(path)}: not a record of weights ({error!r})") from None
    if hashlib.sha256(path.read_bytes()).hexdigest() != checksum:
        raise InputError(f"{path}: its checksum is not the one in {record_path(path)}; fetch both files again")
    # at least so many bytes, in half precision: before room is made for a network that no file can fill
    if sum(8 * size ** 2 + 1000 for size in config["units"]) + 6 * max(numbers) > path.stat().st_size:
        raise InputError(f"{path}: does not fit the network in {record_path(path)}, which is larger")
    network = Network.from_config(config)
    read_weights(network, path)
    return network


def write_weights(network, path):
    """Write the file `path`: the weights and, where there is one, the optimizer's state; OSError on a full disk."""
    variables = [*network.variables, *(network.optimizer.variables if network.compiled else [])]
    path.write_bytes(bytes(sum(4 * int(np.prod(v.shape)) + 4096 for v in variables)))  # for HDF5 would crash there
    network.save_weights(path)


def read_weights(network, path):
    """Read the file `path` into `network`; InputError where it is missing, broken or of another network."""
    try:
        claimed = []
        with h5py.File(path) as file:  # first, for Keras makes room for whatever size an array claims
            file.visititems(lambda _, item: claimed.append(getattr(item, "nbytes", 0)))
        if sum(claimed) > path.stat().st_size:
            raise ValueError("its arrays claim more than it holds")
        network.load_weights(path)
    except Exception as error:  # h5py and Keras raise a dozen kinds of error over broken bytes
        reason = str(error).partition("\n")[0]
        raise InputError(f"{path}: does not fit the network ({reason})") from None
