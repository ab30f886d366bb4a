// A dense layer: weights that stay where WebAssembly's vector instructions can reach them.

const PAGE = 65536; // bytes, of WebAssembly's memory
const whole = (count) => 4 * Math.ceil(count / 4);

export class Matrix {
  // parts: {data, shape} of matrices of equal width, one below the other; the last one is the bias.
  // kernel: matrix.wat, compiled; without it, a plain loop does the same, ten times slower.
  constructor(parts, kernel) {
    const shapes = parts.map(({ shape }) => (shape.length === 1 ? [1, shape[0]] : shape));
    this.rows = whole(shapes.reduce((sum, [rows]) => sum + rows, 0));
    this.columns = whole(shapes[0][1]);
    const floats = this.rows * (this.columns + 1) + this.columns;
    const memory = new WebAssembly.Memory({ initial: Math.ceil((4 * floats) / PAGE) });
    this.multiplier = kernel && new WebAssembly.Instance(kernel, { matrix: { memory } }).exports;
    this.input = new Float32Array(memory.buffer, 0, this.rows);
    this.output = new Float32Array(memory.buffer, 4 * this.rows, this.columns);
    const at = 4 * (this.rows + this.columns);
    this.weights = new Float32Array(memory.buffer, at, this.rows * this.columns);
    let row = 0;
    parts.forEach(({ data }, number) => {
      const [rows, width] = shapes[number];
      for (let k = 0; k < rows; k++, row++) {
        this.weights.set(data.subarray(k * width, (k + 1) * width), row * this.columns);
      }
    });
  }

  // Multiply the vectors `inputs`, one after the other and a 1 for the bias, with the weights.
  // The result is valid until the next call.
  multiply(...inputs) {
    let at = 0;
    for (const values of inputs) {
      this.input.set(values, at);
      at += values.length;
    }
    this.input[at] = 1;
    this.output.fill(0);
    if (this.multiplier) {
      const { input, weights, output, rows, columns } = this;
      const addresses = [input.byteOffset, weights.byteOffset, output.byteOffset];
      this.multiplier.multiply(...addresses, rows, columns);
    } else {
      this.multiplyPlainly();
    }
    return this.output;
  }

  multiplyPlainly() {
    const { input, weights, output, rows, columns } = this;
    for (let row = 0; row < rows; row++) {
      const x = input[row];
      if (x === 0) continue;
      const start = row * columns;
      for (let column = 0; column < columns; column++) output[column] += x * weights[start + column];
    }
  }
}
