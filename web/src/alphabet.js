// The characters that networks write and read, and their numbers.

import { InputError } from "./errors.js";

export const ALPHABET = Array.from({ length: 95 }, (_, k) => String.fromCharCode(32 + k)).join("");
const PUNCTUATION = ALPHABET.replace(/[A-Za-z0-9 ]/g, "");

// Turn a text into character numbers: ALPHABET[k] has the number k + 1.
export function encode(text) {
  refuseEmpty(text);
  refuseUnknown(text);
  return Array.from(text, (character) => ALPHABET.indexOf(character) + 1);
}

export function refuseEmpty(text) {
  if (!text.trim()) {
    throw new InputError("The text is empty; give at least one character that is not a space.");
  }
}

export function refuseUnknown(text) {
  const unknown = [...new Set(text)].filter((character) => !ALPHABET.includes(character)).sort();
  if (unknown.length) {
    const names = unknown.map((character) => `“${character}”`).join(", ");
    throw new InputError(
      `The hand can’t write ${names}; it knows A-Z, a-z, 0-9, space, accents and ${PUNCTUATION}`,
    );
  }
}
