"""Atomic writes, a lock on a folder, and the cache folder."""
import contextlib
import os
from pathlib import Path

import platformdirs
from filelock import FileLock, Timeout

from .errors import InputError


def cache_folder():
    """Return the folder for what can be made or downloaded again.

    It is the environment variable MDN_UTILS_CACHE or, without that, the user's cache folder on this
    system.

    Example:

    >>> cache_folder().name
    'mdn_utils'
    """
    return Path(os.environ.get("MDN_UTILS_CACHE") or platformdirs.user_cache_dir("mdn_utils"))


@contextlib.contextmanager
def atomic_write(path):
    """Write a file completely or not at all.

    Args:
        path: the file to write. Its folder is created if need be.

    Yields:
        A path in the same folder with the same ending. Write to that; it becomes `path` when the
        `with` block ends, and disappears if the block fails.

    Example:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     with atomic_write(Path(folder, "a.txt")) as part:
    ...         _ = part.write_text("all of it")
    ...     Path(folder, "a.txt").read_text()
    'all of it'
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{os.getpid()}-{path.name}")
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write_atomically(path, data):
    """Write the bytes `data` to `path`, completely or not at all.

    Example:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_atomically(f"{folder}/a.txt", b"all of it")
    """
    with atomic_write(path) as part:
        part.write_bytes(data)


@contextlib.contextmanager
def exclusive(folder):
    """Hold an exclusive lock on a folder; it is released when its process ends, even if killed.

    Args:
        folder: the folder, created if need be.

    Raises:
        InputError: if another process holds the lock.

    Example:

    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder, exclusive(Path(folder)):
    ...     pass  # nobody else is at work here
    """
    folder.mkdir(parents=True, exist_ok=True)
    try:
        lock = FileLock(folder / ".lock").acquire(timeout=0)
    except Timeout:
        raise InputError(
            f"{folder}: another run is at work there; wait for its end or choose another folder"
        ) from None
    with lock:
        yield
