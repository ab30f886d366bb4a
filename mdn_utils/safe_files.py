"""Files that are written whole or not at all, a lock on a folder, and the cache folder."""
import contextlib
import os
from pathlib import Path

from filelock import FileLock, Timeout

from .errors import InputError


def cache_folder():
    """The folder for what can be made or downloaded again: MDN_UTILS_CACHE, or ~/.cache/mdn_utils."""
    return Path(os.environ.get("MDN_UTILS_CACHE") or Path.home() / ".cache" / "mdn_utils")


@contextlib.contextmanager
def atomic_write(path):
    """`with atomic_write(path) as part:` write to `part`; it becomes `path` at the end, or nothing does if writing fails.

    `part` lies in the same folder, which is made if need be, and has the same ending.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


@contextlib.contextmanager
def exclusive(folder):
    """`with exclusive(folder):` one process at a time, others get InputError; the lock ends with its process, even killed.

    `folder` is made if need be.
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(folder / ".lock").acquire(timeout=0)
    except Timeout:
        raise InputError(f"{folder}: another run is at work there; wait for its end or choose another folder") from None
    with lock:
        yield


def write_atomically(path, data):
    """Write the bytes `data` to `path`, whole or not at all."""
    with atomic_write(path) as part:
        part.write_bytes(data)
