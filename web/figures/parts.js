// What the figures are made of: elements, sliders, axes.

const SVG = "http://www.w3.org/2000/svg";

export function html(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

export function svg(name, attributes = {}, ...children) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// A labelled slider; `show` says what to write for its value, `changed` is called when it moves.
export function slider(label, { min, max, step = 0.05, value, show = (x) => x.toFixed(2) }, changed) {
  const input = html("input", { type: "range", min, max, step, value });
  const output = html("output", {}, show(value));
  input.addEventListener("input", () => {
    output.textContent = show(Number(input.value));
    changed();
  });
  const row = html("label", { class: "course-slider" }, html("span", {}, label), input, output);
  return { row, input, get value() { return Number(input.value); } };
}

// A curve through values from 0 on, in a box of the given size; y runs from `low` to `high`.
export function curve(values, width, height, low, high, steps = values.length - 1) {
  return values.map((value, k) => {
    const y = height * (1 - (value - low) / (high - low));
    return `${k ? "L" : "M"}${((k / steps) * width).toFixed(1)} ${y.toFixed(1)}`;
  }).join("");
}
