import type { InputSpec, PrecisionSpec, SweepSpec } from '../model/spec.ts';
import { canonicalJson } from '../random/canonical.ts';
import { blockProblem } from './sample-size.ts';
import { hasItsFacts, inputWords, isCount, isNumber, isSeed, keysOf, modelWords, seedWords } from './spec-facts.ts';
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
  const { statistic, target, minSamples, maxSamples } = precision ?? {};
  return {
    ...rest,
    seed: seedWords({ seed }),
    inputs: inputs.map(inputWords),
    initializers: initializers.map(modelWords),
    activations: activations.map(modelWords),
    ...(target === undefined ? {} : { precision: { statistic, [target.kind]: target.value, minSamples, maxSamples } }),
  };
}

const isLevel = (value: unknown): boolean => typeof value === 'string' || isNumber(value);

const AXES = 'activations,beta,fanIn,fanOut,initializers,inputs';

function isPrecision({ cells, minSamples, ...rest }: PrecisionSpec): boolean {
  return (
    keysOf(rest) === 'maxSamples,statistic,target' &&
    isCount(minSamples) &&
    keysOf(cells) === AXES &&
    Object.values(cells).every((levels) => levels === null || (Array.isArray(levels) && levels.every(isLevel)))
  );
}
