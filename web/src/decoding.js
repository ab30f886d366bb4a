// Find the text in the probabilities that a reader gives each frame.

const BLANK = 0;
const NEVER = -Infinity;

function logAdd(a, b) {
  if (a < b) [a, b] = [b, a];
  return b === NEVER ? a : a + Math.log1p(Math.exp(b - a));
}

// Read each frame's likeliest label, then drop repeats and blanks.
export function bestPath(frames) {
  const labels = [];
  let before = BLANK;
  for (const frame of frames) {
    const label = frame.indexOf(Math.max(...frame));
    if (label !== BLANK && label !== before) labels.push(label);
    before = label;
  }
  return labels;
}

// The forward variables of Graves et al. (2006) after each frame, over the labels with blanks around
// them.
function forward(frames, labels) {
  const states = [BLANK, ...labels.flatMap((label) => [label, BLANK])];
  const scores = [];
  for (const frame of frames) {
    const old = scores[scores.length - 1];
    scores.push(states.map((label, s) => {
      if (!old) return s < 2 ? frame[label] : NEVER;
      let score = logAdd(old[s], old[s - 1] ?? NEVER);
      // A blank may be left out between labels that differ.
      if (label !== BLANK && s > 1 && label !== states[s - 2]) score = logAdd(score, old[s - 2]);
      return score + frame[label];
    }));
  }
  return scores;
}

// Sum over all alignments of given labels, in nats.
export function logLikelihood(frames, labels) {
  const last = forward(frames, labels).pop();
  return logAdd(last[last.length - 1], last[last.length - 2] ?? NEVER);
}

// How much likelier a line's ink would be with another text, in nats: with more text `after` or
// `before`, without its last letters (`shorter`) or first ones (`later`), or with any `other` text.
export function doubts(frames, labels) {
  const end = doubtsAboutEnd(frames, labels);
  const start = doubtsAboutEnd([...frames].reverse(), [...labels].reverse());
  return {
    after: end.after, before: start.after, shorter: end.shorter, later: start.shorter, other: end.other,
  };
}

function doubtsAboutEnd(frames, labels) {
  const scores = forward(frames, labels);
  const count = frames.length;
  const states = 2 * labels.length + 1;
  const written = scores.map((score) => logAdd(score[states - 1], score[states - 2]));
  if (written[count - 1] === NEVER) return { after: Infinity, shorter: Infinity, other: Infinity };
  let rest = 0; // the best path through the frames that are left
  let after = NEVER;
  for (let t = count - 1; t >= 0; t--) {
    after = Math.max(after, written[t] + rest);
    rest += Math.max(...frames[t]);
  }
  let part = NEVER; // the text's first letters, all frames
  for (let s = 1; s < states; s += 2) {
    part = Math.max(part, logAdd(scores[count - 1][s], scores[count - 1][s + 1]));
  }
  const whole = written[count - 1];
  return { after: after - whole, shorter: part - whole, other: rest - whole };
}
