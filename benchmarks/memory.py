"""How much memory a corpus takes that is packed: of IAM-OnDB's size, 12,000 lines, and ten times that.

    python benchmarks/memory.py

2,000 simulated lines, again and again. Each step runs in a process of its own, and the most memory it held is printed.
"""

import itertools
import multiprocessing
import resource
import tempfile
from pathlib import Path

from mdn_utils.data import batches, packed, prepare, simulated


def write(path, count):
    lines = prepare.prepare(simulated.lines(2000))
    packed.pack(path, {"train": itertools.islice(itertools.cycle(lines), count)})


def read(path, count, keep=lambda lines: lines):
    stream = batches.LineBatches(keep(packed.Packed(path)), steps=500, augment=True)
    for k in range(len(stream)):
        stream[k]


def read_from_memory(path, count):
    read(path, count, keep=list)


def held(connection, act, *arguments):
    act(*arguments)
    connection.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        for count in (12_000, 120_000):
            path, row = Path(folder, f"{count}.h5"), []
            for act in (write, read, read_from_memory):
                ours, theirs = context.Pipe()
                process = context.Process(target=held, args=(theirs, act, path, count))
                process.start()
                row.append(f"{act.__name__.replace('_', ' ')} {ours.recv():,.0f} MB")
                process.join()
            print(
                f"{count:,} lines, {path.stat().st_size / 2**20:,.0f} MB on disk: {', '.join(row)}",
                flush=True,
            )
