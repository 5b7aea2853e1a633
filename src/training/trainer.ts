import { BatchOrder } from './batch-order.ts';
import { type Examples, examplesOf } from './examples.ts';
import { initialWeights } from './initial-weights.ts';
import { type Layer, Network } from './network.ts';
import { Observer, squareSum } from './observe.ts';
import { optimizer } from './optimizer.ts';
import type { StepSums } from './step-sums.ts';
import type { Arm, TrainingPlan } from './training-plan.ts';

/** How the training of one network went. */
export interface Outcome {
  /** First step with a loss at most the target; −1 when never. */
  readonly reached: number;
  /** Infinity when the network is not finite any more. */
  readonly finalLoss: number;
  readonly diverged: boolean;
  /** Share of right answers at the end. */
  readonly accuracy: number;
  /** Share of steps after which the loss was higher than before. */
  readonly rises: number;
  /** First step with a non-zero gradient of the weights, by layer; −1 when there was none. */
  readonly firstGradient: Int32Array;
}

/** Weight gradients below this share of the size of the errors at the output are rounding, and count as zero. */
const NO_GRADIENT = 1e-16;
/** A loss that is higher by less than this share has not risen: at its minimum it trembles. */
const ROUNDING = 1e-9;
/** Steps between two signs of life. */
const BEAT = 32;

/** Trains networks of one arm. Memory is taken once, for all replicates. */
export class Trainer {
  readonly #plan: TrainingPlan;
  readonly #arm: Arm;
  readonly #network: Network;
  readonly #observer: Observer;
  readonly #sums: StepSums;
  readonly #beat: () => void;
  readonly #initial: Float64Array;
  readonly #batchInputs: Float64Array;
  readonly #batchTargets: Float64Array;
  #firstGradient: Int32Array;

  constructor(plan: TrainingPlan, arm: Arm, sums: StepSums, beat: () => void) {
    const { layers, rows, classes, spec } = plan;
    const { loss, network } = spec;
    const shape = { layers, activation: arm.activation, beta: arm.spec.beta, output: network.output, loss, classes };
    const size = spec.batch === 'full' ? 0 : spec.batch;
    this.#plan = plan;
    this.#arm = arm;
    this.#network = new Network(shape, rows);
    this.#observer = new Observer(plan, arm);
    this.#sums = sums;
    this.#beat = beat;
    this.#initial = new Float64Array(this.#network.theta.length);
    this.#batchInputs = new Float64Array(size * (layers[0] as Layer).fanIn);
    this.#batchTargets = new Float64Array(size * plan.outputs);
    this.#firstGradient = new Int32Array(layers.length);
  }

  train(block: number, replicate: number): Outcome {
    const { spec, datasets, outputs, rows } = this.#plan;
    const { batch, steps, record, target } = spec;
    const network = this.#network;
    const examples = examplesOf(spec, datasets, outputs, block, replicate);
    const update = optimizer(this.#arm.spec, network.theta.length);
    const order = batch === 'full' ? null : new BatchOrder(spec, block, replicate, rows, batch);
    network.theta.fill(0);
    const nullLoss = network.pass(examples.inputs, examples.targets, rows).loss;
    initialWeights(this.#plan, this.#arm, network.theta, block, replicate);
    this.#initial.set(network.theta);
    this.#firstGradient = new Int32Array(this.#plan.layers.length).fill(-1);

    let next = 0;
    let reached = -1;
    let initialLoss = Number.NaN;
    let loss = Number.NaN;
    let right = 0;
    let rises = 0;
    let checks = -1;
    let finite = true;
    for (let step = 0; finite; step++) {
      if (step % BEAT === 0) this.#beat();
      const recorded = record[next] === step;
      // All examples give gradient and loss at once; batches need a pass of their own to be looked at. The first loss is what
      // divergence is measured by, whether or not it is recorded.
      if (order === null || recorded || step === 0 || step === steps) {
        const before = loss;
        ({ loss, right } = network.pass(examples.inputs, examples.targets, rows));
        finite = Number.isFinite(loss);
        checks++;
        if (loss > before * (1 + ROUNDING)) rises++;
        if (step === 0) initialLoss = loss;
        if (reached < 0 && loss <= target) reached = step;
        if (finite && recorded) finite = this.#look(next++, loss, right);
      }
      if (step === steps || !finite) break;
      if (order !== null) this.#batchPass(examples, order.at(step));
      this.#noteGradients(step);
      update(network.theta, network.gradient);
    }
    return {
      reached,
      finalLoss: finite ? loss : Number.POSITIVE_INFINITY,
      diverged: !finite || loss > spec.divergence * Math.max(initialLoss, nullLoss),
      accuracy: right / rows,
      rises: checks > 0 ? rises / checks : 0,
      firstGradient: this.#firstGradient,
    };
  }

  /** @returns whether what was seen is finite; else it is not counted */
  #look(recorded: number, loss: number, right: number): boolean {
    if (!this.#observer.look(this.#network, this.#initial)) return false;
    this.#sums.add(recorded, loss, right / this.#plan.rows, this.#observer.found);
    return true;
  }

  #batchPass({ inputs, targets }: Examples, indices: Int32Array): void {
    const { fanIn } = this.#plan.layers[0] as Layer;
    const { outputs } = this.#plan;
    for (let i = 0; i < indices.length; i++) {
      const from = indices[i] as number;
      for (let k = 0; k < fanIn; k++) this.#batchInputs[i * fanIn + k] = inputs[from * fanIn + k] as number;
      for (let k = 0; k < outputs; k++) this.#batchTargets[i * outputs + k] = targets[from * outputs + k] as number;
    }
    this.#network.pass(this.#batchInputs, this.#batchTargets, indices.length);
  }

  #noteGradients(step: number): void {
    const { gradient, result } = this.#network;
    this.#plan.layers.forEach(({ at, fanIn, fanOut }, l) => {
      if ((this.#firstGradient[l] as number) >= 0) return;
      const least = NO_GRADIENT * result.scale;
      const square = squareSum(gradient, null, at, at + fanIn * fanOut);
      if (square > least * least) this.#firstGradient[l] = step;
    });
  }
}
