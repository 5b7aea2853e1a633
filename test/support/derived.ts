import { ANSWER, type Functional, type Kernel, type LayerJob } from '../../src/kernel/kernel.ts';
import { ACTIVATION_CODES, ACTIVATIONS, type ActivationKind } from '../../src/model/activations.ts';
import type { Sampler } from '../../src/random/sampler.ts';
import { keysOf, pair, preActivations, recordsBy } from './jobs.ts';

/** Blocks of one (weights, inputs, fan-in), and the same pre-activations one by one. */
export interface Sample {
  readonly records: readonly Uint8Array[];
  readonly values: readonly Float32Array[];
}

const BLOCKS = 10;
const BLOCK_VALUES = 8192;

export interface Ensemble {
  readonly weights: Sampler;
  readonly inputs: Sampler;
  readonly fanIn: number;
  readonly side?: number;
  readonly orthogonal?: boolean;
}

export function sampleOf(kernel: Kernel, { weights, inputs, fanIn, side = 1, orthogonal = false }: Ensemble): Sample {
  const job: LayerJob = {
    side,
    panels: BLOCK_VALUES / 64 / side,
    samplers: [weights, inputs],
    pairs: [pair(0, 1, [fanIn], orthogonal)],
  };
  const simulate = kernel.simulator(job);
  const keys = Array.from({ length: BLOCKS }, (_, block) => keysOf(job, block));
  const records = keys.map((own) => [...recordsBy(simulate, own).values()][0] as Uint8Array);
  return { records, values: keys.map((own) => preActivations(kernel, job, 0, fanIn, own)) };
}

/** All activations with their usual parameter, at slopes β. */
export function allFunctionals(offset = 0, slopes = [0.1, 1, 10]): Functional[] {
  return ACTIVATION_CODES.flatMap((name, code) =>
    slopes.map((factor) => ({ code, param: kindOf(name).parameters[0]?.default ?? 0, factor, offset })),
  );
}

function kindOf(name: string): ActivationKind {
  return ACTIVATIONS.find((entry) => entry.name === name) as ActivationKind;
}

/** E g, Var g, E g′, E g′² of the values themselves. */
export function direct({ code, param, factor, offset }: Functional, { values }: Sample): number[] {
  const { value, derivative } = kindOf(ACTIVATION_CODES[code] as string);
  let count = 0;
  let [mean, slope, square, spread] = [0, 0, 0, 0];
  const each = (visit: (u: number) => void): void => {
    for (const block of values) for (const z of block) visit(factor * (z + offset));
  };
  each((u) => {
    const d = derivative(u, param);
    count++;
    mean += value(u, param);
    slope += d;
    square += d * d;
  });
  mean /= count;
  each((u) => {
    spread += (value(u, param) - mean) ** 2;
  });
  return [mean, spread / count, slope / count, square / count];
}

/** One statistic of one functional. */
export interface Answer {
  readonly what: string;
  readonly value: number;
  readonly mcse: number;
}

export function answersOf(derived: Float64Array, functionals: readonly Functional[]): Answer[] {
  return functionals.flatMap(({ code, factor, offset }, i) =>
    ['E g', 'Var g', "E g'", "E g'²"].map((statistic, j) => ({
      what: `${statistic} of ${ACTIVATION_CODES[code]} at β = ${factor}, offset ${offset}`,
      value: derived[ANSWER * i + j] as number,
      mcse: derived[ANSWER * i + 4 + j] as number,
    })),
  );
}
