// Retime the points of a line as hands move: the two-thirds power law.

import { distance, fromPen, toPen } from "./strokes.js";

const OVERSAMPLE = 8; // even samples per spacing, on which smoothing and curvature work
const SHARPEST = 8; // curvature times spacing, beyond which a pen gets no slower

// Return the same line with its points timed by the two-thirds power law. A pen moves at a speed
// proportional to curvature^(-1/3) (Lacquaniti et al. 1983), so points crowd where the line bends.
export function resample(strokes, spacing, smooth = 0.5) {
  return fromPen(toPen(strokes).map((stroke) => resampleStroke(stroke, spacing, smooth)));
}

function resampleStroke(stroke, spacing, smooth) {
  const points = stroke.filter((point, k) => !k || distance(stroke[k - 1], point) > 0);
  const arc = [0];
  for (let k = 1; k < points.length; k++) arc.push(arc[k - 1] + distance(points[k - 1], points[k]));
  let length = arc[arc.length - 1];
  if (length < spacing / 2) length = 0;

  const steps = Math.max(Math.ceil((length / spacing) * OVERSAMPLE), 4);
  const even = Array.from({ length: steps + 1 }, (_, k) => (k * length) / steps);
  const fine = [0, 1].map((axis) =>
    blur(interpolate(even, arc, points.map((point) => point[axis])), smooth * OVERSAMPLE),
  );
  const time = times(fine, steps, spacing);

  const kept = Math.max(roundHalfEven(length / spacing), length > 0 ? 1 : 0);
  const pace = time[steps] / Math.max(kept, 1);
  const at = Array.from({ length: kept + 1 }, (_, k) => k * pace);
  const [x, y] = fine.map((axis) => interpolate(at, time, axis));
  return x.map((value, k) => [value, y[k]]);
}

// When the pen is at each fine point.
function times([x, y], steps, spacing) {
  const speed = [];
  const angle = [];
  for (let k = 0; k < steps; k++) {
    const dx = x[k + 1] - x[k];
    const dy = y[k + 1] - y[k];
    speed.push(Math.hypot(dx, dy) + 1e-12);
    angle.push(Math.atan2(dy, dx));
  }
  const change = [];
  for (let k = 1; k < steps; k++) {
    const turn = angle[k] - angle[k - 1];
    change.push(turn - 2 * Math.PI * roundHalfEven(turn / (2 * Math.PI)));
  }
  const turn = angle.map((_, k) =>
    Math.abs((change[Math.max(k - 1, 0)] + change[Math.min(k, steps - 2)]) / 2),
  );
  const time = [0];
  blur(turn, OVERSAMPLE / 2).forEach((bend, k) => {
    const sharp = Math.min(Math.max((bend / speed[k]) * spacing, 0), SHARPEST);
    time.push(time[k] + speed[k] * Math.cbrt(sharp + 0.1));
  });
  return time;
}

// Gaussian smoothing; the ends stay put, because values are mirrored through them.
function blur(values, sigma) {
  const half = Math.trunc(3 * sigma);
  if (!half) return values;
  const kernel = Array.from({ length: 2 * half + 1 }, (_, k) =>
    Math.exp(-0.5 * ((k - half) / sigma) ** 2),
  );
  const total = kernel.reduce((sum, weight) => sum + weight, 0);
  const last = values.length - 1;
  const clip = (place) => Math.min(Math.max(place, 0), last);
  const mirrored = (place) => {
    const inside = clip(place);
    return 2 * values[inside] - values[clip(2 * inside - place)];
  };
  return values.map((_, place) =>
    kernel.reduce((sum, weight, k) => sum + weight * mirrored(place + k - half), 0) / total,
  );
}

// Values at `at`, which increases, on the line through (x, y), whose x increases, too.
function interpolate(at, x, y) {
  let k = 0;
  return at.map((place) => {
    while (k < x.length - 2 && x[k + 1] <= place) k++;
    if (x.length === 1 || place <= x[0]) return y[0];
    if (place >= x[x.length - 1]) return y[y.length - 1];
    return y[k] + ((y[k + 1] - y[k]) / (x[k + 1] - x[k])) * (place - x[k]);
  });
}

// As NumPy rounds: a half goes to the even number.
export function roundHalfEven(value) {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}
