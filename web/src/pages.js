// Write a page: wrapped rows in one hand, laid out on paper. Everything on paper is in millimetres,
// x to the right and y down from the upper left corner.

import { encode } from "./alphabet.js";
import { InputError } from "./errors.js";
import { slope } from "./ink.js";
import { clean } from "./pasted.js";
import { normalise, printedMiddle } from "./prepare.js";
import { Random } from "./random.js";
import { bounds, inkMiddle, positions, toPen } from "./strokes.js";
import { noiseOf } from "./writing.js";

export const PAPER = { width: 84, margin: 6, lineHeight: 10, xHeight: 2.6 };
export const MOST_CHARACTERS = 400;
const ALONE = 30; // characters of a text that is written as one row, just as it comes
const SAMPLE = 24; // characters that are written first, to have a hand for the whole page
const TILT = 0.004; // drift of rows: standard deviations of their slope, and of their distance
const WANDER = 0.02; // from where they belong, in line heights
const FEWEST = 8; // characters of a row
const LONGEST = 200;

// Return a text that can be written, row by row, or throw an InputError that says why not.
export function checked(text) {
  const rows = clean(text).split("\n");
  const length = rows.join("\n").length;
  if (length > MOST_CHARACTERS) {
    throw new InputError(`The text has ${length} characters; this page has room for ${MOST_CHARACTERS}.`);
  }
  encode(rows.join(" "));
  return rows.join("\n");
}

// Break a text into rows of at most `columns` characters; an empty paragraph is an empty row.
export function wrap(text, columns) {
  return text.split("\n").flatMap((paragraph) => {
    const rows = [""];
    for (let word of paragraph.split(" ").filter(Boolean)) {
      const last = rows[rows.length - 1];
      if (last && last.length + 1 + word.length > columns) rows.push("");
      else if (last) word = ` ${word}`;
      while (word.length > columns) {
        rows[rows.length - 1] += word.slice(0, columns);
        word = word.slice(columns);
        rows.push("");
      }
      rows[rows.length - 1] += word;
    }
    return rows;
  });
}

// Write a text, and yield each row as soon as it is there: {text, pen, attention, number}. `pen` are
// polylines on the paper; `attention` has a row for each of their points, one after the other.
//
// tools: {writer, reader, print}. primer: {strokes, text} in whose hand to write, or null. pause: an
// async function that lets others speak; it may throw to end the work.
export async function* writeRows(
  tools, text, { seed = 0, bias = 0.75, tries = 8, primer = null, pause = async () => {} },
) {
  const options = { bias, tries, pause };
  let hand = null;
  if (primer) {
    tools.reader.checkText(primer.strokes, primer.text);
    hand = { strokes: normalise(primer.strokes, primer.text, tools.print), text: primer.text };
  }
  let rows = [text];
  if (hand || text.length > ALONE || text.includes("\n")) {
    if (!hand) {
      const sample = beginning(text);
      const { strokes } = await writeBest(tools, sample, { ...options, seed });
      hand = { strokes: normalise(strokes, sample, tools.print), text: sample };
    }
    rows = wrap(text, columnsOf(hand, tools.print));
  }
  const random = new Random(seed, 4);
  let written = 0;
  for (const [number, row] of rows.entries()) {
    const drift = [TILT, WANDER, WANDER].map((size) => size * random.normal());
    if (!row) continue;
    const line = await writeBest(tools, row, { ...options, seed: seed + written, primer: hand });
    written++;
    yield { text: row, number, attention: line.attention, pen: place(line, number, drift, tools.print) };
  }
}

// Write a line several times, and keep the one whose text the reader finds likeliest.
async function writeBest({ writer, reader }, text, { seed, bias, tries, primer, pause }) {
  const start = writer.lead(text, primer);
  let best = null;
  for (let attempt = 0; attempt < tries; attempt++) {
    const line = writer.write(text, { bias, primer, start, noise: noiseOf(seed, attempt) });
    const score = tries > 1 ? reader.logLikelihood(line.strokes, text) : 0;
    if (!best || score > best.score) best = { line, score };
    await pause();
  }
  return best.line;
}

function beginning(text) {
  let sample = "";
  for (const word of text.split(/\s+/)) {
    if (sample.length + word.length > SAMPLE) break;
    sample = `${sample} ${word}`.trim();
  }
  return sample || text.slice(0, SAMPLE);
}

// How many characters a row has room for, if it is as wide as this line.
function columnsOf({ strokes, text }, print) {
  const [low, high] = bounds(positions(strokes));
  const advance = (high[0] - low[0]) / print.xHeight / text.length; // per character, in x-heights
  const columns = Math.floor(PAPER.width / (advance * PAPER.xHeight));
  return Math.min(Math.max(columns, FEWEST), LONGEST);
}

// Put a line on the paper: level, on its baseline, no wider than the page.
function place({ strokes, text }, number, [tilt, right, down], print) {
  const unit = PAPER.xHeight / print.xHeight;
  const rise = slope(strokes);
  const pen = toPen(strokes).map((stroke) => stroke.map(([x, y]) => [x, y - rise * x]));
  const [low, high] = bounds(pen.flat());
  const baseline = inkMiddle(pen) - printedMiddle(text, print) * print.xHeight;
  const scale = unit * Math.min(1, PAPER.width / Math.max((high[0] - low[0]) * unit, 1e-9));
  const top = PAPER.margin + (number + 0.75 + down) * PAPER.lineHeight;
  const left = PAPER.margin + Math.max(right, 0) * PAPER.lineHeight;
  return pen.map((stroke) => stroke.map(([x, y]) => {
    const across = (x - low[0]) * scale;
    return [left + across, top - (y - baseline) * scale - tilt * across];
  }));
}
