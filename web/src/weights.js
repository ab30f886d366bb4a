// Load networks that tools/web_data.py wrote: NAME.json says what NAME.f16 holds.

// The numbers of half precision as Float32Array.
export function fromHalf(halves) {
  const table = new Float32Array(65536);
  for (let bits = 0; bits < 65536; bits++) {
    const exponent = (bits >> 10) & 31;
    const fraction = bits & 1023;
    const size = exponent ? (1 + fraction / 1024) * 2 ** (exponent - 15) : (fraction / 1024) * 2 ** -14;
    table[bits] = bits & 0x8000 ? -size : size;
  }
  const numbers = new Float32Array(halves.length);
  for (let k = 0; k < halves.length; k++) numbers[k] = table[halves[k]];
  return numbers;
}

// What a network is built from. `bytes` is an ArrayBuffer, `kernel` the compiled matrix.wat or null.
export function unpack(manifest, bytes, kernel) {
  const values = fromHalf(new Uint16Array(bytes));
  let at = 0;
  const arrays = manifest.arrays.map(({ name, shape }) => {
    const size = shape.reduce((product, side) => product * side, 1);
    return { name, shape, data: values.subarray(at, (at += size)) };
  });
  return { config: manifest.config, arrays, kernel };
}

// Load a network. Its bytes stay in the browser's cache until the checksum in its manifest changes.
export async function load(name, folder, kernel) {
  const manifest = await (await get(`${folder}/${name}.json`)).json();
  const address = `${folder}/${name}.f16?${manifest.sha256.slice(0, 16)}`;
  const cache = await openCache();
  let response = await cache?.match(address);
  if (!response) {
    response = await get(address);
    await forget(cache, name);
    await cache?.put(address, response.clone()).catch(() => {}); // a full disk is no reason to stop
  }
  return unpack(manifest, await response.arrayBuffer(), kernel);
}

// The kernel, or null where the browser has no vector instructions.
export async function loadKernel(folder) {
  const bytes = await (await get(`${folder}/matrix.wasm`)).arrayBuffer();
  return WebAssembly.compile(bytes).catch(() => null);
}

export async function get(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address}: ${response.status} ${response.statusText}`);
  return response;
}

async function openCache() {
  // Only secure addresses have a cache, and some people turn it off.
  return globalThis.caches?.open("weights").catch(() => undefined);
}

async function forget(cache, name) {
  for (const request of (await cache?.keys()) ?? []) {
    if (request.url.includes(`/${name}.f16?`)) await cache.delete(request);
  }
}
