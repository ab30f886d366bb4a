// The synthesis network: LSTM layers with the paper's skip connections (Graves 2013, figure 12).

import { ALPHABET } from "./alphabet.js";
import { LSTM } from "./lstm.js";
import { Matrix } from "./matrix.js";
import { attention, look, move } from "./soft_window.js";

export class SynthesisNetwork {
  // weights: what weights.load returns.
  constructor({ config, arrays, kernel }) {
    const take = (count) => arrays.splice(0, count);
    arrays = [...arrays];
    this.gaussians = config.gaussians;
    this.window = new LSTM(take(3), kernel);
    this.gaussiansLayer = new Matrix(take(2), kernel);
    this.hidden = config.units.slice(1).map(() => new LSTM(take(3), kernel));
    this.head = new Matrix(take(2), kernel);
    this.rawSize = 1 + 6 * config.mixtures;
  }

  initialState() {
    return {
      layers: [this.window, ...this.hidden].map((layer) => layer.initialState()),
      window: new Float32Array(ALPHABET.length),
      position: new Float32Array(this.gaussians),
    };
  }

  // One point further: the raw outputs for the next point, and phi for the text and one letter
  // beyond it. It changes `state` in place.
  step(point, state, text) {
    const [first, ...rest] = state.layers;
    let below = this.window.step([point, state.window], first);
    const raw = this.gaussiansLayer.multiply(below).subarray(0, 3 * this.gaussians);
    const gaussians = move(raw, state.position);
    const phi = attention(gaussians, text.length + 1);
    state.position = gaussians.position;
    state.window = look(phi, text, ALPHABET.length);
    const outputs = [below];
    this.hidden.forEach((layer, n) => {
      below = layer.step([point, state.window, below], rest[n]);
      outputs.push(below);
    });
    return { raw: this.head.multiply(...outputs).subarray(0, this.rawSize), phi };
  }
}

export function copyState({ layers, window, position }) {
  return {
    layers: layers.map(({ h, c }) => ({ h: h.slice(), c: c.slice() })),
    window: window.slice(),
    position: position.slice(),
  };
}
