// Clean texts that people paste: curly quotes, long dashes, odd blanks.

const PLAIN = [
  [/[\u2018\u2019\u201a\u201b\u2032\u2035\u00b4\u02bc\u02b9\u2039\u203a]/g, "'"],
  [/[\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u00a8]/g, '"'],
  [/[\u2010-\u2015\u2212\u2043]/g, "-"],
  [/[\u2044\u2215]/g, "/"],
  [/[\u2022\u00b7\u2219]/g, "*"],
  [/[\u2028\u2029\u0085]/g, "\n"],
];

function plain(text) {
  return PLAIN.reduce((changed, [pattern, character]) => changed.replace(pattern, character), text);
}

// Return a text as the network can write it, as far as that changes no letter.
export function clean(text) {
  return plain(plain(text).normalize("NFKC"))
    .replace(/\r\n?/g, "\n")
    .replace(/[^\S\n]+/g, " ")
    .replace(/[\p{Cc}\p{Cf}]/gu, (character) => (character === "\n" ? "\n" : ""))
    .replace(/ *\n */g, "\n")
    .replace(/^[ \n]+|[ \n]+$/g, "");
}
