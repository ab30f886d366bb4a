// Bring a line to the scale and pace that the networks know.

import { InputError } from "./errors.js";
import { resample } from "./resampling.js";
import { inkLength, toPen } from "./strokes.js";

// The ink that a text takes in print, in x-heights; an unknown character counts as n.
export function printedInkLength(text, print) {
  return Array.from(text).reduce((sum, character) => sum + (print.ink[character] ?? print.ink.n), 0);
}

// The mean height of that ink.
export function printedMiddle(text, print) {
  const sum = Array.from(text).reduce(
    (total, character) =>
      total + (print.ink[character] ?? print.ink.n) * (print.middle[character] ?? print.middle.n), 0);
  return sum / printedInkLength(text, print);
}

// Return a line with about 12 points per character, one unit apart on average. The ink that its text
// takes in print tells how large its letters are. `print` is what tools/web_data.py writes.
export function normalise(strokes, text, print) {
  const ink = inkLength(toPen(strokes));
  const printed = printedInkLength(text, print);
  if (!(ink > 0 && printed > 0)) {
    throw new InputError("There is no ink in the line, or no letter in its text.");
  }
  const spacing = ((ink / printed) * print.letterInk) / print.pointsPerCharacter;
  return resample(strokes, spacing).map(([dx, dy, end]) =>
    [Math.fround(dx / spacing), Math.fround(dy / spacing), end]);
}
