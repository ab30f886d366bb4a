"""Sequence generation with recurrent networks: the layers, losses and samplers of the course.

Importing this package changes nothing in the process. Notebooks and the command line call
`silence_tensorflow()` first, because TensorFlow greets every process on its error stream.
"""
import contextlib
import gc
import logging
import os


@contextlib.contextmanager
def silence_stderr():
    """Send file descriptor 2 nowhere inside a `with` block, for messages that C++ code writes."""
    stderr = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 2)
        yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        os.close(nowhere)


def silence_tensorflow():
    """Import Keras without TensorFlow's greetings, and turn its warnings about retracing off.

    Call it before anything imports Keras. Lines of handwriting differ in length, so TensorFlow
    compiles a function for several shapes, which it would warn about. Changes the whole process:
    the environment variable `TF_CPP_MIN_LOG_LEVEL` and a filter on TensorFlow's logger.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    logger = logging.getLogger("tensorflow")
    logger.addFilter(_is_not_about_retracing)
    collecting = gc.isenabled()
    gc.disable()  # a sixth of the import would go into looking for garbage, and there is none
    try:
        with silence_stderr():
            import keras  # noqa: F401
    finally:
        if collecting:
            gc.enable()


def _is_not_about_retracing(record):
    return "tf.function retracing" not in record.getMessage()
