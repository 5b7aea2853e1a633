import { execFileSync, spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { resolveActivation } from '../../src/model/activations.ts';
import type { ArmSpec } from '../../src/model/training-spec.ts';
import { layersOf, Network } from '../../src/training/network.ts';
import { optimizer } from '../../src/training/optimizer.ts';
import { TestRandom } from '../support/random.ts';

const PYTHON = process.env['PYTHON'] ?? 'python3';
const ROWS = 24;
const STEPS = 60;

const ARM: ArmSpec = {
  name: 'arm',
  initializer: { kind: 'normal', params: {} },
  activation: { kind: 'tanh', params: {} },
  scale: 1,
  biasStd: 0,
  beta: 1,
  optimizer: 'sgd',
  learningRate: 0.1,
  momentum: 0,
  l2: 0,
  decay: 0,
  epsilon: 1e-8,
  firstMoment: 0.9,
  secondMoment: 0.999,
  inflated: 0,
  inflation: 1,
};

interface Case {
  readonly output: 'logistic' | 'softmax' | 'identity';
  readonly loss: 'cross_entropy' | 'mse';
  readonly activation: string;
  readonly beta: number;
  readonly arm: Partial<ArmSpec>;
}

const CASES: readonly Case[] = [
  { output: 'logistic', loss: 'cross_entropy', activation: 'tanh', beta: 1, arm: {} },
  { output: 'logistic', loss: 'cross_entropy', activation: 'logistic', beta: 2.5, arm: { momentum: 0.9, l2: 0.01 } },
  { output: 'logistic', loss: 'mse', activation: 'logistic', beta: 1.5, arm: { optimizer: 'adam', l2: 0.02 } },
  { output: 'softmax', loss: 'cross_entropy', activation: 'gelu', beta: 0.7, arm: { optimizer: 'adamw', decay: 0.1 } },
  { output: 'identity', loss: 'mse', activation: 'relu', beta: 1, arm: { learningRate: 0.02, momentum: 0.5 } },
  { output: 'softmax', loss: 'cross_entropy', activation: 'tanh', beta: 1, arm: { optimizer: 'adam', epsilon: 1e-3 } },
];

/** Examples and a start for both, and our own training of it. */
function train({ output, loss, activation, beta, arm: changes }: Case, index: number) {
  const random = new TestRandom(index + 1);
  const arm = { ...ARM, ...changes };
  const units = [3, 6, 5, output === 'softmax' ? 3 : 1];
  const outputs = units.at(-1) ?? 1;
  const shape = {
    layers: layersOf(units),
    activation: resolveActivation({ kind: activation, params: {} }),
    beta,
    output,
    loss,
    classes: output === 'identity' ? 0 : Math.max(2, outputs),
  };
  const network = new Network(shape, ROWS);
  network.theta.forEach((_, i) => {
    network.theta[i] = 0.6 * random.normal();
  });
  const theta = [...network.theta];
  const inputs = Float64Array.from({ length: ROWS * 3 }, () => random.normal());
  const targets = new Float64Array(ROWS * outputs);
  for (let s = 0; s < ROWS; s++) {
    if (outputs > 1) targets[s * outputs + Math.floor(3 * random.uniform())] = 1;
    else targets[s] = output === 'identity' ? random.normal() : Math.round(random.uniform());
  }
  const update = optimizer(arm, network.theta.length);
  const losses = Array.from({ length: STEPS }, () => {
    const { loss: now } = network.pass(inputs, targets, ROWS);
    update(network.theta, network.gradient);
    return now;
  });
  const job = { output, loss, activation, beta, arm, units, theta, inputs: [...inputs], targets: [...targets] };
  return { job: { ...job, steps: STEPS }, losses, theta: [...network.theta] };
}

const worst = (a: readonly number[], b: readonly number[]) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] ?? Number.NaN))), 0);

/** What trains the same networks, whether .ci/run installs it: PyTorch is some gigabytes with what it brings along. */
const LIBRARIES = [
  { library: 'JAX', script: 'jax_training.py', packages: ['jax', 'optax'], always: true },
  { library: 'PyTorch', script: 'torch_training.py', packages: ['torch'], always: false },
] as const;

test.for(LIBRARIES)(
  '$library trains the same networks to the same weights',
  { timeout: 120_000 },
  ({ script, packages, always }, context) => {
    const probe = spawnSync(PYTHON, ['-c', `import ${packages.join(', ')}`], { encoding: 'utf8' });
    if (probe.status !== 0) {
      const line = `${PYTHON} has no ${packages.join(' or ')} (pip install ${packages.join(' ')})`;
      if (always && process.env['CI'] !== undefined) throw new Error(line);
      console.warn(`skipped: ${line}`);
      context.skip(line);
    }
    const own = CASES.map(train);
    const run = (jobs: unknown) =>
      JSON.parse(
        execFileSync(PYTHON, [fileURLToPath(new URL(script, import.meta.url))], {
          input: JSON.stringify(jobs),
          encoding: 'utf8',
        }),
      ) as {
        losses: number[];
        theta: number[];
      }[];
    const theirs = run(own.map(({ job }) => job));
    own.forEach(({ losses, theta }, i) => {
      // Sixty steps of rounding in another order of summation.
      expect(worst(losses, theirs[i]?.losses ?? []), `losses of case ${i}`).toBeLessThan(1e-11);
      expect(worst(theta, theirs[i]?.theta ?? []), `weights of case ${i}`).toBeLessThan(1e-10);
    });
    // Negative control: another slope is another training.
    const [first] = own;
    const [other] = run([{ ...first?.job, beta: 1.001 }]);
    expect(worst(first?.theta ?? [], other?.theta ?? [])).toBeGreaterThan(1e-6);
  },
);
