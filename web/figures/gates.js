// The gates of an LSTM cell as sliders: what arrives, what is kept, what is let out.

import { cell } from "../src/lstm.js";
import { curve, html, slider, svg } from "./parts.js";

const STEPS = 30;
const ARRIVES = 5; // the step at which the input is 1; before and after it is 0
const [WIDTH, HEIGHT] = [560, 150];

export function draw(element) {
  const gate = { min: -6, max: 6, step: 0.1, show: (x) => (1 / (1 + Math.exp(-x))).toFixed(2) };
  const sliders = [
    slider("input gate i, at the flag", { ...gate, value: 4 }, update),
    slider("forget gate f, always", { ...gate, value: 3 }, update),
    slider("output gate o, always", { ...gate, value: 0 }, update),
    slider("new content g, at the flag", { min: -1, max: 1, value: 0.9 }, update),
  ];
  const memory = svg("path", { class: "first" });
  const output = svg("path", { class: "second" });
  const flag = (ARRIVES / STEPS) * WIDTH;
  const picture = svg("svg", { viewBox: `-30 -14 ${WIDTH + 50} ${HEIGHT + 44}`, role: "img" },
    svg("title", {}, "The cell’s content and its output over 30 steps"),
    svg("path", { class: "axis", d: `M0 0V${HEIGHT}H${WIDTH}M0 ${HEIGHT / 2}H${WIDTH}` }),
    svg("path", { class: "flag", d: `M${flag} 0V${HEIGHT}` }),
    svg("text", { x: flag + 5, y: 8 }, "the flag"),
    svg("text", { x: -8, y: 5, class: "end" }, "1"),
    svg("text", { x: -8, y: HEIGHT / 2 + 4, class: "end" }, "0"),
    svg("text", { x: -8, y: HEIGHT + 4, class: "end" }, "-1"),
    svg("text", { x: WIDTH, y: HEIGHT + 18, class: "end" }, `step ${STEPS}`),
    memory, output);
  const words = html("p", { "aria-live": "polite" });
  element.replaceChildren(
    html("p", { class: "course-try" }, "Try it: one number arrives at the flag. Can the cell keep it?"),
    ...sliders.map(({ row }) => row), picture,
    html("p", { class: "course-key" }, html("span", { class: "first" }, "content c"), " ",
      html("span", { class: "second" }, "output h = o tanh c")), words);

  function update() {
    const [input, forget, out, content] = sliders.map(({ value }) => value);
    const candidate = Math.atanh(Math.max(-0.999, Math.min(0.999, content)));
    let c = 0;
    const contents = [];
    const outputs = [];
    for (let step = 0; step <= STEPS; step++) {
      const here = step === ARRIVES;
      const now = cell(here ? input : -Infinity, forget, here ? candidate : 0, out, c);
      c = now.c;
      contents.push(c);
      outputs.push(now.h);
    }
    memory.setAttribute("d", curve(contents, WIDTH, HEIGHT, -1, 1));
    output.setAttribute("d", curve(outputs, WIDTH, HEIGHT, -1, 1));
    const kept = contents[ARRIVES] ? contents[STEPS] / contents[ARRIVES] : 0;
    words.textContent = `${STEPS - ARRIVES} steps later, ${(100 * kept).toFixed(0)} % of it is left: ` +
      "the forget gate to the power of the steps.";
  }
  update();
}
