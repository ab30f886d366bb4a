// A pad to write on with a mouse, a finger or a stylus.

import { fromPen } from "../src/strokes.js";
import { path } from "../src/drawing.js";

const REST = 700; // milliseconds without ink, after which a line is read
const SVG = "http://www.w3.org/2000/svg";

export class Pad {
  // pad: an <svg>; rested: called when somebody has written and stopped.
  constructor(pad, rested) {
    this.pad = pad;
    this.rested = rested;
    this.clear();
    pad.addEventListener("pointerdown", (event) => this.down(event));
    pad.addEventListener("pointermove", (event) => this.move(event));
    for (const end of ["pointerup", "pointercancel"]) {
      pad.addEventListener(end, (event) => this.up(event));
    }
  }

  clear() {
    clearTimeout(this.timer);
    this.pen = [];
    this.stroke = null;
    this.pad.replaceChildren();
  }

  // What was written as rows [dx, dy, end_of_stroke], y up.
  get strokes() {
    return fromPen(this.pen.map((stroke) => stroke.map(([x, y]) => [x, -y])));
  }

  // One pointer writes at a time: a hand that rests beside the stylus doesn't.
  down(event) {
    if (event.button !== 0 || this.stroke) return;
    event.preventDefault();
    clearTimeout(this.timer);
    this.pointer = event.pointerId;
    this.pad.setPointerCapture(event.pointerId);
    this.stroke = [this.place(event)];
    this.pen.push(this.stroke);
    this.line = this.pad.appendChild(document.createElementNS(SVG, "path"));
    this.draw();
  }

  move(event) {
    if (!this.stroke || event.pointerId !== this.pointer) return;
    const events = event.getCoalescedEvents?.() ?? [];
    for (const each of events.length ? events : [event]) this.stroke.push(this.place(each));
    this.draw();
  }

  up(event) {
    if (!this.stroke || event.pointerId !== this.pointer) return;
    this.stroke = null;
    this.timer = setTimeout(() => this.rested(), REST);
  }

  place({ clientX, clientY }) {
    const { left, top } = this.pad.getBoundingClientRect();
    return [clientX - left, clientY - top];
  }

  draw() {
    this.line.setAttribute("d", path(this.stroke));
  }
}
