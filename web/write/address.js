// The text, the bias and the seed live in the address, behind the #, which browsers send to nobody.

// The line that opens a page. Its seed is the date, so nobody picked it.
const TODAY = Number(new Date().toISOString().slice(0, 10).replaceAll("-", ""));
export const FIRST = { text: "You know nothing, Jon Snow.", bias: 0.75, seed: TODAY };
export const MOST_SEEDS = 2 ** 31;

export function fromAddress(hash = location.hash) {
  const given = new URLSearchParams(hash.slice(1));
  const number = (name, most) => {
    const value = parseFloat(given.get(name));
    return value >= 0 && value <= most ? value : FIRST[name];
  };
  return {
    text: given.get("text") ?? FIRST.text,
    bias: number("bias", 2),
    seed: Math.floor(number("seed", MOST_SEEDS)),
  };
}

export function toAddress({ text, bias, seed }) {
  history.replaceState(null, "", `#${new URLSearchParams({ text, bias, seed })}`);
}
