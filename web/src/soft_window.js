// The soft window: a network looks at a text through Gaussians that slide along it (Graves 2013,
// equations 46-51).

// How much of each character the window sees: phi(t, u) for u = 1 to `length`, equation 46.
export function attention({ importance, width, position }, length) {
  const phi = new Float32Array(length);
  for (let u = 1; u <= length; u++) {
    let sum = 0;
    for (let k = 0; k < position.length; k++) {
      sum += importance[k] * Math.exp(-width[k] * (position[k] - u) ** 2);
    }
    phi[u - 1] = sum;
  }
  return phi;
}

// Move the Gaussians on, equations 48-51: raw (3K) is what the network wants of them, `position`
// is where they were.
export function move(raw, position) {
  const count = position.length;
  const part = (k) => Float32Array.from(raw.subarray(k * count, (k + 1) * count), Math.exp);
  const [importance, width, steps] = [part(0), part(1), part(2)];
  return { importance, width, position: steps.map((step, k) => position[k] + step) };
}

// The window w, equation 47: what it sees of each character of the alphabet. `text` has numbers.
export function look(phi, text, characters) {
  const window = new Float32Array(characters);
  text.forEach((number, u) => (window[number - 1] += phi[u]));
  return window;
}
