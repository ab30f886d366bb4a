// The networks at work, away from the page, so that the page stays responsive.
// A message is {id, what, ...}; answers carry the id. A newer request ends an older one.

import { InputError } from "../src/errors.js";
import { SynthesisNetwork } from "../src/networks.js";
import { checked, writeRows } from "../src/pages.js";
import { Reader } from "../src/reading.js";
import { get, load, loadKernel } from "../src/weights.js";
import { Writer } from "../src/writing.js";

const folder = new URL("../data", import.meta.url).href;

class Superseded extends Error {}

async function prepare() {
  const kernel = await loadKernel(folder);
  const [network, reader, print] = await Promise.all([
    load("synthesis_real", folder, kernel),
    load("reader", folder, kernel),
    get(`${folder}/print.json`).then((response) => response.json()),
  ]);
  return { writer: new Writer(new SynthesisNetwork(network)), reader: new Reader(reader), print };
}

const ready = prepare();
ready.catch(() => {}); // whoever asks for something hears of it
let latest = 0;

const answers = {
  async write({ id, text, seed, bias, tries, primer }) {
    text = checked(text);
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
};

onmessage = async ({ data }) => {
  if (data.what === "write") latest = data.id;
  try {
    postMessage({ id: data.id, ...(await answers[data.what](data)) });
  } catch (error) {
    if (error instanceof Superseded) return;
    const sentence = error instanceof InputError ? error.message
      : `The network could not be run (${error.message}).`;
    postMessage({ id: data.id, error: sentence });
  }
};
