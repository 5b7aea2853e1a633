import type { DatasetFacts, InputSpec, ModelSpec, PrecisionSpec, SweepSpec } from '../model/spec.ts';
import { canonicalJson } from '../random/canonical.ts';
import { blockProblem } from './sample-size.ts';
import { sweepProblems } from './sweep-problems.ts';
import { sweepSchema } from './sweep-schema.ts';

/**
 * Whether a value is a sweep of the layer experiment as a config is read into one.
 *
 * What the schema reads from the sweep's own words must be the sweep again. What is not in a config — the facts of data files, the
 * seeds of a pooled run — is looked at by type.
 */
export function isLayerSweep(value: unknown): value is SweepSpec {
  try {
    const spec = value as SweepSpec;
    const { inputs, precision, seed } = spec;
    const read = sweepSchema().safeParse(words(spec));
    if (!read.success) return false;
    const again: SweepSpec = {
      ...read.data,
      seed,
      precision,
      blocks: spec.blocks,
      inputs: read.data.inputs.map(({ kind, params, standardize }, i) => {
        const { dataset } = inputs[i] as InputSpec;
        return { kind, params, standardize, dataset };
      }),
    };
    return (
      canonicalJson(again) === canonicalJson(spec) &&
      inputs.every((input) => hasItsFacts(input, spec.fanIn)) &&
      isSeed(spec) &&
      (precision === null || isPrecision(precision)) &&
      blockProblem(spec.samples, spec.blocks) === null &&
      sweepProblems(spec).length === 0
    );
  } catch {
    // A part that is not even an object.
    return false;
  }
}

/** The sweep as a config would say it. */
function words({ seed, inputs, initializers, activations, precision, ...rest }: SweepSpec): unknown {
  const model = ({ kind, params }: ModelSpec) => ({ ...params, kind });
  const { statistic, target, minSamples, maxSamples } = precision ?? {};
  return {
    ...rest,
    seed: typeof seed === 'string' ? seed : 'several',
    inputs: inputs.map((input) => ({
      ...model(input),
      standardize: input.standardize,
      ...(input.dataset === null ? {} : { file: input.dataset.file, draw: input.dataset.draw }),
    })),
    initializers: initializers.map(model),
    activations: activations.map(model),
    ...(target === undefined ? {} : { precision: { statistic, [target.kind]: target.value, minSamples, maxSamples } }),
  };
}

const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
const isLevel = (value: unknown): boolean => typeof value === 'string' || isNumber(value);
const keysOf = (value: object): string => Object.keys(value).sort().join();

function isSeed({ seed, blocks }: SweepSpec): boolean {
  if (typeof seed === 'string') return true;
  const shares = seed.every(
    (share) => keysOf(share) === 'blocks,seed' && typeof share.seed === 'string' && isCount(share.blocks),
  );
  return shares && seed.reduce((sum, share) => sum + share.blocks, 0) === blocks;
}

const AXES = 'activations,beta,fanIn,fanOut,initializers,inputs';

function isPrecision({ cells, minSamples, ...rest }: PrecisionSpec): boolean {
  return (
    keysOf(rest) === 'maxSamples,statistic,target' &&
    isCount(minSamples) &&
    keysOf(cells) === AXES &&
    Object.values(cells).every((levels) => levels === null || (Array.isArray(levels) && levels.every(isLevel)))
  );
}

function hasItsFacts({ kind, dataset }: InputSpec, fanIns: readonly number[]): boolean {
  return kind === 'empirical' ? dataset !== null && areFacts(dataset, fanIns) : dataset === null;
}

function areFacts(facts: DatasetFacts, fanIns: readonly number[]): boolean {
  const { column, draw, digest, rows, columns, location, spread, moments, rowMoments } = facts;
  return (
    (column === null || typeof column === 'string') &&
    /^[0-9a-f]{64}$/.test(digest) &&
    isCount(rows) &&
    isCount(columns) &&
    [location, spread].every((value) => value === null || isNumber(value)) &&
    (draw === 'values'
      ? rowMoments === null && moments?.length === 9 && moments.every(isNumber)
      : moments === null &&
        rowMoments?.length === fanIns.length &&
        rowMoments.every(
          (row, i) => row.fanIn === fanIns[i] && Object.values(row).length === 7 && Object.values(row).every(isNumber),
        ))
  );
}
