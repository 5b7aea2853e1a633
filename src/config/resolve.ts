import { resolveActivation } from '../model/activations.ts';
import { resolveInitializer } from '../model/initializers.ts';
import { resolveInput } from '../model/inputs.ts';
import type { Datasets, InputSpec, ModelSpec, SweepSpec } from '../model/spec.ts';
import { type DataAccess, type Dataset, loadDataset } from './data/dataset.ts';
import { DataError } from './data/numeric-table.ts';
import type { ParsedInput } from './input-schema.ts';
import { resolvePrecision } from './precision.ts';
import type { Problem } from './problems.ts';
import { roundProblems } from './rounds.ts';
import { blockCount, blockProblem } from './sample-size.ts';
import type { SweepSchema } from './sweep-schema.ts';

/** Cells of one sweep, at most. */
export const CELL_LIMIT = 10_000_000;

/** A checked config as the schema reads it. */
export type ParsedSweep = ReturnType<SweepSchema['parse']>;

export interface ResolvedSweep {
  readonly spec: SweepSpec;
  readonly datasets: Datasets;
  readonly problems: readonly Problem[];
}

/** Reads the data files and checks what concerns several keys at once. */
export async function resolveSweep(parsed: ParsedSweep, access: DataAccess): Promise<ResolvedSweep> {
  const blocks = blockCount(parsed.samples, parsed.blocks);
  const datasets = new Map<string, Float32Array>();
  const problems: Problem[] = [];
  const inputs: InputSpec[] = [];
  for (const [i, input] of parsed.inputs.entries()) {
    const data = await readData(input, i, parsed.fanIn, access);
    if (data !== null && 'path' in data) problems.push(data);
    else {
      if (data !== null) datasets.set(data.facts.digest, data.values);
      const { kind, params, standardize } = input;
      inputs.push({ kind, params, standardize, dataset: data?.facts ?? null });
    }
  }
  const wanted: SweepSpec = {
    name: parsed.name,
    seed: parsed.seed,
    experiment: parsed.experiment,
    fanIn: parsed.fanIn,
    fanOut: parsed.fanOut,
    inputs,
    initializers: parsed.initializers,
    activations: parsed.activations,
    beta: parsed.beta,
    samples: parsed.samples,
    blocks,
    saturation: parsed.saturation,
    precision: null,
  };
  const allInputs = inputs.length === parsed.inputs.length;
  const resolved = parsed.precision === undefined ? null : resolvePrecision(parsed.precision, wanted, allInputs);
  const spec: SweepSpec = resolved === null ? wanted : { ...wanted, precision: resolved.precision };
  problems.push(...(resolved?.problems ?? []));
  const tooFewBlocks = blockProblem(parsed.samples, blocks);
  if (tooFewBlocks !== null) problems.push(tooFewBlocks);
  problems.push(...sweepProblems(spec, allInputs));
  return { spec: deepFreeze(spec), datasets, problems };
}

/**
 * What is wrong with checked axes put together.
 * @param allInputs whether the facts of every data file are there
 */
export function sweepProblems(spec: SweepSpec, allInputs = true): readonly Problem[] {
  return [...sizeProblems(spec), ...repeatedModels(spec, allInputs), ...roundProblems(spec)];
}

async function readData(
  { data, standardize }: ParsedInput,
  index: number,
  fanIns: readonly number[],
  access: DataAccess,
): Promise<Dataset | Problem | null> {
  if (data === null) return null;
  try {
    return await loadDataset({ ...data, standardize }, fanIns, access);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const { where: detail, ...parts } = error.parts;
    return { ...parts, path: ['inputs', index, 'file'], ...(detail === undefined ? {} : { detail }) };
  }
}

function sizeProblems(spec: SweepSpec): readonly Problem[] {
  const axes = {
    fanIn: spec.fanIn.length,
    fanOut: spec.fanOut === 'fanIn' ? 1 : spec.fanOut.length,
    inputs: spec.inputs.length,
    initializers: spec.initializers.length,
    activations: spec.activations.length,
    beta: spec.beta.length,
  };
  const cells = Object.values(axes).reduce((product, length) => product * length, 1);
  if (cells <= CELL_LIMIT) return [];
  const product = Object.entries(axes).map(([name, length]) => `${length} ${name}`);
  return [
    {
      path: [],
      received: `${cells} cells (${product.join(' × ')})`,
      allowed: `at most ${CELL_LIMIT} cells`,
      remedy: 'shorten an axis, or split the sweep in two',
    },
  ];
}

/** Levels are told apart by their labels, so that each may stand only once on its axis. */
function repeatedModels(spec: SweepSpec, allInputs: boolean): readonly Problem[] {
  return [
    // A label needs the facts of its data file.
    ...(allInputs ? repeats(spec.inputs, 'inputs', (input) => resolveInput(input).label) : []),
    ...repeats(spec.initializers, 'initializers', (model) => resolveInitializer(model).label),
    ...repeats(spec.activations, 'activations', (model) => resolveActivation(model).label),
  ];
}

function repeats<Spec extends ModelSpec>(
  models: readonly Spec[],
  axis: string,
  label: (model: Spec) => string,
): readonly Problem[] {
  const seen = new Map<string, number>();
  return models.flatMap((model, i): readonly Problem[] => {
    const name = label(model);
    const first = seen.get(name);
    if (first === undefined) {
      seen.set(name, i);
      return [];
    }
    return [
      { path: [axis, i], received: name, allowed: 'each level once', remedy: `the same as [${first}]; remove one` },
    ];
  });
}

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
