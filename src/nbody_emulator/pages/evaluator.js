// From parameters to the distribution of each output, as `emulators/outcome_model.py` and all behind it have it, in
// double precision. No part of it touches the page: `Evaluator(data)` is given what `pages/contents.py` writes.
"use strict";

const SURVIVAL_DEGREE = 2; // `survival.DEGREE`
const SCALE_DEGREE = 2; // `residual_shape.DEGREE`
const MOST_SCALED = 2.0; // `residual_shape.MOST_SCALED`
const LOG_VARIANCES = [-12.0, 6.0]; // the limits in `gaussian_head.py`
const BOX_SLACK = 4.0 * Number.EPSILON; // `Parameter.holds`

const sum = (values) => values.reduce((total, value) => total + value, 0.0);
const product = (values) => values.reduce((total, value) => total * value, 1.0);
const dot = (left, right) => sum(left.map((value, place) => value * right[place]));
const sigmoid = (logOdds) => 1.0 / (1.0 + Math.exp(-logOdds));
const unscaled = (values, center, spread) => values.map((value, place) => value * spread[place] + center[place]);
const scaled = (values, center, spread) => values.map((value, place) => (value - center[place]) / spread[place]);

/** Nested lists of an array that came as base64 of its little-endian doubles. */
function nested({ shape, base64 }) {
  const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const numbers = Array.from(new Float64Array(bytes.buffer));
  return shape.length ? shaped(numbers, shape) : numbers[0];
}

const valuesOf = (named, value) => Object.fromEntries(Object.entries(named).map(([name, each]) => [name, value(each)]));
const valuesOfArrays = (arrays) => valuesOf(arrays, nested);

function shaped(numbers, [count, ...inner]) {
  if (!inner.length) return numbers;
  const size = product(inner);
  return Array.from({ length: count }, (_, place) => shaped(numbers.slice(place * size, (place + 1) * size), inner));
}

/** Which inputs each monomial of at most `degree` multiplies, repetition allowed; the constant, of none, first. */
function choices(inputs, degree) {
  let ofOrder = [[]];
  const all = [[]];
  for (let order = 1; order <= degree; order += 1) {
    ofOrder = ofOrder.flatMap((chosen) => {
      const first = chosen.length ? chosen[chosen.length - 1] : 0;
      return Array.from({ length: inputs - first }, (_, step) => [...chosen, first + step]);
    });
    all.push(...ofOrder);
  }
  return all;
}

const monomials = (inputs, degree) =>
  choices(inputs.length, degree).map((chosen) => product(chosen.map((place) => inputs[place])));

/** Legendre polynomials of degree 0 to `degree`, of mean square 1 on [-1, 1]. */
function legendre(place, degree) {
  const found = [1.0, place];
  for (let order = 1; order < degree; order += 1) {
    found.push(((2 * order + 1) * place * found[order] - order * found[order - 1]) / (order + 1));
  }
  return found.slice(0, degree + 1).map((value, order) => Math.sqrt(2 * order + 1) * value);
}

function legendreProducts(places, degree) {
  const polynomials = places.map((place) => legendre(place, degree));
  return choices(places.length, degree).map((chosen) =>
    product(polynomials.map((ofInput, input) => ofInput[chosen.filter((each) => each === input).length])),
  );
}

const ofUnitVariance = (mean) => ({ mean, variance: mean.map(() => 1.0) });

const dense = (layer, inputs) => layer.weight.map((row, unit) => dot(row, inputs) + layer.bias[unit]);

/** The layers of every member of an ensemble. */
function membersOf(arrays) {
  const count = Object.keys(arrays).filter((name) => name.endsWith(".bias")).length;
  const layers = Array.from({ length: count }, (_, number) => `members.layers.${number}`);
  const layer = (name, member) => ({ weight: arrays[`${name}.weight`][member], bias: arrays[`${name}.bias`][member] });
  return arrays["members.layers.0.bias"].map((_, member) => layers.map((name) => layer(name, member)));
}

/** What the last layer of a network reads; `kept` multiplies the hidden units, layer by layer. */
function features(layers, inputs, kept = null) {
  return layers.slice(0, -1).reduce((values, layer, number) => {
    const hidden = dense(layer, values).map(Math.tanh);
    return kept ? hidden.map((value, unit) => value * kept[number][unit]) : hidden;
  }, inputs);
}

function equalMixture(members) {
  const mean = members[0].mean.map((_, output) => sum(members.map((each) => each.mean[output])) / members.length);
  const variance = mean.map(
    (middle, output) =>
      sum(members.map((each) => each.variance[output] + (each.mean[output] - middle) ** 2)) / members.length,
  );
  return { mean, variance };
}

function ofGaussianHead(numbers) {
  const outputs = numbers.length / 2;
  const [lowest, highest] = LOG_VARIANCES;
  const logVariance = numbers.slice(outputs).map((value) => Math.min(Math.max(value, lowest), highest));
  return { mean: numbers.slice(0, outputs), variance: logVariance.map(Math.exp) };
}

/** Mean and variance of each scaled output at scaled inputs, by the class of the fitted model. */
const MODELS = {
  MeanModel: ({ arrays }) => ofUnitVariance(arrays.mean),
  BasisModel: ({ arrays, settings }, inputs) => {
    const terms = monomials(inputs, settings.degree);
    return ofUnitVariance(arrays.coefficients.map((row) => dot(row, terms)));
  },
  LegendreModel: ({ arrays, settings }, inputs) =>
    ofUnitVariance(
      arrays.coefficients.map((row, output) => {
        const places = scaled(inputs, arrays.middle[output], arrays.half_width[output]);
        return dot(row, legendreProducts(places, settings.degree));
      }),
    ),
  PowerLawModel: ({ arrays, settings }, inputs) => {
    const axes = unscaled(inputs, arrays["physical.scaler.center"], arrays["physical.scaler.spread"]);
    const logarithms = axes.map((axis, place) => (arrays["physical.is_logarithmic"][place] ? axis : Math.log(axis)));
    const places = scaled(logarithms, arrays["logarithms.center"], arrays["logarithms.spread"]);
    const terms = monomials(places, settings["line.degree"]);
    return ofUnitVariance(arrays["line.coefficients"].map((row) => dot(row, terms)));
  },
  GaussianEnsemble: ({ arrays }, inputs) => {
    const answer = (layers) => ofGaussianHead(dense(layers.at(-1), features(layers, inputs)));
    return equalMixture(membersOf(arrays).map(answer));
  },
  ThinnedEnsemble: ({ arrays }, inputs) => {
    const version = (layers, kept) => ofGaussianHead(dense(layers.at(-1), features(layers, inputs, kept)));
    const versions = (layers, member) => arrays.kept[member].map((kept) => version(layers, kept));
    return equalMixture(membersOf(arrays).flatMap(versions));
  },
  LaplaceEnsemble: ({ arrays }, inputs) => {
    const answer = (layers, member) => {
      const read = features(layers, inputs);
      const { mean, variance } = ofGaussianHead(dense(layers.at(-1), read));
      const terms = [...read, 1.0];
      const epistemic = (matrix) => dot(terms, matrix.map((row) => dot(row, terms)));
      return { mean, variance: variance.map((own, output) => own + epistemic(arrays.covariance[member][output])) };
    };
    return equalMixture(membersOf(arrays).map(answer));
  },
};

/** Scaled outputs at standard normal scores, by the class of the calibrator: a function of output and score. */
const CALIBRATORS = {
  ConstantVariance: ({ log_factor }, { mean, variance }) => (output, score) =>
    mean[output] + score * Math.sqrt(variance[output] * Math.exp(log_factor[output])),
  ResidualShape: (arrays, { mean, variance }, inputs) => {
    const terms = monomials(inputs, SCALE_DEGREE).slice(1);
    return (output, score) => {
      const [constant, ...slopes] = arrays.log_scale[output];
      const factor = Math.exp(constant + MOST_SCALED * Math.tanh(dot(slopes, terms) / MOST_SCALED));
      const spread = Math.exp(arrays.log_spread[output]);
      const skew = arrays.skew[output];
      const growth = Math.expm1(spread ** 2);
      const sinhVariance = 0.5 * growth * ((growth + 1.0) * Math.cosh(2.0 * skew) + 1.0);
      const scale = factor * Math.sqrt(variance[output] / sinhVariance);
      const location = mean[output] + scale * Math.exp(0.5 * spread ** 2) * Math.sinh(skew);
      return location + scale * Math.sinh(spread * score - skew);
    };
  },
};

const INVERSES = {
  identity: (value) => value,
  log: (value) => Math.exp(value),
  logit: (value, resolution) => {
    const inside = 0.5 * (1.0 + Math.tanh(0.5 * value));
    return Math.min(Math.max(inside * (1.0 + resolution) - 0.5 * resolution, 0.0), 1.0);
  },
};

/** Whether a value lies in a parameter's box, ends included. */
function holds({ minimum, maximum }, value) {
  return value >= minimum - BOX_SLACK * Math.abs(minimum) && value <= maximum + BOX_SLACK * Math.abs(maximum);
}

/** What a page's models answer. */
class Evaluator {
  constructor(data) {
    this.parameters = data.parameters;
    this.outputs = data.outputs;
    this.scores = data.scores; // standard normal scores of the quantiles, ascending, the median in the middle
    this.models = data.models.map((model) => ({ ...model, parts: valuesOf(model.parts, valuesOfArrays) }));
  }

  /** At one point, a list in the order of the parameters: probabilities, and by output its quantiles, ascending. */
  predict(number, point) {
    const { kind, calibrator, settings, parts } = this.models[number];
    const axes = point.map((value, place) => (this.parameters[place].scale === "log" ? Math.log(value) : value));
    const inputs = scaled(axes, parts.input_scaler.center, parts.input_scaler.spread);
    const moments = MODELS[kind]({ arrays: parts.model, settings }, inputs);
    const scaledOutput = CALIBRATORS[calibrator](parts.calibrator, moments, inputs);
    const terms = monomials(inputs, SURVIVAL_DEGREE);
    const survival = sigmoid(dot(parts.survival.survival, terms));
    const { center, spread } = parts.output_scaler;
    return {
      survival,
      existence: parts.survival.existence.map((row) => survival * sigmoid(dot(row, terms))),
      quantiles: this.outputs.map(({ transform, resolution }, output) =>
        this.scores.map((score) =>
          INVERSES[transform](scaledOutput(output, score) * spread[output] + center[output], resolution),
        ),
      ),
    };
  }

  /** The parameters that a point leaves the box by. */
  outside(point) {
    return this.parameters.filter((parameter, place) => !holds(parameter, point[place]));
  }
}
