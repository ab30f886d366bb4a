// The networks at work, away from the page, so that the page stays responsive.
// A message is {id, what, ...}; answers carry the id. A newer text ends an older one, and so does
// "stop".

import { InputError } from "../src/errors.js";
import { checked, handOf, toolsOf, tryOnce, writeRows } from "../src/pages.js";
import { replacer } from "../src/pasted.js";
import { get, load, loadKernel } from "../src/weights.js";

const folder = new URL("../data", import.meta.url).href;

// A second worker, for every other try of a line. Where it can't be started, it answers null.
class Helper {
  constructor() {
    this.waiting = new Map(); // what resolves an answer, by its id
    this.asked = 0;
    this.worker = new Worker(new URL("helper.js", import.meta.url), { type: "module" });
    this.worker.onmessage = ({ data: { id, found } }) => {
      this.waiting.get(id)(found);
      this.waiting.delete(id);
    };
    this.worker.onerror = () => {
      this.failed = true;
      for (const resolve of this.waiting.values()) resolve(null);
    };
  }

  use(parts) {
    this.worker.postMessage({ what: "use", ...parts });
  }

  ask(request) {
    if (this.failed) return null;
    return new Promise((resolve) => {
      this.waiting.set(++this.asked, resolve);
      this.worker.postMessage({ id: this.asked, request });
    });
  }
}

class Superseded extends Error {}

async function prepare() {
  const helper = new Helper();
  const kernel = await loadKernel(folder);
  const [synthesis, reader, print] = await Promise.all([
    load("synthesis_real", folder, kernel),
    load("reader", folder, kernel),
    get(`${folder}/print.json`).then((response) => response.json()),
  ]);
  helper.use({ synthesis, reader, print });
  const tools = toolsOf({ synthesis, reader, print });
  return { ...tools, elsewhere: async (request) => (await helper.ask(request)) ?? tryOnce(tools, request) };
}

const ready = prepare();
ready.catch(() => {}); // whoever asks for something hears of it
let latest = 0;

// A text that can be written, or an error that says why not and, if something comes close, `instead`.
async function possible(text) {
  try {
    return checked(text);
  } catch (error) {
    error.instead = await replacer().then((fit) => checked(text, fit)).catch(() => null);
    throw error;
  }
}

const answers = {
  async write({ id, text, seed, bias, tries, primer }) {
    text = await possible(text);
    const tools = await ready;
    const pause = async () => {
      await new Promise((resolve) => setTimeout(resolve));
      if (id !== latest) throw new Superseded();
    };
    for await (const row of writeRows(tools, text, { seed, bias, tries, primer, pause })) {
      postMessage({ id, row });
    }
    return { done: true };
  },

  async read({ strokes }) {
    const { reader } = await ready;
    return { reading: reader.read(strokes) };
  },

  // Whether the network can go on from a line.
  async check(line) {
    const tools = await ready;
    tools.writer.lead("", handOf(tools, line));
  },

  stop() {},
};

onmessage = async ({ data }) => {
  if (["write", "stop"].includes(data.what)) latest = data.id;
  try {
    postMessage({ id: data.id, ...(await answers[data.what](data)) });
  } catch (error) {
    if (error instanceof Superseded) return;
    const sentence = error instanceof InputError ? error.message
      : `The network could not be run (${error.message}).`;
    postMessage({ id: data.id, error: sentence, instead: error.instead });
  }
};
