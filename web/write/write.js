// The page: what its controls do.

import { svg } from "../src/drawing.js";
import { MOST_SEEDS, fromAddress, toAddress } from "./address.js";
import { Pad } from "./pad.js";
import { Pen } from "./pen.js";

const [WIDEST, MOST_PIXELS] = [2400, 16e6]; // of a PNG; some browsers draw no larger ones
const find = (name) => document.getElementById(name);
const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const pen = new Pen(find("paper"), find("letters"));
const pad = new Pad(find("pad"), readPad);
let { seed } = fromAddress();
let hand = null; // {strokes, text} of the pad, once it is in use
let asked = 0;

function ask(what, rest) {
  worker.postMessage({ id: ++asked, what, ...rest });
  return asked;
}

function say(sentence, isError = false) {
  find("status").textContent = isError ? "" : sentence;
  find("error").textContent = isError ? sentence : "";
}

let writing = 0; // the id of the request whose rows the pen writes
let reading = 0;

function write() {
  const text = find("text").value;
  const bias = Number(find("bias").value);
  toAddress({ text, bias, seed });
  pen.clear();
  setReady(false);
  find("finish").disabled = false;
  say("Thinking …");
  find("paper").setAttribute("aria-label", "Paper, still empty");
  writing = ask("write", { text, bias, seed, primer: hand });
}

async function written(id) {
  const text = find("text").value;
  find("paper").setAttribute("aria-label", `“${text}”, in handwriting`);
  setReady(pen.ink.length > 0);
  await pen.finish();
  if (id !== writing) return;
  find("finish").disabled = true;
  say("Written.");
}

function setReady(ready) {
  for (const name of ["svg", "png"]) find(name).disabled = !ready;
}

worker.onmessage = ({ data }) => {
  if (data.id === writing) {
    if (data.row) {
      if (!pen.rows.length) say("Writing …");
      pen.add(data.row);
    } else if (data.error) {
      find("finish").disabled = true;
      say(data.error, true);
    } else {
      written(data.id);
    }
  } else if (data.id === reading) {
    find("pad-status").textContent = data.error ?? "Is this what it says? Correct it if not.";
    if (data.reading) find("pad-text").value = data.reading;
  }
};
worker.onerror = () => say("The page could not start its worker; it needs a browser of 2023 or later.", true);

function readPad() {
  find("pad-status").textContent = "Reading …";
  reading = ask("read", { strokes: pad.strokes });
}

function newHand() {
  seed = crypto.getRandomValues(new Uint32Array(1))[0] % MOST_SEEDS;
  leaveHand();
  write();
}

function leaveHand() {
  hand = null;
  find("own").hidden = true;
}

function useHand() {
  const text = find("pad-text").value.trim();
  if (!pad.pen.length || !text) {
    find("pad-status").textContent = "Write a line on the pad first, and say what it says.";
    return;
  }
  hand = { strokes: pad.strokes, text };
  find("own").hidden = false;
  write();
  find("paper").scrollIntoView({ block: "nearest" });
}

function download(name, blob) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function picture() {
  return new Blob([svg(pen.ink, find("text").value)], { type: "image/svg+xml" });
}

async function savePng() {
  const image = new Image();
  image.src = URL.createObjectURL(picture());
  await image.decode();
  const canvas = document.createElement("canvas");
  const { width, height } = image;
  const scale = Math.min(WIDEST / width, Math.sqrt(MOST_PIXELS / (width * height)));
  canvas.width = Math.floor(width * scale);
  canvas.height = Math.floor(height * scale);
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  canvas.toBlob((blob) => download("handwriting.png", blob));
}

async function copyLink() {
  try {
    await navigator.clipboard.writeText(location.href);
    say("The link is copied.");
  } catch {
    say("Your browser won’t copy; the link is in the address bar.");
  }
}

function fill({ text, bias }) {
  find("text").value = text;
  find("bias").value = bias;
  find("bias-value").textContent = Number(bias).toFixed(2);
}

find("form").addEventListener("submit", (event) => {
  event.preventDefault();
  write();
});
find("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    write();
  }
});
find("bias").addEventListener("input", () => fill({ text: find("text").value, bias: find("bias").value }));
find("bias").addEventListener("change", write);
find("hand").addEventListener("click", newHand);
find("finish").addEventListener("click", () => pen.hurry());
find("svg").addEventListener("click", () => download("handwriting.svg", picture()));
find("png").addEventListener("click", savePng);
find("link").addEventListener("click", copyLink);
find("pad-clear").addEventListener("click", () => {
  pad.clear();
  find("pad-text").value = "";
  find("pad-status").textContent = "";
});
find("pad-use").addEventListener("click", useHand);
find("own-leave").addEventListener("click", () => {
  leaveHand();
  write();
});
window.addEventListener("hashchange", () => {
  ({ seed } = fromAddress());
  fill(fromAddress());
  write();
});

fill(fromAddress());
write();
