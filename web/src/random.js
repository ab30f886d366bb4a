// NumPy's default_rng (SeedSequence, PCG64, and the ziggurat for normal numbers), so that one seed
// gives the same line here as in Python.

const WORD = (1n << 64n) - 1n;
const LONG = (1n << 128n) - 1n;
const MULTIPLIER = 0x2360ed051fc65da44385df649fccf645n;

// Mix the seeds, integers below 2^32, into four 64-bit numbers (O'Neill's seed_seq).
function seedWords(seeds) {
  let hash = 0x43b0d7e5;
  const hashed = (value) => {
    value = (value ^ hash) >>> 0;
    hash = Math.imul(hash, 0x931e8875) >>> 0;
    value = Math.imul(value, hash) >>> 0;
    return (value ^ (value >>> 16)) >>> 0;
  };
  const mixed = (x, y) => {
    const value = (Math.imul(x, 0xca01f9dd) - Math.imul(y, 0x4973f715)) >>> 0;
    return (value ^ (value >>> 16)) >>> 0;
  };
  const pool = [0, 1, 2, 3].map((k) => hashed(seeds[k] ?? 0));
  for (let from = 0; from < 4; from++) {
    for (let to = 0; to < 4; to++) {
      if (from !== to) pool[to] = mixed(pool[to], hashed(pool[from]));
    }
  }
  hash = 0x8b51f9dd;
  const words = Array.from({ length: 8 }, (_, k) => {
    let value = (pool[k % 4] ^ hash) >>> 0;
    hash = Math.imul(hash, 0x58f38ded) >>> 0;
    value = Math.imul(value, hash) >>> 0;
    return BigInt((value ^ (value >>> 16)) >>> 0);
  });
  return [0, 2, 4, 6].map((k) => words[k] | (words[k + 1] << 32n));
}

// The ziggurat's 256 strips of equal area (Marsaglia and Tsang 2000): x and the bell's height there.
const EDGE = 3.6541528853610088;
const AREA = 0.0049286732339746519;
const BELL = (x) => Math.exp(-0.5 * x * x);
const X = new Float64Array(257);
X[256] = AREA / BELL(EDGE);
X[255] = EDGE;
for (let k = 254; k > 0; k--) X[k] = Math.sqrt(-2 * Math.log(AREA / X[k + 1] + BELL(X[k + 1])));
const HEIGHT = Float64Array.from({ length: 256 }, (_, k) => BELL(X[k]));
const SCALE = 2 ** 52;

export class Random {
  constructor(...seeds) {
    const [high, low, streamHigh, streamLow] = seedWords(seeds);
    this.increment = ((((streamHigh << 64n) | streamLow) << 1n) | 1n) & LONG;
    this.state = this.increment;
    this.state = (this.state + ((high << 64n) | low)) & LONG;
    this.advance();
  }

  advance() {
    this.state = (this.state * MULTIPLIER + this.increment) & LONG;
  }

  bits() {
    this.advance();
    const value = ((this.state >> 64n) ^ this.state) & WORD;
    const turn = this.state >> 122n;
    return ((value >> turn) | (value << ((64n - turn) & 63n))) & WORD;
  }

  // A number from 0 to less than 1.
  uniform() {
    return Number(this.bits() >> 11n) / 2 ** 53;
  }

  // A standard normal number.
  normal() {
    for (;;) {
      let bits = this.bits();
      const strip = Number(bits & 255n);
      bits >>= 8n;
      const sign = bits & 1n ? -1 : 1;
      const place = Number((bits >> 1n) & 0xfffffffffffffn);
      const outer = strip ? X[strip] : X[256];
      const inner = strip ? (strip === 1 ? 0 : X[strip - 1]) : EDGE;
      const x = (place * outer) / SCALE;
      if (place < Math.floor((inner / outer) * SCALE)) return sign * x;
      if (strip === 0) return this.tail(Math.floor(place / 256) % 2 ? -1 : 1);
      if ((HEIGHT[strip - 1] - HEIGHT[strip]) * this.uniform() + HEIGHT[strip] < BELL(x)) {
        return sign * x;
      }
    }
  }

  tail(sign) {
    for (;;) {
      const x = -Math.log1p(-this.uniform()) / EDGE;
      const y = -Math.log1p(-this.uniform());
      if (2 * y > x * x) return sign * (EDGE + x);
    }
  }
}
