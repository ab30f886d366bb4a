// Break a paragraph into rows where Python's textwrap breaks it: at blanks, after the hyphens of
// compound words, and around dashes of two hyphens or more.

const WORD = String.raw`[\p{L}\p{N}_!"'&.,?]`;
const LETTER = String.raw`[\p{L}_]`;
const CHUNK = new RegExp(
  String.raw` +|(?<=${WORD})-{2,}(?=[\p{L}\p{N}_])|[^ ]+?(?:` +
    `-(?:(?<=${LETTER}{2}-)|(?<=${LETTER}-${LETTER}-))(?=${LETTER}-?${LETTER})` + // a compound word
    String.raw`|(?= |$)|(?<=${WORD})(?=-{2,}[\p{L}\p{N}_]))`, // the end of a word, or a dash ahead
  "gu",
);

// text: words with single blanks between them. Returns rows of at most `columns` characters.
export function textwrap(text, columns) {
  const chunks = (text.match(CHUNK) ?? []).reverse();
  const next = () => chunks[chunks.length - 1];
  const rows = [];
  while (chunks.length) {
    if (rows.length && next() === " ") chunks.pop();
    let row = "";
    while (chunks.length && row.length + next().length <= columns) row += chunks.pop();
    if (chunks.length && next().length > columns) row += cut(chunks, columns - row.length);
    rows.push(row.trimEnd());
  }
  return rows.filter(Boolean);
}

// Take from the last chunk, a word longer than a row, what there is room for.
function cut(chunks, room) {
  const word = chunks.pop();
  const hyphen = word.slice(0, room).lastIndexOf("-");
  const end = /[^-]/.test(word.slice(0, Math.max(hyphen, 0))) ? hyphen + 1 : room;
  chunks.push(word.slice(end));
  return word.slice(0, end);
}
