// Draw ink as SVG: smooth curves through the points, one path per stroke.

import { bezier, bounds } from "./strokes.js";

export const PEN = 0.45; // its width, in millimetres
const MARGIN = 4;

// The d of a path through the points of a stroke.
export function path(stroke) {
  const [first, ...rest] = bezier(stroke).map(([x, y]) => `${x.toFixed(2)} ${y.toFixed(2)}`);
  return `M${first}${rest.length ? `C${rest.join(" ")}` : "h0"}`; // a line of no length is a dot
}

// All strokes as an SVG document, black on white.
export function svg(pen, text) {
  const [low, high] = bounds(pen.flat());
  const [width, height] = [0, 1].map((axis) => (high[axis] - low[axis] + 2 * MARGIN).toFixed(2));
  const corner = low.map((value) => (value - MARGIN).toFixed(2)).join(" ");
  const title = text.replace(/[&<>]/g, (sign) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[sign]);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${corner} ${width} ${height}" ` +
      `width="${width}mm" height="${height}mm" role="img">`,
    `<title>${title}</title>`,
    `<rect x="${low[0] - MARGIN}" y="${low[1] - MARGIN}" width="100%" height="100%" fill="white"/>`,
    `<g fill="none" stroke="black" stroke-width="${PEN}" stroke-linecap="round" stroke-linejoin="round">`,
    ...pen.map((stroke) => `<path d="${path(stroke)}"/>`),
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}
