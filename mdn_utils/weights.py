"""Keep trained models in files: weights in half precision, beside a record of how they came about.

A model NAME is two files, NAME.weights.h5 and NAME.json. The JSON says what class to build, and
the checksum of the weights.
"""
import copy
import hashlib
import importlib
import io
import json
import os
import platform
from pathlib import Path

import h5py
import keras
import numpy as np

from . import old_records
from .checkpoints import read_checkpoint, write_checkpoint
from .errors import InputError
from .safe_files import atomic_write

HERE = Path(__file__).parent
# The weights that come with the course: inside an installed package, or in the repository's data/.
SHIPPED = HERE / "shipped" if (HERE / "shipped").is_dir() else HERE.parent / "data" / "weights"


def save(model, path, **provenance):
    """Write the weights of a model and its record; both files change together or not at all.

    Half precision halves the file and costs about 0.0002 nats per point.

    Args:
        model: a functional or sequential model, or one whose class is registered with
            `keras.saving.register_keras_serializable` and has a complete `get_config`.
        path: NAME.weights.h5; NAME.json goes beside it.
        **provenance: what the record should say besides, such as the command and the corpus.

    Raises:
        OSError: if the files can't be written.

    Example:

    >>> import tempfile
    >>> model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     save(model, f"{folder}/small.weights.h5", source="an example")
    ...     again = load(f"{folder}/small.weights.h5")
    >>> again.count_params()
    8
    """
    path = Path(path)
    serialized = _serialize(model)
    # Without the optimizer's state. Keras empties what it builds from, so it gets a copy.
    bare = keras.saving.deserialize_keras_object(copy.deepcopy(serialized))
    bare.set_weights(model.get_weights())
    with atomic_write(path) as part, atomic_write(record_path(path)) as record_part:
        write_checkpoint(bare, part)
        _halve(io.BytesIO(part.read_bytes()), part)
        record = {
            "model": serialized,
            "parameters": model.count_params(),
            **provenance,
            "machine": machine(),
            "sha256": hashlib.sha256(part.read_bytes()).hexdigest(),
        }
        record_part.write_text(json.dumps(record, indent=1))


def _serialize(model):
    """What Keras needs to build the model again, without how it was compiled.

    Whoever loads one of our networks decides on its name and its precision.
    """
    serialized = _without_none(keras.saving.serialize_keras_object(model))
    serialized.pop("compile_config", None)
    serialized.pop("build_config", None)
    if _package(serialized) == __package__:
        for key in ("name", "dtype", "trainable"):
            serialized["config"].pop(key, None)
    return serialized


def _without_none(config):
    """The same without options that are None, their default: an older Keras may not know them."""
    if isinstance(config, list):
        return [_without_none(value) for value in config]
    if isinstance(config, dict):
        return {key: _without_none(value) for key, value in config.items() if value is not None}
    return config


def _package(serialized):
    """The package of a model's class; "" for a class that a notebook defines."""
    return serialized.get("module", "").partition(".")[0]


def machine():
    """Return what a figure was measured on, in one line.

    Example:

    >>> machine()
    '... cores, Python 3...'
    """
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"Keras {keras.__version__} on {keras.backend.backend()}"
    )


def _halve(source, target):
    """Copy an HDF5 file with its floating-point arrays in float16."""
    with h5py.File(source) as full, h5py.File(target, "w") as half:

        def copy(name, item):
            if isinstance(item, h5py.Dataset):
                is_float = np.issubdtype(item.dtype, np.floating)
                half[name] = np.float16(item[()]) if is_float else item[()]
            else:
                half.create_group(name).attrs.update(item.attrs)

        full.visititems(copy)


def record_path(path):
    """Return where the JSON record of a weights file is.

    Example:

    >>> record_path("runs/mine.weights.h5").name
    'mine.json'
    """
    return Path(str(path).removesuffix(".weights.h5") + ".json")


def shipped_path(name):
    """Return where the weights `name` that come with the course are.

    Example:

    >>> shipped_path("synthesis_real").name
    'synthesis_real.weights.h5'
    """
    return SHIPPED / f"{name}.weights.h5"


def load_shipped(name):
    """Load a model that comes with the course, such as "synthesis_real".

    Raises:
        InputError: if there is no such model; the sentence names those there are.

    Example:

    >>> load_shipped("prediction_simulated").units
    (256, 256)
    """
    path = shipped_path(name)
    if not path.is_file():
        names = sorted(file.name.removesuffix(".weights.h5") for file in SHIPPED.glob("*.h5"))
        raise InputError(f"no weights named {name!r} come with the course; {', '.join(names)} do")
    return load(path)


def load(path):
    """Load the model in a weights file and its record, in the dtype policy that is now set.

    Args:
        path: NAME.weights.h5, as `save` writes it.

    Raises:
        InputError: if a file is missing or damaged, if they don't belong together, or if the class
            of the model isn't registered (import the module that defines it first).

    Example: see `save`.

    >>> load(shipped_path("text_python")).units
    (256, 256)
    """
    path = Path(path)
    for part in (path, record_path(path)):
        if not part.is_file():
            raise InputError(
                f"{part}: there is no such file; weights are a NAME.weights.h5 with a NAME.json "
                "beside it"
            )
    record = _read_record(record_path(path))
    if hashlib.sha256(path.read_bytes()).hexdigest() != record["sha256"]:
        raise InputError(
            f"{path}: its checksum is not the one in {record_path(path)}; fetch both files again"
        )
    model = _build(record["model"], path)
    read_checkpoint(model, path, old_records.load_weights if "network" in record else None)
    return model


def _read_record(path):
    """Read a record and import the module of ours that defines the model's class."""
    try:
        record = json.loads(path.read_bytes())
        if "network" in record:
            record["model"] = old_records.serialized(record["network"])
        package = _package(record["model"])
        if package == __package__:
            importlib.import_module(record["model"]["module"])
        elif package != "keras" and not _registered(record["model"]):
            raise InputError(
                f"{path}: a model of the class {record['model']['registered_name']!r}, which is "
                "not registered; import the module that defines it"
            )
        if not isinstance(record["sha256"], str) or not isinstance(record["model"]["config"], dict):
            raise ValueError("its entries are of the wrong kind")
        return record
    except InputError:
        raise
    except Exception as error:  # whatever a damaged file makes Python say
        raise InputError(f"{path}: not a record of weights ({error!r})") from None


def _registered(serialized):
    return keras.saving.get_registered_object(serialized.get("registered_name", ""))


def _build(serialized, path):
    """Build the model, unless its weights could not possibly fit the file."""
    try:
        # In half precision each weight takes two bytes. Checked before anything is allocated.
        least_parameters = getattr(_registered(serialized), "least_parameters", None)
        if least_parameters and 2 * least_parameters(serialized["config"]) > path.stat().st_size:
            raise InputError(f"{path}: too small for the model in {record_path(path)}")
        return keras.saving.deserialize_keras_object(serialized)
    except InputError:
        raise
    except Exception as error:  # a configuration can be wrong in as many ways as there are classes
        reason = str(error).partition("\n")[0]
        raise InputError(
            f"{record_path(path)}: not a record of weights ({type(error).__name__}: {reason})"
        ) from None
