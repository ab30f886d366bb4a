// Run the page's modules without a browser: node modules.mjs SITE < requests.json > answers.json
// A request is [what, arguments]; the answers come in the same order.

import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const site = process.argv[2];
const load = (name) => import(pathToFileURL(`${site}/src/${name}.js`));
const json = (name) => JSON.parse(readFileSync(`${site}/data/${name}.json`));
const { unpack } = await load("weights");
const kernel = await WebAssembly.compile(readFileSync(`${site}/data/matrix.wasm`));
const network = (name, wasm = kernel) => {
  const file = readFileSync(`${site}/data/${name}.f16`);
  const bytes = file.buffer.slice(file.byteOffset, file.byteOffset + file.byteLength);
  return unpack(json(name), bytes, wasm);
};
const { SynthesisNetwork } = await load("networks");
const { Writer, noiseOf } = await load("writing");
const { Reader } = await load("reading");
const { normalise } = await load("prepare");
const { encode } = await load("alphabet");
const { clean, eachRow, lettersAndMarks, replacer } = await load("pasted");
const { draw } = await load("accents");
const { Random } = await load("random");
const { logLikelihood } = await load("decoding");
const { checked, wrap, writeRows } = await load("pages");
const { FIRST, fromAddress } = await import(pathToFileURL(`${site}/write/address.js`));
const writer = new Writer(new SynthesisNetwork(network("synthesis_real")));
const plainWriter = new Writer(new SynthesisNetwork(network("synthesis_real", null)));
const reader = new Reader(network("reader"));
const print = json("print");
const plain = ({ strokes, attention, stopped, text }) =>
  ({ strokes, attention: attention.map((phi) => Array.from(phi)), stopped, text });
const vectors = (rows) => rows.map((row) => Float32Array.from(row));
const primerOf = ([strokes, text]) => ({ strokes: normalise(strokes, text, print), text });

const commands = {
  random: (seeds, count) => {
    const [uniform, normal] = [new Random(...seeds), new Random(...seeds)];
    return Array.from({ length: count }, () => [uniform.uniform(), normal.normal()]);
  },
  write: (text, bias, noise, primer) => {
    const { letters, marks } = lettersAndMarks(text);
    return plain(writer.write(letters, {
      bias, marks, noise: (t) => noise[t], primer: primer ? primerOf(primer) : null, accents: print.accents,
    }));
  },
  writeSeed: (text, bias, seed, attempt) => plain(writer.write(text, { bias, noise: noiseOf(seed, attempt) })),
  writePlainly: (text, seed) => plain(plainWriter.write(text, { noise: noiseOf(seed, 0) })),
  normalise: (strokes, text) => normalise(strokes, text, print),
  read: (strokes) => reader.read(strokes),
  likelihood: (strokes, text) => logLikelihood(reader.frames(strokes), encode(text)),
  check: (strokes, text) => reader.checkText(strokes, text),
  accents: (strokes, attention, text, marks) =>
    plain(draw(strokes, vectors(attention), text, marks, print.accents)),
  clean,
  eachRow: (text) => eachRow(text),
  eachRowReplaced: async (text) => eachRow(text, await replacer()),
  encode,
  lettersAndMarks: (text) => Object.values(lettersAndMarks(text)),
  checked: (text) => checked(text),
  first: () => FIRST,
  fromAddress: (hash) => fromAddress(hash),
  wrap: (text, columns) => wrap(text, columns).map(({ indent, text: row }) => [indent, row]),
  rows: async (text, seed, bias, tries) => {
    const rows = [];
    for await (const row of writeRows({ writer, reader, print }, text, { seed, bias, tries })) {
      rows.push({ text: row.text, pen: row.pen });
    }
    return rows;
  },
  speed: (count) => {
    let points = 0;
    const start = performance.now();
    for (let seed = 0; seed < count; seed++) {
      points += writer.write("You know nothing, Jon Snow.", { noise: noiseOf(seed, 0) }).strokes.length;
    }
    return (1000 * points) / (performance.now() - start);
  },
};

const answers = [];
for (const [what, ...given] of JSON.parse(readFileSync(0))) {
  try {
    answers.push((await commands[what](...given)) ?? null);
  } catch (error) {
    answers.push({ error: error.message });
  }
}
process.stdout.write(JSON.stringify(answers));
