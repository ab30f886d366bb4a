// Sampling: a network writes point by point, keeping its state, until the text is written.

import { draw } from "./accents.js";
import { encode } from "./alphabet.js";
import { InputError } from "./errors.js";
import { sample } from "./mixture.js";
import { copyState } from "./networks.js";
import { Random } from "./random.js";

const POINTS_AT_MOST = 30; // per character
// The window runs ahead of the pen and would leave the last letter half drawn. So a space follows
// every text, and what is drawn after the last lift of the pen is cut, if the window had left the
// text by then.
const END = " ";
const SHARED = 4; // points that tries share the noise of, so that they are in one hand
const BEHIND = 2; // characters by which the window may be off when a primer ends
const AHEAD = 3.5;
const ON_PRIMER = 0.2; // share of the window, at the end of a stroke that completes the primer

// The noise of one try of a line, a row of four numbers per point, as Python draws it from the seed.
export function noiseOf(seed, attempt) {
  const rows = [];
  const shared = attempt ? noiseOf(seed, 0) : null;
  const uniform = new Random(seed, 2 * attempt);
  const normal = new Random(seed, 2 * attempt + 1);
  return (t) => {
    while (rows.length <= t) {
      const own = [uniform.uniform(), uniform.uniform(), normal.normal(), normal.normal()];
      rows.push(shared && rows.length < SHARED ? shared(rows.length) : own.map(Math.fround));
    }
    return rows[t];
  };
}

export class Writer {
  constructor(network) {
    this.network = network;
  }

  // Write a text once.
  //
  // text: a string without accents. bias: 0 for the hand as it is, larger for neater. noise: function
  // (t) that returns four numbers. primer: {strokes, text} in whose hand to go on, normalised. start:
  // what `lead` returned for the same text and primer, if it was called before. marks, accents: see
  // accents.draw.
  //
  // Returns {strokes, whole, attention, text, stopped}: the new points as a line of their own, without
  // and with the strokes that complete the primer, and per point phi for each letter of the new text.
  write(text, { bias = 0, noise, primer = null, limit, start, marks = {}, accents }) {
    const before = primer ? `${primer.text} ` : "";
    const numbers = encode(before + text + END);
    limit ??= POINTS_AT_MOST * (text.length + (primer ? 1 : 0) + 2);
    start ??= this.lead(text, primer);
    const { point, led } = start;
    const state = copyState(start.state);
    const strokes = [];
    const seen = [];
    let stopped = false;
    let last = point;
    for (let t = led - 1; ; t++) {
      const { raw, phi } = this.network.step(last, state, numbers);
      if (t >= led) strokes.push(last);
      if (t >= led || !primer) seen.push(phi.slice());
      // The stop rule: phi(t, U + 1) exceeds phi(t, u) for every letter u.
      const beyond = phi[numbers.length];
      stopped = phi.subarray(0, numbers.length).every((value) => value < beyond);
      if (stopped || t + 1 >= led + limit - 1) {
        if (!stopped) strokes.push(sample(raw, noise(t), bias));
        break;
      }
      last = sample(raw, noise(t), bias);
    }
    if (!primer) strokes.unshift(point);
    const finished = untilLastLift(strokes, seen, numbers.length - 1, primer ? 0 : 1);
    const attention = seen.slice(0, finished.length).map((phi) => phi.slice(0, numbers.length - 1));
    const line = { strokes: finished, attention };
    const accented = accent(line, primer, start, before, text, marks, accents);
    const own = completing(line, before.length);
    const whole = fromHere(accented.strokes);
    const ofText = accented.attention.slice(own).map((phi) => phi.slice(before.length));
    return { strokes: fromHere(whole.slice(own)), whole, attention: ofText, text, stopped };
  }

  // Lead the pen along a primer: the last point, the state before it, how many points there are, and
  // what the window saw.
  lead(text, primer) {
    const state = this.network.initialState();
    if (!primer) return { point: [0, 0, 0], state, led: 1, seen: [] };
    const numbers = encode(`${primer.text} ${text}${END}`);
    const points = primer.strokes;
    const step = (point, from) => this.network.step(point, from, numbers).phi;
    const seen = points.slice(0, -1).map((point) => step(point, state));
    const point = points[points.length - 1];
    seen.push(step(point, copyState(state)));
    checkWindow(seen[seen.length - 1], primer.text);
    return { point, state, led: points.length, seen: seen.map((phi) => phi.slice(0, -2)) };
  }
}

// A line with accents, which are drawn in the size and slant of the primer and the line together.
function accent(line, primer, start, before, text, marks, accents) {
  if (!Object.keys(marks).length || !line.strokes.length) return line;
  const shifted = Object.fromEntries(
    Object.entries(marks).map(([place, names]) => [Number(place) + before.length, names]));
  const strokes = [...(primer?.strokes ?? []), ...line.strokes];
  const drawn = draw(strokes, [...start.seen, ...line.attention], before + text, shifted, accents);
  const led = primer ? start.led : 0;
  return { strokes: drawn.strokes.slice(led), attention: drawn.attention.slice(led) };
}

// The window must be at the end of the primer's text when the primer ends. What it has not reached
// yet would be written again, what it has passed would be left out.
function checkWindow(phi, text) {
  const letters = phi.subarray(0, phi.length - 2);
  const place = letters.reduce((total, value, u) => total + value * u, 0) / Math.max(sum(letters), 1e-9);
  const off = place - text.length;
  if (off < -BEHIND || off > AHEAD) {
    const reached = `${text} ...`.slice(0, Math.max(Math.round(place), 0));
    throw new InputError(
      `The line says “${text}”, but at its end the network believes it has written “${reached}”; ` +
        "check its text, or write it again.",
    );
  }
}

function sum(values) {
  return values.reduce((total, value) => total + value, 0);
}

// Points as a line that begins with the first of them.
function fromHere(strokes) {
  return strokes.map(([dx, dy, up], t) => (t ? [dx, dy, up] : [0, 0, up]));
}

// How many points at the beginning of a line complete the primer, whose text has so many letters:
// strokes at whose end the window is still on it. One stroke always remains.
function completing({ strokes, attention }, letters) {
  const share = (phi) => sum(phi.slice(0, letters)) / Math.max(sum(phi), 1e-9);
  const lifts = strokes.flatMap(([, , up], t) => (up ? [t] : [])).slice(0, -1);
  const first = lifts.findIndex((t) => share(attention[t]) < ON_PRIMER);
  const own = first < 0 ? lifts : lifts.slice(0, first);
  return own.length ? own[own.length - 1] + 1 : 0;
}

// The line up to the last lift of the pen from `start` on, if there is one and the window, phi per
// point, had left the text's letters by then.
function untilLastLift(strokes, seen, letters, start) {
  if (!strokes.length) return [];
  let end = strokes.length - 1;
  while (end >= start && !strokes[end][2]) end--;
  const leftText = (phi) => phi.indexOf(Math.max(...phi)) >= letters;
  const cut = end >= start && end < seen.length && leftText(seen[end]);
  const line = cut ? strokes.slice(0, end + 1) : [...strokes];
  const [dx, dy] = line[line.length - 1];
  line[line.length - 1] = [dx, dy, 1];
  return line;
}
