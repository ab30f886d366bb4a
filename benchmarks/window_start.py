"""Measure from which starting paces a small network learns to read, over several seeds.

    KERAS_BACKEND=jax python benchmarks/window_start.py --pace 24 60 --seeds 3

Lesson 05, section 4, for a little longer: short words in one printed hand, two layers of 64 cells,
400 batches of Adam. The window starts at one character per `pace` points; the words take about 12.
Printed for each run, on words that training never saw: how far into the word the window has got
when the word is finished, and the nats per point with the right text and with its letters rotated
by one.
"""
import argparse
import random

import keras
import numpy as np

from mdn_utils import networks
from mdn_utils.data import alphabet, batches, phrases, prepare, simulated, strokes
from mdn_utils.layers import attention, mixture

HAND = simulated.Style(connectedness=0.0, neatness=0.9)
STEPS = 400


def write_words(count, seed, split):
    """Words of up to five letters in the one hand, of up to 64 points."""
    known = {word for words in phrases.vocabulary()[1].values() for word in words if len(word) <= 5}
    words = [word for word in sorted(known) if (phrases.split_of(word) == "train") == (split == "train")]
    lines = [
        strokes.Line(simulated.write(word, HAND, seed + k), word, "one hand")
        for k, word in enumerate(random.Random(seed).choices(words, k=count))
    ]
    return [line for line in map(prepare.normalise, lines) if len(line.strokes) <= 64]


def small_network(pace, seed):
    """An untrained network whose window takes `pace` points per character."""
    keras.utils.set_random_seed(seed)
    network = networks.SynthesisNetwork(units=(64, 64), mixtures=8, gaussians=3)
    kernel, bias = network.window.gaussians_layer.get_weights()
    bias[2 * network.gaussians:] = -np.log(pace)
    network.window.gaussians_layer.set_weights([kernel, bias])
    return network


def examine(network, lines, rotate=False):
    """Share of the word read at its end, and nats per point."""
    texts = [line.text[1:] + line.text[0] if rotate else line.text for line in lines]
    T, U = max(len(line.strokes) for line in lines), max(map(len, texts)) + 1
    x = np.stack([np.pad(line.strokes, ((0, T - len(line.strokes)), (0, 0))) for line in lines])
    raw, gaussians = network.attend((x[:, :-1], np.stack([alphabet.encode(text, U) for text in texts])))
    nats = keras.ops.convert_to_numpy(mixture.nats(x[:, 1:], raw))
    phi = keras.ops.convert_to_numpy(attention(gaussians, U))
    read = [(phi[k, len(line.strokes) - 2, :len(line.text)].argmax() + 1) / len(line.text)
            for k, line in enumerate(lines)]
    return np.mean(read), np.mean(np.concatenate([nats[k, :len(line.strokes) - 1] for k, line in enumerate(lines)]))


def main():
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--pace", type=float, nargs="+", default=[24, 60])
    parser.add_argument("--seeds", type=int, default=3)
    args = parser.parse_args()
    train, held_out = write_words(2000, 0, "train"), write_words(150, 10 ** 6, "held out")
    print("pace  seed  read  right text  rotated text", flush=True)
    for pace in args.pace:
        for seed in range(1, args.seeds + 1):
            network = small_network(pace, seed)
            rate = keras.optimizers.schedules.CosineDecay(5e-3, STEPS, alpha=0.05)
            network.compile(keras.optimizers.Adam(rate, global_clipnorm=1.0), mixture.MixtureLoss())
            network.fit(batches.LineBatches(train, steps=STEPS, seed=seed), epochs=1, verbose=0, shuffle=False)
            read, right = examine(network, held_out)
            print(f"{pace:4.0f}  {seed:4}  {read:4.2f}  {right:10.2f}  {examine(network, held_out, True)[1]:12.2f}", flush=True)


if __name__ == "__main__":
    main()
