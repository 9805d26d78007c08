// The page itself: sliders, panels with response curves, and words. Text from files is set as text, never as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const evaluator = new Evaluator(data);

const NEAREST = 60; // real runs that are shown beside a curve
const STEPS = 1000; // of a slider
const CURVE_POINTS = 61;
const INTERVAL_DIGITS = 3;
const MARGIN = 0.04; // of a curve beyond a point outside the box, as a share of its length

const state = { point: data.parameters.map(middleOf), moving: 0, model: 0 };

const here = (id) => document.getElementById(id);
const inWords = (name) => name.replaceAll("_", " ");
const withUnit = (text, unit) => (unit === "1" ? text : `${text} ${unit}`);
const boxOf = ({ minimum, maximum, unit }) => withUnit(`${toldShortly(minimum)} to ${toldShortly(maximum)}`, unit);

function middleOf(parameter) {
  return Number(fromUnit(parameter, 0.5).toPrecision(4));
}

function axisOf({ scale }, value) {
  return scale === "log" ? Math.log(value) : value;
}

function fromUnit(parameter, share) {
  const [low, high] = [axisOf(parameter, parameter.minimum), axisOf(parameter, parameter.maximum)];
  const axis = low + share * (high - low);
  return parameter.scale === "log" ? Math.exp(axis) : axis;
}

function toUnit(parameter, value) {
  const [low, high] = [axisOf(parameter, parameter.minimum), axisOf(parameter, parameter.maximum)];
  return (axisOf(parameter, value) - low) / (high - low);
}

/** Whether a parameter can take a value at all, in its box or not. */
function isValue({ scale }, value) {
  return Number.isFinite(value) && (scale !== "log" || value > 0);
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  made.append(...children);
  return made;
}

// What a person can move.

function makeControl(parameter, place) {
  const id = `parameter-${place}`;
  const slider = element("input", { type: "range", id, min: 0, max: STEPS, step: 1 });
  const named = `${inWords(parameter.name)}, as a number`;
  const number = element("input", { type: "number", step: "any", "aria-label": named });
  slider.addEventListener("input", () => {
    state.point[place] = Number(fromUnit(parameter, Number(slider.value) / STEPS).toPrecision(4));
    // Four digits of a bound may lie beyond it.
    state.point[place] = Math.min(Math.max(state.point[place], parameter.minimum), parameter.maximum);
    number.value = String(state.point[place]);
    move(place);
  });
  number.addEventListener("input", () => {
    state.point[place] = number.value === "" ? NaN : Number(number.value);
    move(place);
  });
  [slider, number].forEach((each) => each.addEventListener("focus", () => move(place)));
  const label = element("label", { for: id, title: parameter.name }, inWords(parameter.name));
  const scale = parameter.scale === "log" ? ", log scale" : "";
  const box = element("span", { class: "box" }, `${boxOf(parameter)}${scale}`);
  const unit = element("span", { class: "unit" }, parameter.unit === "1" ? "" : parameter.unit);
  const row = element("div", { class: "entry" }, slider, number, unit);
  return { slider, number, root: element("div", { class: "control" }, label, box, row) };
}

function move(place) {
  state.moving = place;
  show();
}

function write(control, place) {
  control.number.value = String(state.point[place]);
}

function showControl({ slider, number, root }, place) {
  const parameter = data.parameters[place];
  const value = state.point[place];
  const known = isValue(parameter, value);
  if (known) slider.value = String(Math.round(STEPS * Math.min(Math.max(toUnit(parameter, value), 0), 1)));
  slider.setAttribute("aria-valuetext", known ? withUnit(toldShortly(value), parameter.unit) : "no value");
  const isInside = known && holds(parameter, value);
  number.setAttribute("aria-invalid", String(!isInside));
  root.classList.toggle("moving", place === state.moving);
}

// What is answered.

function makePanel(title, unit, meaning) {
  const heading = element("h2", {}, title);
  if (unit !== "1") heading.append(element("span", { class: "unit" }, ` [${unit}]`));
  const value = element("p", { class: "value" });
  const intervals = element("p", { class: "intervals" });
  const chart = new Chart(title);
  const root = element("article", { class: "panel" }, heading, element("p", { class: "meaning" }, meaning));
  root.append(value, intervals, chart.root);
  here("panels").append(root);
  return { value, intervals, chart };
}

function showOutput(panel, output, answer, curve, dots) {
  const [low90, low68, median, high68, high90] = answer ? answer.quantiles[output] : Array(5).fill(NaN);
  panel.value.textContent = told(median);
  const interval = (low, high) => `${told(low, INTERVAL_DIGITS)} to ${told(high, INTERVAL_DIGITS)}`;
  const exists = answer ? `a run has it with probability ${toldProbability(answer.existence[output])}` : "";
  panel.intervals.replaceChildren(
    `68 %: ${interval(low68, high68)}, 90 %: ${interval(low90, high90)}`, element("br"), exists,
  );
  const quantiles = curve.map(({ x, answer: there }) => ({ x, values: there.quantiles[output] }));
  const seen = dots.map(({ run, nearness }) => ({ x: run.point[state.moving], y: run.outputs[output], nearness }));
  const every = runs.map((run) => run.outputs[output]).filter((value) => value !== null);
  panel.chart.draw({
    parameter: data.parameters[state.moving],
    at: answer ? { x: state.point[state.moving], values: answer.quantiles[output] } : null,
    curve: quantiles,
    dots: seen.filter(({ y }) => y !== null),
    range: middleRange(every),
  });
}

function showSurvival(panel, answer, curve, dots) {
  panel.value.textContent = answer ? toldProbability(answer.survival) : told(NaN);
  panel.intervals.textContent = "dots: 1 is a run with outputs, 0 one without";
  const at = answer && { x: state.point[state.moving], values: [answer.survival] };
  panel.chart.draw({
    parameter: data.parameters[state.moving],
    at,
    curve: curve.map(({ x, answer: there }) => ({ x, values: [there.survival] })),
    dots: dots.map(({ run, nearness }) => ({ x: run.point[state.moving], y: run.survived ? 1 : 0, nearness })),
    range: [-0.05, 1.05],
  });
}

/** All but the outermost half percent at each end: one odd run must not flatten every curve. */
function middleRange(values) {
  const ordered = [...values].sort((one, other) => one - other);
  const cut = Math.floor(ordered.length / 200);
  return ordered.length ? [ordered[cut], ordered[ordered.length - 1 - cut]] : [];
}

const runs = data.runs.parameters.map((point, number) => {
  const outputs = data.runs.outputs[number];
  const place = data.parameters.map((parameter, at) => toUnit(parameter, point[at]));
  return { point, outputs, place, survived: outputs.some((value) => value !== null) };
});

/** The runs nearest to the line along the moving parameter, in shares of the others' boxes; nearness 1 is on it. */
function nearestRuns() {
  const place = data.parameters.map((parameter, at) => toUnit(parameter, state.point[at]));
  const others = place.map((_, at) => at).filter((at) => at !== state.moving);
  const distance = (run) => Math.hypot(...others.map((at) => run.place[at] - place[at]));
  const measured = runs.map((run) => ({ run, distance: distance(run) }));
  const ordered = measured.sort((one, other) => one.distance - other.distance);
  const nearest = others.length ? ordered.slice(0, NEAREST) : ordered;
  const farthest = Math.max(...nearest.map((each) => each.distance), Number.MIN_VALUE);
  return nearest.map((each) => ({ run: each.run, nearness: 1 - each.distance / farthest }));
}

/** Answers along the moving parameter over its box, and past the point where that lies beyond. */
function responseCurve() {
  const parameter = data.parameters[state.moving];
  const at = toUnit(parameter, state.point[state.moving]);
  const [first, last] = [at < 0 ? at - MARGIN * (1 - at) : 0, at > 1 ? at + MARGIN * at : 1];
  return Array.from({ length: CURVE_POINTS }, (_, step) => {
    const x = fromUnit(parameter, first + ((last - first) * step) / (CURVE_POINTS - 1));
    const point = state.point.map((value, place) => (place === state.moving ? x : value));
    return { x, answer: evaluator.predict(state.model, point) };
  });
}

function show() {
  controls.forEach(showControl);
  const impossible = data.parameters.filter((parameter, place) => !isValue(parameter, state.point[place]));
  const outside = evaluator.outside(state.point);
  here("page").classList.toggle("outside", outside.length > 0);
  here("warning").textContent = impossible.length ? needed(impossible) : outside.length ? warned(outside) : "";
  const isPossible = impossible.length === 0;
  const answer = isPossible ? evaluator.predict(state.model, state.point) : null;
  const curve = isPossible ? responseCurve() : [];
  const dots = isPossible ? nearestRuns() : [];
  data.outputs.forEach((_, output) => showOutput(panels[output], output, answer, curve, dots));
  showSurvival(panels[panels.length - 1], answer, curve, dots);
  here("python").textContent = isPossible ? inPython() : "";
}

// In words.

/** What answers the same in Python. */
function inPython() {
  const named = Object.fromEntries(data.parameters.map(({ name }, place) => [name, state.point[place]]));
  const values = JSON.stringify(named).replaceAll(":", ": ").replaceAll(",", ", ");
  return `Emulator.load("results/${data.title}/emulators/${data.models[state.model].family}.eqx").predict(${values})`;
}

function needed(parameters) {
  const wanted = ({ name, scale }) => `${inWords(name)} needs a number${scale === "log" ? " above 0" : ""}`;
  return `No answer: ${parameters.map(wanted).join("; ")}.`;
}

function warned(parameters) {
  const left = (parameter) => {
    const value = state.point[data.parameters.indexOf(parameter)];
    return `${inWords(parameter.name)} = ${withUnit(toldShortly(value), parameter.unit)}, not in ${boxOf(parameter)}`;
  };
  return (
    `Outside the box this emulator was trained in: ${parameters.map(left).join("; ")}. No run was made there; ` +
    "what is shown is extrapolated, and in Python the emulator refuses to answer."
  );
}

function withError(value, error) {
  return value === null ? "unknown" : `${value.toFixed(3)} ± ${error === null ? "unknown" : error.toFixed(3)}`;
}

function scoreInWords() {
  const model = evaluator.models[state.model];
  const { recommended } = data;
  const score = withError(model.nll, model.nll_error);
  const own = `Score on runs it had not seen: ${score} nats per output (less is better). `;
  const other = recommended.in_page ? "choose it above to compare" : "which a page cannot evaluate";
  const compared = model.recommended
    ? "It is the recommended family."
    : `Recommended is ${recommended.label}, ${withError(recommended.nll, recommended.nll_error)} (${other}).`;
  return `${own}${compared} Fitted to ${counted(model.training_runs)} runs (fit ${model.identity}).`;
}

function legendInWords() {
  const bands = "Line: the median. Bands: where 68 % (dark) and 90 % (light) of new runs with that output fall. ";
  const meaning =
    "They include what the parameters do not fix, which is the scatter between runs of one and the same point, " +
    "and the emulator's own error. ";
  const count = `${Math.min(NEAREST, runs.length)} of ${counted(runs.length)}`;
  const nearest = `${count} runs, those nearest in the other parameters`;
  const shown = data.parameters.length > 1 ? `${nearest}, fainter the farther` : `${counted(runs.length)} runs`;
  return `${bands}${meaning}Dots: ${shown}; they were made by the simulator, not by the emulator.`;
}

function chooseModel() {
  state.model = Number(here("model").value);
  here("answered").textContent = scoreInWords();
  show();
}

here("title").textContent = `${data.title}: what its emulator predicts`;
here("description").textContent = data.description;
const controls = data.models.length ? data.parameters.map(makeControl) : [];
const panels = data.models.length
  ? [
      ...data.outputs.map(({ name, unit, statistic }) => makePanel(name, unit, inWords(statistic))),
      makePanel("survival", "1", "probability that a run has any output at all"),
    ]
  : [];

if (data.models.length) {
  here("parameters").append(...controls.map(({ root }) => root));
  controls.forEach(write);
  data.models.forEach(({ label, recommended }, number) => {
    here("model").append(element("option", { value: number }, recommended ? `${label} (recommended)` : label));
  });
  here("model").addEventListener("change", chooseModel);
  here("middle").addEventListener("click", () => {
    state.point = data.parameters.map(middleOf);
    controls.forEach(write);
    show();
  });
  here("legend").textContent = legendInWords();
  here("page").hidden = false;
  chooseModel();
} else {
  here("nothing").textContent = "None of the fitted families can be evaluated in a page; use Emulator.load in Python.";
  here("nothing").hidden = false;
}
