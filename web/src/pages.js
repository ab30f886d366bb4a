// Write a page: wrapped rows in one hand, laid out on paper. Everything on paper is in millimetres,
// x to the right and y down from the upper left corner.

import { InputError } from "./errors.js";
import { slope } from "./ink.js";
import { SynthesisNetwork } from "./networks.js";
import { eachRow, lettersAndMarks } from "./pasted.js";
import { normalise, printedMiddle } from "./prepare.js";
import { Random } from "./random.js";
import { Reader } from "./reading.js";
import { bounds, inkMiddle, positions, toPen } from "./strokes.js";
import { textwrap } from "./textwrap.js";
import { Writer, noiseOf } from "./writing.js";

export const PAPER = { width: 84, margin: 6, lineHeight: 10, xHeight: 2.6 };
export const MOST_CHARACTERS = 5000; // about two sheets
const ALONE = 30; // characters of a text that is written as one row, just as it comes
const SAMPLE = 24; // characters that are written first, to have a hand for the whole page
const INDENT = 1; // of a leading space, in x-heights
const TILT = 0.004; // drift of rows: standard deviations of their slope, and of their distance
const WANDER = 0.02; // from where they belong, in line heights
const FEWEST = 8; // characters of a row
const LONGEST = 200;

// What writes and reads: the networks as weights.load returns them, and what print.json says.
export function toolsOf({ synthesis, reader, print }) {
  return { writer: new Writer(new SynthesisNetwork(synthesis)), reader: new Reader(reader), print };
}

// Return a text that can be written, row by row, or throw an InputError that says why not. `fit` is
// what cleans a row, see eachRow.
export function checked(text, fit) {
  const rows = eachRow(text, fit);
  if (rows.length > MOST_CHARACTERS) {
    throw new InputError(
      `The text has ${rows.length} characters; this page has room for ${MOST_CHARACTERS}.`);
  }
  lettersAndMarks(rows);
  return rows;
}

// Break a text into rows of at most `columns` characters: {indent, text}. An empty paragraph is an
// empty row.
export function wrap(text, columns) {
  return text.trimEnd().split("\n").flatMap((paragraph) => {
    const words = paragraph.split(" ").filter(Boolean).join(" ");
    const spaces = paragraph.length - paragraph.trimStart().length;
    const indent = words ? Math.min(spaces, Math.floor(columns / 2)) : 0;
    const [first = "", ...others] = textwrap("_".repeat(indent) + words, columns);
    return [{ indent, text: first.slice(indent) }, ...others.map((row) => ({ indent: 0, text: row }))];
  });
}

// Write a text, and yield each row as soon as it is there: {text, pen, attention, number}. `pen` are
// polylines on the paper; `attention` has a row for each of their points, one after the other.
//
// tools: {writer, reader, print}, and perhaps `elsewhere`, an async function that does what tryOnce
// does on another core. primer: {strokes, text} in whose hand to write, or null. pause: an async
// function that lets others speak; it may throw to end the work.
export async function* writeRows(
  tools, text, { seed = 0, bias = 0.75, tries = 8, primer = null, pause = async () => {} },
) {
  const options = { bias, tries, pause };
  let hand = primer && handOf(tools, primer);
  let rows = [{ indent: 0, text }];
  if (hand || text.length > ALONE || text.includes("\n")) {
    if (!hand) {
      const words = text.split(/\s+/).filter(Boolean).join(" ");
      const { letters } = lettersAndMarks(textwrap(words, SAMPLE)[0]);
      const { strokes } = await writeBest(tools, letters, {}, { ...options, seed });
      hand = { strokes: normalise(strokes, letters, tools.print), text: letters };
    }
    rows = wrap(text, columnsOf(hand, tools.print));
  }
  const random = new Random(seed, 4);
  let written = 0;
  for (const [number, row] of rows.entries()) {
    const drift = [TILT, WANDER, WANDER].map((size) => size * random.normal());
    if (!row.text) continue;
    const { letters, marks } = lettersAndMarks(row.text);
    const line = await writeBest(tools, letters, marks, { ...options, seed: seed + written, primer: hand });
    written++;
    const pen = place(line, { ...row, number }, drift, tools.print);
    yield { text: row.text.trim(), number, attention: line.attention, pen };
  }
}

// A line to go on from, as the network knows lines; or an InputError that says what is wrong with it.
export function handOf({ reader, print }, { strokes, text }) {
  const { letters } = lettersAndMarks(text);
  reader.checkText(strokes, letters);
  return { strokes: normalise(strokes, letters, print), text: letters };
}

// Write a line several times, keep the one whose text the reader finds likeliest, and draw accents.
async function writeBest(tools, text, marks, { seed, bias, tries, primer, pause }) {
  const request = { text, seed, bias, primer, start: tools.writer.lead(text, primer) };
  const elsewhere = tools.elsewhere ?? ((other) => tryOnce(tools, other));
  let best = null;
  for (let attempt = 0; attempt < tries; attempt += 2) {
    const second = attempt + 1 < tries ? elsewhere({ ...request, attempt: attempt + 1 }) : null;
    for (const found of [tryOnce(tools, { ...request, attempt }), await second]) {
      if (found && (!best || found.score > best.score)) best = found;
    }
    await pause();
  }
  if (!Object.keys(marks).length) return best.line;
  return writeTry(tools, { ...request, attempt: best.attempt, marks, accents: tools.print.accents });
}

// One try of a line, and how likely the reader finds its text: {line, attempt, score}.
export function tryOnce(tools, request) {
  const line = writeTry(tools, request);
  const score = tools.reader.logLikelihood(line.whole, request.text);
  return { line, attempt: request.attempt, score };
}

function writeTry({ writer }, { text, seed, attempt, ...options }) {
  return writer.write(text, { ...options, noise: noiseOf(seed, attempt) });
}

// How many characters a row has room for, if it is as wide as this line.
function columnsOf({ strokes, text }, print) {
  const [low, high] = bounds(positions(strokes));
  const advance = (high[0] - low[0]) / print.xHeight / text.length; // per character, in x-heights
  const columns = Math.floor(PAPER.width / (advance * PAPER.xHeight));
  return Math.min(Math.max(columns, FEWEST), LONGEST);
}

// Put a line on the paper: level, on its baseline, no wider than the page.
function place({ strokes, text }, { number, indent }, [tilt, right, down], print) {
  const unit = PAPER.xHeight / print.xHeight;
  const rise = slope(strokes);
  const pen = toPen(strokes).map((stroke) => stroke.map(([x, y]) => [x, y - rise * x]));
  const [low, high] = bounds(pen.flat());
  const baseline = inkMiddle(pen) - printedMiddle(text, print) * print.xHeight;
  const space = indent * INDENT * PAPER.xHeight;
  const scale = unit * Math.min(1, (PAPER.width - space) / Math.max((high[0] - low[0]) * unit, 1e-9));
  const top = PAPER.margin + (number + 0.75 + down) * PAPER.lineHeight;
  const left = PAPER.margin + space + Math.max(right, 0) * PAPER.lineHeight;
  return pen.map((stroke) => stroke.map(([x, y]) => {
    const across = (x - low[0]) * scale;
    return [left + across, top - (y - baseline) * scale - tilt * across];
  }));
}
