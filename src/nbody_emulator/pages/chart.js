// One response curve: bands, median, real runs as dots, the present point; and numbers as people read them.
const WIDTH = 440;
const HEIGHT = 210;
const PLOT = { left: 52, right: 430, top: 8, bottom: 166 };
const FAR = 1e5; // pixels: what lies beyond is as good as there

const SUPERSCRIPTS = Object.fromEntries([..."-0123456789"].map((letter, place) => [letter, "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"[place]]));

/** A number to so many digits. */
function told(value, digits = 4) {
  if (!Number.isFinite(value)) return "–";
  if (value === 0) return "0";
  const order = Math.floor(Math.log10(Math.abs(value)));
  if (order >= 5 || order < -3) return scientific(value, digits - 1);
  return value.toFixed(Math.max(0, digits - 1 - order)).replace("-", "−");
}

function scientific(value, digits) {
  const [mantissa, exponent] = value.toExponential(digits).split("e");
  const raised = [...String(Number(exponent))].map((letter) => SUPERSCRIPTS[letter]).join("");
  return `${mantissa.replace("-", "−")} × 10${raised}`;
}

/** A number with no more digits than it needs: a tick, a bound, what was typed. */
function toldShortly(value) {
  const rounded = Number(value.toPrecision(6));
  const size = Math.abs(rounded);
  return size !== 0 && (size >= 1e5 || size < 1e-3) ? shortened(rounded) : String(rounded).replace("-", "−");
}

function shortened(value) {
  const digits = value.toExponential().split("e")[0].replace(/[-.]/g, "").length;
  return scientific(value, digits - 1);
}

/** A probability: never 0 or 1, which no finite number of runs can tell. */
function toldProbability(value) {
  if (value > 0.9995) return "> 0.999";
  return value < 0.0005 ? "< 0.001" : value.toFixed(3);
}

const counted = (number) => number.toLocaleString("en");

/** Some three to eight round numbers between two. */
function linearTicks(low, high) {
  const widest = (high - low) / 3.5;
  const power = 10 ** Math.floor(Math.log10(widest));
  const step = power * [5, 2, 1].find((each) => each * power <= widest);
  const first = Math.ceil(low / step);
  return Array.from({ length: Math.max(0, Math.floor(high / step) - first + 1) }, (_, place) => (first + place) * step);
}

/** 1, 2, 5 and 10 of every decade, or the decades alone where these are many. */
function logTicks(low, high) {
  const [first, last] = [Math.floor(Math.log10(low)), Math.ceil(Math.log10(high))];
  const every = Math.ceil((last - first) / 6);
  const factors = last - first > 3 ? [1] : [1, 2, 5];
  const decades = Array.from({ length: Math.floor((last - first) / every) + 1 }, (_, place) => first + every * place);
  const found = decades.flatMap((decade) => factors.map((factor) => factor * 10 ** decade));
  const between = found.filter((value) => value >= low && value <= high);
  return between.length > 1 ? between : linearTicks(low, high);
}

function svg(tag, attributes = {}, ...children) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

class Chart {
  constructor(title) {
    this.title = title;
    this.root = svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img" });
  }

  /** `curve` and `at` hold quantiles, ascending about the median, or the one value that there is. */
  draw({ parameter, at, curve, dots, range }) {
    this.root.setAttribute("aria-label", `${this.title} along ${inWords(parameter.name)}`);
    this.root.replaceChildren();
    if (!at) return;
    const shown = curve.filter(({ x }) => holds(parameter, x)).flatMap(({ values }) => values);
    const [low, high] = extent([...range, ...shown, ...at.values, ...dots.map(({ y }) => y)]);
    const x = this.across(parameter, curve);
    const y = (value) => clamped(PLOT.bottom - ((value - low) / (high - low)) * (PLOT.bottom - PLOT.top));
    const size = { x: PLOT.left, y: PLOT.top, width: PLOT.right - PLOT.left, height: PLOT.bottom - PLOT.top };
    // An inner picture clips what goes beyond the plot; its own coordinates are those of the outer one.
    const inner = svg("svg", { ...size, viewBox: `${size.x} ${size.y} ${size.width} ${size.height}` });
    const runs = dots.map((dot) => dotted(dot, x, y));
    inner.append(...shaded(parameter, x), ...runs, ...bands(curve, x, y), ...marked(at, x, y));
    this.root.append(...alongAxis(parameter, curve, x), ...upAxis(low, high, y), inner);
  }

  across(parameter, curve) {
    const [first, last] = [curve[0].x, curve[curve.length - 1].x].map((value) => axisOf(parameter, value));
    return (value) => PLOT.left + ((axisOf(parameter, value) - first) / (last - first)) * (PLOT.right - PLOT.left);
  }
}

/** What lies outside the box. */
function shaded(parameter, x) {
  const sides = [
    [PLOT.left, x(parameter.minimum)],
    [x(parameter.maximum), PLOT.right],
  ].filter(([from, to]) => to - from > 0.5);
  const size = { y: PLOT.top, height: PLOT.bottom - PLOT.top };
  return sides.map(([from, to]) => svg("rect", { class: "beyond", x: from, width: to - from, ...size }));
}

function alongAxis(parameter, curve, x) {
  const [first, last] = [curve[0].x, curve[curve.length - 1].x];
  const ticks = parameter.scale === "log" ? logTicks(first, last) : linearTicks(first, last);
  const name = parameter.unit === "1" ? inWords(parameter.name) : `${inWords(parameter.name)} [${parameter.unit}]`;
  const text = (across, down, told) => svg("text", { x: across, y: PLOT.bottom + down, "text-anchor": "middle" }, told);
  return [
    svg("path", { class: "axis", d: `M${PLOT.left} ${PLOT.bottom}H${PLOT.right}` }),
    ...ticks.map((value) => svg("path", { class: "axis", d: `M${x(value)} ${PLOT.bottom}v4` })),
    ...ticks.map((value) => text(x(value), 16, toldShortly(value))),
    text((PLOT.left + PLOT.right) / 2, 36, name),
  ];
}

function upAxis(low, high, y) {
  const ticks = linearTicks(low, high);
  const place = (value) => ({ x: PLOT.left - 7, y: y(value) + 4, "text-anchor": "end" });
  return [
    svg("path", { class: "axis", d: `M${PLOT.left} ${PLOT.top}V${PLOT.bottom}` }),
    ...ticks.map((value) => svg("path", { class: "axis", d: `M${PLOT.left} ${y(value)}h-4` })),
    ...ticks.map((value) => svg("text", place(value), toldShortly(value))),
  ];
}

function extent(values) {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  return low < high ? [low, high] : [low - 0.5, low + 0.5];
}

const clamped = (pixels) => (Number.isFinite(pixels) ? Math.min(Math.max(pixels, -FAR), FAR) : FAR);

function dotted({ x: at, y: value, nearness }, x, y) {
  return svg("circle", { class: "run", cx: x(at), cy: y(value), r: 2.2, opacity: 0.2 + 0.7 * nearness });
}

/** The outermost quantiles first, so that narrower bands lie on them; the median last. */
function bands(curve, x, y) {
  const count = curve[0].values.length;
  const middle = (count - 1) / 2;
  const corner = (quantile) => (each) => `${x(each.x).toFixed(1)} ${y(each.values[quantile]).toFixed(1)}`;
  const line = (quantile, points) => points.map(corner(quantile)).join("L");
  const areas = Array.from({ length: middle }, (_, quantile) => {
    const back = line(count - 1 - quantile, [...curve].reverse());
    return svg("path", { class: "band", d: `M${line(quantile, curve)}L${back}Z` });
  });
  return [...areas, svg("path", { class: "median", d: `M${line(middle, curve)}` })];
}

function marked({ x: at, values }, x, y) {
  const median = values[(values.length - 1) / 2];
  return [
    svg("path", { class: "here", d: `M${x(at)} ${PLOT.top}V${PLOT.bottom}` }),
    svg("circle", { class: "point", cx: x(at), cy: y(median), r: 4.5 }),
  ];
}
