import type { Datasets, SweepSpec } from '../model/spec.ts';
import type { DataAccess } from './data/dataset.ts';
import { resolvePrecision } from './precision.ts';
import type { Problem } from './problems.ts';
import { resolveInputs } from './resolve-inputs.ts';
import { blockCount, blockProblem } from './sample-size.ts';
import { sweepProblems } from './sweep-problems.ts';
import type { SweepSchema } from './sweep-schema.ts';

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
  const { inputs, datasets, problems: unread } = await resolveInputs(parsed.inputs, parsed.fanIn, access);
  const problems: Problem[] = [...unread];
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

export function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
