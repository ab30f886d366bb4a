// Put together what runs in the browser: node build.mjs FOLDER
// Modules are copied as they are; only matrix.wat is compiled.

import { cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import wabt from "wabt";

const here = dirname(fileURLToPath(import.meta.url));
const folder = process.argv[2];
await mkdir(join(folder, "data"), { recursive: true });
const filter = (name) => !/\.wat$|figures.\w+\.html$/.test(name); // what the build itself reads
for (const part of ["src", "figures", "write"]) {
  await cp(join(here, part), join(folder, part), { recursive: true, filter });
}
const source = await readFile(join(here, "src", "matrix.wat"), "utf8");
const module = (await wabt()).parseWat("matrix.wat", source, { simd: true });
await writeFile(join(folder, "data", "matrix.wasm"), module.toBinary({}).buffer);
const mathjax = join(here, "node_modules", "mathjax", "es5", "tex-svg.js");
await cp(mathjax, join(folder, "mathjax", "tex-svg.js"));
for (const name of ["any-ascii.js", "block.js", "package.json", "LICENSE"]) {
  await cp(join(here, "node_modules", "any-ascii", name), join(folder, "any-ascii", name));
}
// Node before 20.19, which tests the modules, asks for it; browsers don't.
await writeFile(join(folder, "src", "package.json"), '{ "type": "module" }\n');
