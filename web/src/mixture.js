// The mixture density head: bivariate normals with correlation, and a pen bit (Graves 2013,
// equations 15-27). A raw output has 1 + 6M numbers: end of stroke, M weights, M means in x, M in y,
// M standard deviations in x, M in y, M correlations.

import { sigmoid } from "./lstm.js";

const LOG_STD = 8; // beyond this a component is a spike or a plane
const CORRELATION = 7.5; // on atanh(rho)
const clip = (value, most) => Math.min(Math.max(value, -most), most);

// Draw a point [dx, dy, end_of_stroke] with given noise: two uniform numbers, for the component and
// the pen, and two normal ones. The bias sharpens (equations 61-62).
export function sample(raw, noise, bias) {
  const count = Math.floor((raw.length - 1) / 6);
  const weights = raw.subarray(1, 1 + count).map((value) => value * (1 + bias));
  const largest = Math.max(...weights);
  const shares = weights.map((value) => Math.exp(value - largest));
  const total = shares.reduce((sum, share) => sum + share, 0);
  let pick = 0;
  let below = Math.fround(shares[0] / total);
  while (pick < count - 1 && below < noise[0] * (1 - 1e-6)) {
    pick++;
    below = Math.fround(below + shares[pick] / total);
  }
  const at = (k) => raw[1 + k * count + pick];
  const std = (k) => Math.exp(clip(at(k) - bias, LOG_STD));
  const correlation = Math.tanh(clip(at(5), CORRELATION));
  const second = correlation * noise[2] + Math.sqrt(1 - correlation ** 2) * noise[3];
  return [
    Math.fround(at(1) + std(3) * noise[2]),
    Math.fround(at(2) + std(4) * second),
    noise[1] < sigmoid(raw[0]) ? 1 : 0,
  ];
}

// The log density of one normal at (x, y), in nats: equations 24-25.
export function logDensity(x, y, { mean, std, correlation }) {
  const zx = (x - mean[0]) / std[0];
  const zy = (y - mean[1]) / std[1];
  const free = 1 - correlation ** 2;
  const distance = (zx * zx + zy * zy - 2 * correlation * zx * zy) / free;
  return -Math.log(2 * Math.PI * std[0] * std[1] * Math.sqrt(free)) - distance / 2;
}

// The negative log-likelihood of a point under a mixture of normals, in nats: equation 26 without
// the pen.
export function nats(x, y, components) {
  const logs = components.map((component) => Math.log(component.weight) + logDensity(x, y, component));
  const largest = Math.max(...logs);
  return -largest - Math.log(logs.reduce((sum, value) => sum + Math.exp(value - largest), 0));
}
