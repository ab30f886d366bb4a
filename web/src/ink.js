// Prepare ink for a reader: one size and pace, without knowing what it says.

import { InputError } from "./errors.js";
import { resample } from "./resampling.js";
import { bounds, inkLength, positions, toPen } from "./strokes.js";

export const FEATURES = 6;
const SPACING = 0.3; // of the steps, in units of letterHeight
const FEWEST_STEPS = 3; // of a stroke
const MOST_STEPS = 4000; // of a line, about 300 characters

// A typical height of the small letters, from the ink alone: cut the pen's path wherever it turns
// from up to down or back, into runs of height r; the height is sum(r^2) / sum(r).
export function letterHeight(strokes) {
  const pen = toPen(strokes);
  const sides = pen.map((stroke) => {
    const [low, high] = bounds(stroke);
    return Math.max(high[0] - low[0], high[1] - low[1]);
  });
  const largest = Math.max(...sides);
  if (!(largest > 0)) return 0;
  const [low, high] = bounds(pen.flat());
  const spacing = Math.max((high[1] - low[1]) / 30, inkLength(pen) / 1000, largest / 1000);
  let sum = 0;
  let squares = 0;
  for (const stroke of toPen(resample(strokes, spacing))) {
    let run = 0;
    const close = () => {
      sum += Math.abs(run);
      squares += run * run;
      run = 0;
    };
    for (let k = 1; k < stroke.length; k++) {
      const rise = stroke[k][1] - stroke[k - 1][1];
      if (rise * run < 0) close();
      run += rise;
    }
    close();
  }
  // A dash has hardly any height. But strokes seldom join more than 12 letters.
  const mean = sides.reduce((total, side) => total + side, 0) / sides.length;
  return Math.max(sum > 0 ? squares / sum : 0, mean / 12);
}

// How far a line rises per unit to the right; 0 for ink that isn't four times as wide as high.
export function slope(strokes) {
  const points = positions(strokes);
  const [low, high] = bounds(points);
  const width = high[0] - low[0];
  if (width < 4 * (high[1] - low[1]) || width === 0) return 0;
  const mean = (axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;
  const [x0, y0] = [mean(0), mean(1)];
  let across = 0;
  let along = 0;
  for (const [x, y] of points) {
    across += (x - x0) * (y - y0);
    along += (x - x0) ** 2;
  }
  return across / along;
}

// Bring a line to the size, slope and pace that a reader knows: rows [dx, dy, up].
export function penSteps(strokes) {
  const spacing = SPACING * letterHeight(strokes);
  if (!(spacing > 0)) throw new InputError("There is nothing but dots; draw at least one line.");
  const rise = slope(strokes);
  const level = strokes.map(([dx, dy, end]) => [dx, dy - rise * dx, end]);
  const steps = [];
  let last = null;
  for (const stroke of toPen(resample(level, spacing))) {
    if (last) steps.push([stroke[0][0] - last[0], stroke[0][1] - last[1], 1]);
    for (let k = 1; k < stroke.length; k++) {
      steps.push([stroke[k][0] - stroke[k - 1][0], stroke[k][1] - stroke[k - 1][1], 0]);
    }
    for (let k = stroke.length - 1; k < FEWEST_STEPS; k++) steps.push([0, 0, 0]);
    last = stroke[stroke.length - 1];
  }
  if (steps.length > MOST_STEPS) {
    throw new InputError("There is more ink than on a line of 300 characters; read line by line.");
  }
  return steps.map(([dx, dy, up]) => [dx / spacing, dy / spacing, up]);
}

// What a reader sees of each step: dx and dy; up; the height over the middle of the line; how far
// the pen is to the left of the rightmost ink so far; and 1, for ink and not padding.
export function features(steps) {
  const points = positions(steps);
  const heights = points.map(([, y]) => y).sort((a, b) => a - b);
  const half = heights.length >> 1;
  const middle = heights.length % 2 ? heights[half] : (heights[half - 1] + heights[half]) / 2;
  let rightmost = -Infinity;
  return steps.map(([dx, dy, up], k) => {
    const [x, y] = points[k];
    rightmost = Math.max(rightmost, x);
    const distances = [Math.asinh((y - middle) / 4), Math.asinh((x - rightmost) / 4)];
    return [Math.asinh(dx), Math.asinh(dy), up, ...distances, 1];
  });
}
