import { sweepFromObject } from '../../dist/src/config/load.js';
import { resolveActivation } from '../../dist/src/model/activations.js';
import { layersOf, Network } from '../../dist/src/training/network.js';
import { optimizer } from '../../dist/src/training/optimizer.js';
import { simulateArm } from '../../dist/src/training/simulate-arm.js';
import { planTraining } from '../../dist/src/training/training-plan.js';
import { figure, interleave, near } from '../row.mjs';
import { median } from '../verdict.mjs';

const PEER = 'torch_training.py';
const UNITS = [2, 16, 16, 1];
const ROWS = 128;
const ARM = { optimizer: 'sgd', learningRate: 0.3, momentum: 0, l2: 0 };

/** Four clouds, and a start, from a plain sequence: both sides get the same numbers. */
function job() {
  const layers = layersOf(UNITS);
  const size = layers.reduce((sum, { fanIn, fanOut }) => sum + (fanIn + 1) * fanOut, 0);
  const fraction = (/** @type {number} */ i) => (i * 0.6180339887498949) % 1;
  const inputs = Array.from({ length: 2 * ROWS }, (_, i) => {
    const cloud = Math.floor(i / 2) % 4;
    return ((i % 2 === 0 ? cloud & 1 : cloud >> 1) === 0 ? -1 : 1) + 0.6 * (fraction(i + 1) - 0.5);
  });
  const targets = Array.from({ length: ROWS }, (_, s) => ((s & 1) ^ ((s >> 1) & 1)) & 1);
  const theta = Array.from({ length: size }, (_, i) => 1.2 * (fraction(7 * i + 3) - 0.5));
  return { units: UNITS, inputs, targets, theta, learningRate: ARM.learningRate };
}

/** @param {ReturnType<typeof job>} given */
function trainer(given) {
  const shape = {
    layers: layersOf(UNITS),
    activation: resolveActivation({ kind: 'tanh', params: {} }),
    beta: 1,
    output: /** @type {const} */ ('logistic'),
    loss: /** @type {const} */ ('cross_entropy'),
    classes: 2,
  };
  const network = new Network(shape, ROWS);
  network.theta.set(given.theta);
  const update = optimizer(
    /** @type {import('../../dist/src/model/training-spec.js').ArmSpec} */ (/** @type {unknown} */ (ARM)),
    network.theta.length,
  );
  const [inputs, targets] = [Float64Array.from(given.inputs), Float64Array.from(given.targets)];
  return (/** @type {number} */ steps) => {
    let loss = Number.NaN;
    for (let i = 0; i < steps; i++) {
      ({ loss } = network.pass(inputs, targets, ROWS));
      update(network.theta, network.gradient);
    }
    return loss;
  };
}

/**
 * Seconds a step of a whole arm as a run trains it: examples, start, steps and the looks of the default `record`, which the peer has not.
 *
 * @param {number} steps
 */
async function wholeArm(steps) {
  const { spec } = await sweepFromObject({
    name: 'bench',
    experiment: 'training',
    data: { kind: 'xor', points: ROWS },
    network: { hidden: UNITS.slice(1, -1) },
    steps,
    target: 0.1,
    arms: [{ initializer: 'glorot_uniform', activation: 'tanh', learningRate: ARM.learningRate }],
    samples: 32,
  });
  const plan = planTraining(/** @type {import('../../dist/src/model/training-spec.js').TrainingSpec} */ (spec));
  const train = (/** @type {number} */ block) => simulateArm(plan, { arm: 0, block }, () => {});
  train(0);
  const begin = performance.now();
  train(1);
  const seconds = (performance.now() - begin) / 1000 / (steps * plan.blockSamples);
  return `${micro(seconds)} of a whole arm, with ${plan.spec.record.length} looks`;
}

/** @type {import('../row.mjs').Row} */
export const training = {
  name: 'training',
  title: `one step of a ${UNITS.join('-')} network on ${ROWS} examples, doubles, against PyTorch on one thread`,
  unit: '×',
  goal: { floor: 1, aim: 1.5, bound: 'least' },
  async measure({ quick, python }) {
    const given = job();
    const steps = quick ? 300 : 2000;
    let loss = Number.NaN;
    const own = () => {
      const train = trainer(given);
      loss = train(steps);
      const begin = performance.now();
      train(steps);
      return (performance.now() - begin) / 1000 / steps;
    };
    const command = `${steps} steps of Network.pass and sgd`;
    const arm = await wholeArm(steps);
    if (python === null || !hasTorch(python)) {
      const seconds = own();
      const answers = [{ what: `loss ${figure(loss)} after ${steps} steps, from ln 2`, right: loss < 0.1 }];
      return {
        commands: [command],
        values: [],
        notes: [micro(seconds), arm],
        answers,
        unjudged: 'no Python with PyTorch',
      };
    }
    let theirs = Number.NaN;
    let version = '';
    const other = () => {
      const found = JSON.parse(python.run(PEER, [String(steps), JSON.stringify(given)]).stdout);
      ({ loss: theirs, torch: version } = found);
      return Number(found.seconds);
    };
    const [seconds = [], peers = []] = await interleave(quick ? 1 : 5, [own, other]);
    return {
      commands: [command, `python3 bench/peers/${PEER} ${steps} …`],
      values: seconds.map((value, round) => (peers[round] ?? Number.NaN) / value),
      notes: [`${micro(median(seconds))}, PyTorch ${version} ${micro(median(peers))}`, arm],
      answers: [near(`loss after ${steps} steps`, loss, theirs, 1e-9)],
    };
  },
};

/** @param {number} seconds */
const micro = (seconds) => `${figure(1e6 * seconds)} µs a step`;

/** @param {import('../python.mjs').Python} python */
function hasTorch(python) {
  try {
    python.run(PEER, ['1', JSON.stringify(job())]);
    return true;
  } catch (error) {
    if (!/No module named 'torch'/.test(String(error))) throw error;
    return false;
  }
}
