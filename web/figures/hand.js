// A hand writes a line as soon as the front page opens. Where it can't, the picture stays.

import { FIRST } from "../write/address.js";
import { Pen } from "../write/pen.js";
import { html, svg } from "./parts.js";

export function draw(element) {
  const worker = new Worker(new URL("../write/worker.js", import.meta.url), { type: "module" });
  // half as many tries as on the writing page, so that the ink comes sooner
  worker.postMessage({ id: 1, what: "write", ...FIRST, tries: 4 });
  const name = `“${FIRST.text}”, in handwriting`;
  const paper = svg("svg", { class: "paper", role: "img", "aria-label": name });
  const letters = html("p", { class: "letters", "aria-hidden": "true" });
  const pen = new Pen(paper, letters);
  const stay = () => {
    paper.remove();
    letters.remove();
    element.classList.add("still");
  };
  worker.onerror = stay;
  worker.onmessage = ({ data }) => {
    if (data.row) pen.add(data.row);
    else worker.terminate();
    if (data.error) stay();
  };
  element.append(paper, letters);
}
