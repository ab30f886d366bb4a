// Read handwriting: LSTMs that read the ink forwards and backwards, and connectionist temporal
// classification.

import { ALPHABET, encode } from "./alphabet.js";
import { bestPath, doubts, logLikelihood } from "./decoding.js";
import { InputError } from "./errors.js";
import { FEATURES, features, penSteps } from "./ink.js";
import { LSTM } from "./lstm.js";
import { Matrix } from "./matrix.js";

const STEPS_PER_FRAME = 2;
const LABELS = ALPHABET.length + 1; // the blank, and character k as k + 1
// Nats by which another text may explain a line better than its own.
const MOST_DOUBT = 4;
const MOST_DOUBT_OF_LETTERS = 15;
const MOST_DOUBT_OF_ALL = 60;

export class Reader {
  constructor({ config, arrays, kernel }) {
    // Keras keeps all layers that read forwards, then all that read backwards, then the output; the
    // names in the manifest say which is which.
    const layers = new Map();
    for (const array of arrays) {
      const [layer] = array.name.split("/");
      layers.set(layer, [...(layers.get(layer) ?? []), array]);
    }
    const lstm = (name) => new LSTM(layers.get(name), kernel);
    this.forwards = config.units.map((_, n) => lstm(`forwards${n + 1}`));
    this.backwards = config.units.map((_, n) => lstm(`backwards${n + 1}`));
    this.output = new Matrix(layers.get("output"), kernel);
  }

  // The log probability of each label in each frame of two steps.
  frames(strokes) {
    const inputs = features(penSteps(strokes));
    let x = [];
    for (let k = 0; k < inputs.length; k += STEPS_PER_FRAME) {
      const steps = inputs.slice(k, k + STEPS_PER_FRAME).flat();
      while (steps.length < STEPS_PER_FRAME * FEATURES) steps.push(0);
      x.push(Float32Array.from(steps));
    }
    this.forwards.forEach((ahead, n) => {
      const there = run(ahead, x);
      const back = run(this.backwards[n], [...x].reverse()).reverse();
      x = there.map((values, t) => Float32Array.of(...values, ...back[t]));
    });
    return x.map((values) => logSoftmax(this.output.multiply(values).subarray(0, LABELS)));
  }

  // What a line says, by the best path.
  read(strokes) {
    return bestPath(this.frames(strokes)).map((label) => ALPHABET[label - 1]).join("");
  }

  // log P(text | ink) in nats, minus infinity for strokes that can't be read at all.
  logLikelihood(strokes, text) {
    try {
      return logLikelihood(this.frames(strokes), encode(text));
    } catch (error) {
      if (error instanceof InputError) return -Infinity;
      throw error;
    }
  }

  // Throw an InputError if a line doesn't say what its text says.
  checkText(strokes, text) {
    const what = this.doubt(strokes, text);
    if (!what) return;
    const reading = this.read(strokes);
    throw new InputError(`You say the line reads “${text}”, but ${what}; it looks like “${reading}”.`);
  }

  doubt(strokes, text) {
    const found = doubts(this.frames(strokes), encode(text));
    if (found.after > MOST_DOUBT) return "there is more ink after that";
    if (found.before > MOST_DOUBT) return "there is more ink before that";
    if (found.shorter > MOST_DOUBT_OF_LETTERS) return "the ink ends before that";
    if (found.later > MOST_DOUBT_OF_LETTERS) return "the ink begins after that";
    if (found.other > MOST_DOUBT_OF_ALL) return "the ink says something else";
    return null;
  }
}

function run(layer, inputs) {
  const state = layer.initialState();
  return inputs.map((x) => layer.step([x], state).slice());
}

function logSoftmax(values) {
  const largest = Math.max(...values);
  const total = values.reduce((sum, value) => sum + Math.exp(value - largest), 0);
  return Array.from(values, (value) => value - largest - Math.log(total));
}
