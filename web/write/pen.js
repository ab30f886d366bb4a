// The pen that writes rows onto the paper, point by point, at the pace of a hand.

import { path } from "../src/drawing.js";
import { PAPER } from "../src/pages.js";

const POINTS_PER_SECOND = 80; // about six letters
const AHEAD = 2; // points by which the window runs ahead of the ink
const SVG = "http://www.w3.org/2000/svg";

export class Pen {
  // paper: an <svg>, in a frame that scrolls if it is longer; letters: the element that shows what
  // is being written.
  constructor(paper, letters) {
    this.paper = paper;
    this.letters = letters;
    this.still = matchMedia("(prefers-reduced-motion: reduce)");
    this.clear();
  }

  clear() {
    cancelAnimationFrame(this.frame);
    this.frame = null;
    this.rows = [];
    this.ink = []; // of all rows
    this.drawn = []; // of them, so far
    this.complete = false;
    this.hurried = false;
    this.paper.replaceChildren();
    this.letters.replaceChildren();
    this.resize(1);
    this.dot = this.paper.appendChild(document.createElementNS(SVG, "circle"));
    this.dot.setAttribute("r", 0.9);
    this.dot.classList.add("pen");
  }

  resize(rows) {
    const height = 2 * PAPER.margin + rows * PAPER.lineHeight;
    this.paper.setAttribute("viewBox", `0 0 ${PAPER.width + 2 * PAPER.margin} ${height}`);
    const frame = this.paper.parentElement;
    if (frame) frame.tabIndex = frame.scrollHeight > frame.clientHeight + 1 ? 0 : -1;
  }

  // Keep a row in sight.
  follow(number) {
    const frame = this.paper.parentElement;
    const millimetre = this.paper.clientWidth / (PAPER.width + 2 * PAPER.margin);
    const below = (PAPER.margin + (number + 1.5) * PAPER.lineHeight) * millimetre;
    frame.scrollTop = Math.max(below - frame.clientHeight, 0);
  }

  // Write all that is left at once.
  hurry() {
    this.hurried = true;
  }

  // Stop where the pen is, and keep what is drawn.
  stop() {
    cancelAnimationFrame(this.frame);
    this.ink = this.drawn;
    this.rest();
  }

  rest() {
    this.frame = null;
    this.dot.classList.remove("writing");
    for (const letter of this.letters.children) letter.style.removeProperty("--seen");
  }

  // Write a row as soon as the rows before it are written.
  add(row) {
    const points = row.pen.flatMap((stroke, number) => stroke.map((_, k) => [number, k]));
    this.rows.push({ ...row, points });
    this.ink.push(...row.pen);
    this.resize(row.number + 1);
    if (this.frame === null) this.begin(this.rows.length - 1);
  }

  // Resolves when the pen has written the last row.
  finish() {
    this.complete = true;
    return new Promise((resolve) => {
      this.resolve = resolve;
      if (this.frame === null) resolve();
    });
  }

  begin(number) {
    const row = this.rows[number];
    if (!row) {
      this.rest();
      if (this.complete) this.resolve?.();
      return;
    }
    this.spell(row.text);
    this.follow(row.number);
    let start = null;
    let shown = 0;
    let line = null;
    let ink = null;
    const step = (now) => {
      start ??= now;
      const atOnce = this.hurried || this.still.matches;
      const passed = ((now - start) / 1000) * POINTS_PER_SECOND;
      const due = Math.min(atOnce ? Infinity : Math.floor(passed) + 1, row.points.length);
      for (; shown < due; shown++) {
        const [stroke, place] = row.points[shown];
        if (place === 0) {
          line = this.stroke();
          this.drawn.push((ink = []));
        }
        ink.push(row.pen[stroke][place]);
        const isLast = place === row.pen[stroke].length - 1;
        if (isLast || shown === due - 1) line.setAttribute("d", path(ink));
        if (isLast) line.classList.add("dry");
      }
      const [stroke, place] = row.points[shown - 1];
      this.point(row.pen[stroke][place]);
      this.light(row.attention[Math.max(shown - 1 - AHEAD, 0)]);
      if (shown < row.points.length) this.frame = requestAnimationFrame(step);
      else this.begin(number + 1);
    };
    this.frame = requestAnimationFrame(step);
  }

  stroke() {
    if (!performance.getEntriesByName("first-ink").length) performance.mark("first-ink");
    const line = document.createElementNS(SVG, "path");
    this.paper.insertBefore(line, this.dot);
    return line;
  }

  point([x, y]) {
    this.dot.setAttribute("cx", x);
    this.dot.setAttribute("cy", y);
    this.dot.classList.add("writing");
  }

  spell(text) {
    this.letters.replaceChildren(...Array.from(text, (letter) => {
      const span = document.createElement("span");
      span.textContent = letter;
      return span;
    }));
  }

  // Light up the letters that the network sees through its window.
  light(phi) {
    const most = Math.max(...phi, 1e-6);
    Array.from(this.letters.children).forEach((span, u) => {
      span.style.setProperty("--seen", (phi[u] / most).toFixed(2));
    });
  }
}
