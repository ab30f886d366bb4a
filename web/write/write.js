// The page: what its controls do.

import { svg } from "../src/drawing.js";
import { MOST_SEEDS, fromAddress, toAddress } from "./address.js";
import { Pad } from "./pad.js";
import { Pen } from "./pen.js";

const MOST_SHOWN = 60; // characters of a text on a button
const [WIDEST, MOST_PIXELS] = [2400, 16e6]; // of a PNG; some browsers draw no larger ones
const find = (name) => document.getElementById(name);
const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
const pen = new Pen(find("paper"), find("letters"));
const pad = new Pad(find("pad"), readPad);
let { seed } = fromAddress();
let line = ""; // the text that is being written, or was
let hand = null; // {strokes, text} of the pad, once it is in use
let asked = 0;

function ask(what, rest) {
  worker.postMessage({ id: ++asked, what, ...rest });
  return asked;
}

function say(sentence) {
  find("status").textContent = sentence;
  find("error").textContent = "";
  find("instead").hidden = true;
}

// Say what went wrong, and offer the text that could be written instead, if there is one.
function refuse(sentence, instead) {
  say("");
  find("error").textContent = sentence;
  find("instead").hidden = !instead;
  if (!instead) return;
  const shown = instead.length > MOST_SHOWN ? `${instead.slice(0, MOST_SHOWN)}…` : instead;
  find("instead").textContent = `Write it as “${shown}”`;
  find("instead").onclick = () => {
    find("text").value = instead;
    write();
  };
}

let writing = 0; // the id of the request whose rows the pen writes
let reading = 0; // and those about the pad
let checking = 0;
let read = ""; // what the reader made of the pad

function write() {
  line = find("text").value;
  const bias = Number(find("bias").value);
  toAddress({ text: line, bias, seed });
  pen.clear();
  setReady(false);
  setWriting(true);
  say("Thinking …");
  find("paper").setAttribute("aria-label", "Paper, still empty");
  writing = ask("write", { text: line, bias, seed, primer: hand });
}

function stop() {
  ask("stop");
  writing = 0;
  pen.stop();
  describe();
  setWriting(false);
  say("Stopped.");
}

async function written(id) {
  describe();
  await pen.finish();
  if (id !== writing) return;
  setWriting(false);
  say("Written.");
}

function describe() {
  if (!pen.ink.length) return;
  find("paper").setAttribute("aria-label", `“${line}”, in handwriting`);
  setReady(true);
}

function setReady(ready) {
  for (const name of ["svg", "png"]) find(name).disabled = !ready;
}

function setWriting(isWriting) {
  for (const name of ["finish", "stop"]) find(name).disabled = !isWriting;
}

worker.onmessage = ({ data }) => {
  if (data.id === writing) {
    if (data.row) {
      if (!pen.rows.length) say("Writing …");
      pen.add(data.row);
    } else if (data.error) {
      setWriting(false);
      refuse(data.error, data.instead);
    } else {
      written(data.id);
    }
  } else if (data.id === reading) {
    showReading(data);
  } else if (data.id === checking) {
    find("pad-status").textContent = data.error ?? "";
    if (!data.error) useHand();
  }
};
worker.onerror = () => refuse("The page could not start its worker; it needs a browser of 2023 or later.");

function readPad() {
  find("pad-status").textContent = "Reading …";
  reading = ask("read", { strokes: pad.strokes });
}

function showReading({ reading: found, error }) {
  const isOwn = !["", read].includes(find("pad-text").value); // what somebody typed stays
  if (found && !isOwn) find("pad-text").value = read = found;
  const guess = isOwn ? `It looks like “${found}”.` : "Is this what it says? Correct it if not.";
  find("pad-status").textContent = error ?? (found ? guess : "The reader can’t make it out. What does it say?");
}

function clearPad() {
  pad.clear();
  reading = checking = 0;
  find("pad-text").value = read = "";
  find("pad-status").textContent = "";
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

function checkHand() {
  const text = find("pad-text").value.trim();
  if (!pad.pen.length || !text) {
    find("pad-status").textContent = "Write a line on the pad first, and say what it says.";
    return;
  }
  find("pad-status").textContent = "Looking at your hand …";
  checking = ask("check", { strokes: pad.strokes, text });
}

function useHand() {
  hand = { strokes: pad.strokes, text: find("pad-text").value.trim() };
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
  return new Blob([svg(pen.ink, line)], { type: "image/svg+xml" });
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
    say(hand ? "The link is copied; your own hand isn’t in it." : "The link is copied.");
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
find("stop").addEventListener("click", stop);
find("svg").addEventListener("click", () => download("handwriting.svg", picture()));
find("png").addEventListener("click", savePng);
find("link").addEventListener("click", copyLink);
find("pad-clear").addEventListener("click", clearPad);
find("pad-use").addEventListener("click", checkHand);
find("own-leave").addEventListener("click", () => {
  leaveHand();
  write();
});
window.addEventListener("hashchange", () => {
  ({ seed } = fromAddress());
  leaveHand();
  fill(fromAddress());
  write();
});

fill(fromAddress());
write();
