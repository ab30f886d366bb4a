// Draw accents over the letters of a written line, where the attention says that they stand.
//
// The network knows 95 characters, none of them with an accent. But the window tells which letter was
// drawn when (Graves 2013, equation 46), and so where an accent belongs; its size and slant are the
// hand's.

import { letterHeight } from "./ink.js";
import { Random } from "./random.js";
import { bounds, fromPen, positions } from "./strokes.js";

const GAP = 0.22; // between a letter and its accent, in letter heights
const AHEAD = 2; // points by which the window runs ahead of the pen
const DOT = 0.5; // a stroke smaller than this, in letter heights, is a dot
const SMALL = "aceimnorsuvwxyzgpqj"; // what rises higher was drawn for a neighbour

// Return a line with accents: {strokes, attention}.
//
// strokes: rows [dx, dy, end_of_stroke]. attention: per point, phi of each letter while it was drawn
// and the window moved on. text: what was written, without accents. marks: see pasted.splitAccents.
// accents: {shapes, below}, from print.json.
export function draw(strokes, attention, text, marks, { shapes, below }) {
  const height = letterHeight(strokes);
  if (!Object.keys(marks).length || !(height > 0)) return { strokes, attention };
  const line = new Line(strokes, attention, text, height);
  const added = [];
  const dropped = new Set();
  for (const [key, names] of Object.entries(marks)) {
    const place = Number(key);
    const letter = text[place];
    const body = line.pointsOf(place);
    const random = new Random(place, strokes.length);
    const upright = body.map((point) => line.upright[point]);
    if ("ij".includes(letter) && names.some((name) => !below.includes(name))) {
      line.dotsAbove(upright).forEach((number) => dropped.add(number));
    }
    let top = topOf(upright, letter);
    for (const name of names) {
      let shape = shapes[name];
      let at;
      if (name === "caron" && "dtlL".includes(letter)) {
        shape = shapes.apostrophe;
        at = [Math.max(...upright.map(([x]) => x)) + 0.25 * height, top - 0.2 * height];
      } else if (below.includes(name)) {
        const lowest = Math.min(...upright.map(([, y]) => y));
        const low = upright.filter(([, y]) => y < lowest + 0.3 * height).map(([x]) => x);
        at = [percentile(low, 50), lowest];
      } else {
        at = [middleOf(upright, top, height), top + GAP * height];
        const rise = Math.max(...shape.flat().map(([, y]) => y));
        top = at[1] + height * rise - (GAP * height) / 2;
      }
      const pen = vary(shape, height, random)
        .map((part) => part.map(([x, y]) => line.slanted([at[0] + x, at[1] + y])));
      added.push({ after: line.strokeOf[body[body.length - 1]], place, pen });
    }
  }
  return line.joined(added, dropped);
}

// A line's points, which letter and which stroke each belongs to, and their slant.
class Line {
  constructor(strokes, attention, text, height) {
    this.points = positions(strokes);
    this.attention = attention;
    this.height = height;
    let number = 0;
    this.strokeOf = strokes.map(([, , end]) => (end > 0.5 ? number++ : number));
    this.letterOf = this.letters(text);
    this.slant = slantOf(strokes);
    this.upright = this.points.map(([x, y]) => [x - y * this.slant, y]);
    this.dots = new Set();
    for (let k = 0; k <= this.strokeOf[this.strokeOf.length - 1]; k++) {
      const [low, high] = bounds(this.stroke(k, this.points));
      if (Math.max(high[0] - low[0], high[1] - low[1]) < DOT * height) this.dots.add(k);
    }
  }

  // Those of the points, or of what belongs to them, that are in a stroke.
  stroke(number, values) {
    return values.filter((_, point) => this.strokeOf[point] === number);
  }

  // Which letter each point belongs to.
  letters(text) {
    const seen = this.points.map((_, t) => {
      const phi = this.attention[Math.max(t - 1, 0)];
      return phi.indexOf(Math.max(...phi));
    });
    // Within a stroke the window runs ahead of the pen; between strokes it waits.
    const letters = seen.map((_, t) =>
      seen[Math.max(t - AHEAD, this.strokeOf.indexOf(this.strokeOf[t]))]);
    // A space draws nothing: a stroke that starts under it is the next letter's.
    for (let t = letters.length - 2; t >= 0; t--) {
      const following = this.strokeOf[t] === this.strokeOf[t + 1];
      if (following && text[letters[t]] === " ") letters[t] = letters[t + 1];
    }
    return letters;
  }

  // A point back in the slant of the hand.
  slanted([x, y]) {
    return [x + y * this.slant, y];
  }

  // The points that were drawn for a letter, in its main strokes and without dots.
  pointsOf(place) {
    const body = this.points.map((_, point) => point)
      .filter((point) => this.letterOf[point] === place && !this.dots.has(this.strokeOf[point]));
    if (body.length < 3) { // the window hardly stopped there
      const share = this.attention.map((phi) => phi[place] / (sum(phi) + 1e-9));
      return share.map((_, point) => point).sort((a, b) => share[b] - share[a]).slice(0, 5)
        .map((point) => Math.min(point + 1, this.points.length - 1)).sort((a, b) => a - b);
    }
    const counts = {};
    for (const point of body) counts[this.strokeOf[point]] = (counts[this.strokeOf[point]] ?? 0) + 1;
    const most = Math.max(...Object.values(counts));
    return body.filter((point) => counts[this.strokeOf[point]] > most / 2);
  }

  // The number of the dot above a letter, in a list of one or none.
  dotsAbove(upright) {
    const low = Math.min(...upright.map(([, y]) => y));
    const middle = percentile(upright.map(([x]) => x), 50);
    for (const number of this.dots) {
      const dot = this.stroke(number, this.upright);
      const [x, y] = [0, 1].map((axis) => sum(dot.map((point) => point[axis])) / dot.length);
      if (Math.abs(x - middle) < 0.9 * this.height && (y - low) / this.height > 0.9) {
        this.dots.delete(number);
        return [number];
      }
    }
    return [];
  }

  // The strokes with what was added after its stroke, and without those dropped.
  joined(added, dropped) {
    const pen = [];
    const attention = [];
    for (let number = 0; number <= this.strokeOf[this.strokeOf.length - 1]; number++) {
      if (!dropped.has(number)) {
        pen.push(this.stroke(number, this.points));
        attention.push(...this.stroke(number, this.attention));
      }
      for (const { place, pen: parts } of added.filter(({ after }) => after === number)) {
        pen.push(...parts);
        const phi = this.attention[0].map((_, u) => (u === place ? 1 : 0));
        attention.push(...parts.flat().map(() => phi));
      }
    }
    return { strokes: fromPen(pen), attention };
  }
}

const sum = (values) => values.reduce((total, value) => total + value, 0);

// How far the hand leans to the right per unit of height, from its steep downward steps.
function slantOf(strokes) {
  const down = strokes.filter(([dx, dy], t) =>
    t > 0 && strokes[t - 1][2] < 0.5 && dy < -1.2 * Math.abs(dx));
  return sum(down.map(([dx, dy]) => dx * dy)) / (sum(down.map(([, dy]) => dy * dy)) + 1e-9);
}

// How high a letter rises.
function topOf(upright, letter) {
  return percentile(upright.map(([, y]) => y), SMALL.includes(letter) ? 92 : 100);
}

// The middle of a letter's upper part, without a tail that joins it to the next.
function middleOf(upright, top, height) {
  const upper = upright.filter(([, y]) => y > top - 0.7 * height).map(([x]) => x);
  if (upper.length) return (percentile(upper, 15) + percentile(upper, 85)) / 2;
  return sum(upright.map(([x]) => x)) / upright.length;
}

// The parts of an accent in the size of the hand, each time a little different.
function vary(shape, height, random) {
  const turn = 0.08 * random.normal();
  const size = height * Math.exp(0.08 * random.normal());
  const shift = [0.04 * height * random.normal(), 0.04 * height * random.normal()];
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  return shape.map((part) => part.map(([x, y]) =>
    [(x * cos - y * sin) * size + shift[0], (x * sin + y * cos) * size + shift[1]]));
}

// As NumPy's: between two values on the straight line through them.
function percentile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share / 100) * (sorted.length - 1);
  const below = Math.floor(at);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below] + (at - below) * (sorted[above] - sorted[below]);
}
