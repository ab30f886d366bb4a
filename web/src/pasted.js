// Clean texts that people paste: quotes, dashes, blanks, and letters with accents.

import { ALPHABET, refuseEmpty, refuseUnknown } from "./alphabet.js";

const PLAIN = [
  [/[\u2018\u2019\u201a\u201b\u2032\u2035\u00b4\u02bc\u02b9\u2039\u203a]/g, "'"],
  [/[\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u00a8]/g, '"'],
  [/[\u2010-\u2015\u2212\u2043]/g, "-"],
  [/[\u2044\u2215]/g, "/"],
  [/[\u2022\u00b7\u2219]/g, "*"],
  [/[\u2028\u2029\u0085]/g, "\n"],
  [/[\ufe00-\ufe0f]/g, ""], // the invisible second half of some emoji
];
// What is blank for Python; JavaScript's \s differs in a few characters.
const BLANK = String.raw`[\t\v\f\x1c-\x1f\u1680\u2000-\u200a\u202f\u205f\u3000\xa0 ]`;
// The marks that accents.js draws, by their combining characters.
export const MARKS = {
  "\u0300": "grave", "\u0301": "acute", "\u0302": "circumflex", "\u0303": "tilde",
  "\u0304": "macron", "\u0306": "breve", "\u0307": "dot", "\u0308": "diaeresis",
  "\u030a": "ring", "\u030b": "double acute", "\u030c": "caron", "\u0323": "dot below",
  "\u0326": "comma below", "\u0327": "cedilla", "\u0328": "ogonek",
};

function plain(text) {
  return PLAIN.reduce((changed, [pattern, character]) => changed.replace(pattern, character), text);
}

// Return a text as the network can write it, as far as that changes no letter.
export function clean(text) {
  return plain(plain(text).normalize("NFKC"))
    .replace(/\r\n?/g, "\n")
    .replace(new RegExp(`(?!\\n|${BLANK})[\\p{Cc}\\p{Cf}]`, "gu"), "")
    .replace(new RegExp(`${BLANK}+`, "g"), " ")
    .replace(/ *\n */g, "\n")
    .replace(/^[ \n]+|[ \n]+$/g, "");
}

// Return a text of several rows, each of them clean, with the blanks at its beginning. `fit` is what
// cleans a row, `clean` or a `replacer`.
export function eachRow(text, fit = clean) {
  const blanks = new RegExp(`^${BLANK}*`);
  const rows = text.split(/\r\n|[\r\n\u0085\u2028\u2029]/)
    .map((row) => " ".repeat(row.match(blanks)[0].length) + fit(row));
  const joined = rows.map((row) => row.trimEnd()).join("\n").trimEnd();
  return joined.includes("\n") ? joined : joined.trim();
}

// Return the letters of a clean text without their accents, and the accents: {letters, marks}, where
// `marks` has a list of names in MARKS for the place of each letter that has some.
export function splitAccents(text) {
  const marks = {};
  const letters = Array.from(text, (letter, place) => {
    const [base, ...combining] = letter.normalize("NFD");
    const known = ALPHABET.includes(base) && combining.every((mark) => mark in MARKS);
    if (!combining.length || !known) return letter;
    marks[place] = combining.map((mark) => MARKS[mark]);
    return base;
  });
  return { letters: letters.join(""), marks };
}

// The same for a text as somebody typed or pasted it, or an InputError that says why it can't be
// written.
export function lettersAndMarks(text) {
  const split = splitAccents(clean(text));
  refuseEmpty(split.letters);
  refuseUnknown(split.letters);
  return split;
}

// A function that returns a clean text with all that can't be written transliterated, such as
// "strasse" for "straße". Its table is 0.5 MB, so it is loaded when it is first needed.
export async function replacer() {
  const { default: anyAscii } = await import("../any-ascii/any-ascii.js");
  return function replaceUnknown(text) {
    text = clean(text);
    const { letters, marks } = splitAccents(text);
    const plain = Array.from(letters);
    const replaced = Array.from(text, (letter, place) =>
      place in marks || ALPHABET.includes(plain[place]) ? letter : anyAscii(letter));
    return clean(replaced.join(""));
  };
}
