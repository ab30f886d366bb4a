// Two bivariate normals under the reader's hands: sigma, rho and pi, and the nats per point that
// they cost on points that came from somewhere.

import { nats } from "../src/mixture.js";
import { Random } from "../src/random.js";
import { html, slider, svg } from "./parts.js";

const SIZE = 320;
const REACH = 4; // the picture goes from -REACH to REACH
const POINTS = 120;
const TRUTH = [
  { weight: 0.65, mean: [-1, 0], std: [1.1, 0.6], correlation: 0.7 },
  { weight: 0.35, mean: [1.8, 0.8], std: [0.4, 0.9], correlation: 0 },
];

export function draw(element) {
  const points = drawn(TRUTH);
  const size = { min: 0.1, max: 2.5 };
  const sliders = [
    slider("π, share of the blue one", { min: 0.02, max: 0.98, step: 0.01, value: 0.5 }, update),
    slider("σ₁, its width", { ...size, value: 1.8 }, update),
    slider("σ₂, its height", { ...size, value: 1.8 }, update),
    slider("ρ, its tilt", { min: -0.95, max: 0.95, value: 0 }, update),
  ];
  const ellipses = [0, 1].map((number) => svg("g", { class: number ? "second" : "first" }));
  const picture = svg("svg", { viewBox: `0 0 ${SIZE} ${SIZE}`, role: "img", class: "square" },
    svg("title", {}, "Points, and the ellipses of two normals at one and two standard deviations"),
    svg("path", { class: "axis", d: `M0 ${SIZE / 2}H${SIZE}M${SIZE / 2} 0V${SIZE}` }),
    ...points.map(([x, y]) => svg("circle", { cx: across(x), cy: across(-y), r: 2.2 })), ...ellipses);
  const words = html("p", { "aria-live": "polite" });
  const best = cost(points, TRUTH);
  element.replaceChildren(
    html("p", { class: "course-try" },
      "Try it: fit the blue normal to its points. The orange one, and both means, are right already."),
    ...sliders.map(({ row }) => row), picture, words);

  function update() {
    const [weight, width, height, correlation] = sliders.map(({ value }) => value);
    const components = [
      { ...TRUTH[0], weight, std: [width, height], correlation },
      { ...TRUTH[1], weight: 1 - weight },
    ];
    components.forEach((component, number) => {
      ellipses[number].replaceChildren(...[1, 2].map((radius) => ellipse(component, radius)));
    });
    words.textContent = `${cost(points, components).toFixed(2)} nats per point; ` +
      `the mixture that the points came from has ${best.toFixed(2)}.`;
  }
  update();
}

const across = (x) => ((x / REACH + 1) * SIZE) / 2;

function cost(points, components) {
  return points.reduce((sum, [x, y]) => sum + nats(x, y, components), 0) / points.length;
}

function drawn(components) {
  const random = new Random(5);
  return Array.from({ length: POINTS }, () => {
    const { mean, std, correlation } = components[random.uniform() < components[0].weight ? 0 : 1];
    const first = random.normal();
    const second = correlation * first + Math.sqrt(1 - correlation ** 2) * random.normal();
    return [mean[0] + std[0] * first, mean[1] + std[1] * second];
  });
}

// Where a normal has the density of `radius` standard deviations.
function ellipse({ mean, std, correlation, weight }, radius) {
  const path = Array.from({ length: 65 }, (_, k) => {
    const turn = (k / 64) * 2 * Math.PI;
    const first = radius * Math.cos(turn);
    const second = correlation * first + Math.sqrt(1 - correlation ** 2) * radius * Math.sin(turn);
    const x = across(mean[0] + std[0] * first);
    const y = across(-mean[1] - std[1] * second);
    return `${k ? "L" : "M"}${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  return svg("path", { d: path.join(""), "stroke-opacity": 0.35 + 0.65 * weight });
}
