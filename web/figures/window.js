// The window slides over the text while the ink appears: the shipped network, point by point.

import { path } from "../src/drawing.js";
import { PAPER } from "../src/pages.js";
import { html, slider, svg } from "./parts.js";

const TEXT = "the window slides";
const PACE = 80; // points per second
const BAR = 13; // millimetres, of a letter that the window sees in full
const LOW = 36; // where bars stand

export function draw(element) {
  const button = html("button", { type: "submit" }, "Let it write");
  const another = html("input", { type: "text", value: TEXT, maxlength: 30, "aria-label": "Text to write" });
  const words = html("p", { "aria-live": "polite" });
  const time = slider("point t", { min: 0, max: 1, step: 1, value: 0, show: (t) => String(t) }, () => {
    stop();
    show(time.value);
  });
  const ink = svg("g", { class: "ink" });
  const bars = svg("g", { class: "first" });
  const letters = svg("g");
  const width = PAPER.width + 2 * PAPER.margin;
  const picture = svg("svg", { viewBox: `0 0 ${width} ${LOW + 7}`, role: "img" },
    svg("title", {}, "Ink, and under it how much of each letter the window sees"), ink, bars, letters);
  time.row.style.display = picture.style.display = "none";
  const form = html("form", { class: "course-row" }, another, button);
  element.replaceChildren(
    html("p", { class: "course-try" },
      "Try it: the network that comes with the course writes here, in your browser (5 MB are loaded once)."),
    form, time.row, picture, words);

  let worker = null;
  let asked = 0;
  let row = null;
  let points = [];
  let timer = null;
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    stop();
    row = null;
    worker ??= start();
    words.textContent = "Thinking …";
    const text = another.value.slice(0, 30);
    worker.postMessage({ id: ++asked, what: "write", text, seed: 0, bias: 0.75, tries: 4 });
  });

  function start() {
    const started = new Worker(new URL("../write/worker.js", import.meta.url), { type: "module" });
    started.onmessage = ({ data }) => {
      if (data.id !== asked) return;
      if (data.error) words.textContent = data.error;
      if (data.row) play(data.row);
    };
    return started;
  }

  function play(written) {
    row = written;
    points = row.pen.flatMap((stroke, number) => stroke.map((_, k) => [number, k]));
    time.input.max = points.length - 1;
    time.row.style.display = picture.style.display = "";
    const step = (width - 2 * PAPER.margin) / row.text.length;
    letters.replaceChildren(...Array.from(row.text, (letter, u) =>
      svg("text", { x: PAPER.margin + (u + 0.5) * step, y: LOW + 5, class: "letter" }, letter)));
    bars.replaceChildren(...Array.from(row.text, (_, u) =>
      svg("rect", { x: PAPER.margin + (u + 0.1) * step, width: 0.8 * step, y: LOW, height: 0 })));
    words.textContent =
      "Each bar says how much the window sees of its letter. Pull the slider to go back to any point.";
    const begun = performance.now();
    const run = (now) => {
      const t = still.matches ? points.length - 1 : Math.floor(((now - begun) / 1000) * PACE);
      show(Math.max(0, Math.min(t, points.length - 1)));
      timer = t < points.length - 1 ? requestAnimationFrame(run) : null;
    };
    timer = requestAnimationFrame(run);
  }

  function stop() {
    cancelAnimationFrame(timer);
  }

  function show(t) {
    if (!row) return;
    time.input.value = t;
    time.row.querySelector("output").textContent = t;
    const [last, place] = points[t];
    ink.replaceChildren(...row.pen.slice(0, last + 1).map((stroke, number) =>
      svg("path", { d: path(number === last ? stroke.slice(0, place + 1) : stroke) })));
    const phi = row.attention[t];
    Array.from(bars.children).forEach((bar, u) => {
      const height = Math.min(phi[u], 1.2) * BAR;
      bar.setAttribute("y", LOW - height);
      bar.setAttribute("height", height);
    });
  }
}
