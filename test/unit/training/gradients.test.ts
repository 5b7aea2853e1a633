import { describe, expect, it } from 'vitest';
import { ACTIVATIONS, resolveActivation } from '../../../src/model/activations.ts';
import { layersOf, Network } from '../../../src/training/network.ts';
import { TestRandom } from '../../support/random.ts';

const ROWS = 7;
const STEP = 1e-5;

interface Kind {
  readonly output: 'logistic' | 'softmax' | 'identity';
  readonly loss: 'cross_entropy' | 'mse';
  readonly outputs: number;
  readonly classes: number;
}

const KINDS: readonly Kind[] = [
  { output: 'logistic', loss: 'cross_entropy', outputs: 1, classes: 2 },
  { output: 'logistic', loss: 'mse', outputs: 1, classes: 2 },
  { output: 'softmax', loss: 'cross_entropy', outputs: 3, classes: 3 },
  { output: 'identity', loss: 'mse', outputs: 1, classes: 0 },
];

function prepare({ output, loss, outputs, classes }: Kind, activation: string, beta: number) {
  const layers = layersOf([3, 5, 4, outputs]);
  const entry = ACTIVATIONS.find(({ name }) => name === activation);
  const params = Object.fromEntries((entry?.parameters ?? []).map((p) => [p.name, p.default ?? 1]));
  const shape = { layers, activation: resolveActivation({ kind: activation, params }), beta, output, loss, classes };
  const network = new Network(shape, ROWS);
  const random = new TestRandom(20);
  const draw = () => random.uniform();
  network.theta.forEach((_, i) => {
    network.theta[i] = 1.6 * draw() - 0.8;
  });
  const inputs = Float64Array.from({ length: ROWS * 3 }, () => 4 * draw() - 2);
  const targets = new Float64Array(ROWS * outputs);
  for (let s = 0; s < ROWS; s++) {
    if (outputs > 1) targets[s * outputs + (s % outputs)] = 1;
    else targets[s] = classes === 0 ? draw() : s % 2;
  }
  return { network, inputs, targets };
}

/** Largest |∂L/∂θ − (L(θ + h) − L(θ − h))/2h| over the largest |∂L/∂θ|. */
function worstError({ network, inputs, targets }: ReturnType<typeof prepare>, factor = 1): number {
  network.pass(inputs, targets, ROWS);
  const gradient = network.gradient.map((g) => factor * g);
  const lossAt = (i: number, theta: number) => {
    network.theta[i] = theta;
    return network.pass(inputs, targets, ROWS).loss;
  };
  const size = gradient.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  let worst = 0;
  gradient.forEach((g, i) => {
    const theta = network.theta[i] ?? 0;
    const numeric = (lossAt(i, theta + STEP) - lossAt(i, theta - STEP)) / (2 * STEP);
    network.theta[i] = theta;
    worst = Math.max(worst, Math.abs(g - numeric) / size);
  });
  return worst;
}

// Central differences are off by h²/6·L‴ (about 1e-10) and by rounding, 1e-16/h = 1e-11.
describe.each(KINDS)('gradients with $output outputs and $loss', (kind) => {
  it.each(ACTIVATIONS.map(({ name }) => name))('%s: equal to finite differences', (activation) => {
    for (const beta of [0.5, 1, 2.5]) expect(worstError(prepare(kind, activation, beta))).toBeLessThan(1e-7);
  });

  it('finds a gradient without its slope (negative control)', () => {
    expect(worstError(prepare(kind, 'tanh', 2.5), 1 / 2.5)).toBeGreaterThan(0.1);
  });
});
