import type { DepthSpec } from '../model/depth-spec.ts';
import type { InputSpec } from '../model/spec.ts';
import { canonicalJson } from '../random/canonical.ts';
import type { DataAccess } from './data/dataset.ts';
import { depthProblems } from './depth-problems.ts';
import { depthSchema, type ParsedDepth } from './depth-schema.ts';
import type { ExperimentConfig, ResolvedConfig } from './experiment-config.ts';
import { resolveInputs } from './resolve-inputs.ts';
import { hasItsFacts, inputWords, isSeed, modelWords, seedWords } from './spec-facts.ts';

/** How configs of the depth experiment are read. */
export const DEPTH_CONFIG: ExperimentConfig = { schema: depthSchema, resolve: resolveDepth, isSweep: isDepthSweep };

async function resolveDepth(parsed: ParsedDepth, access: DataAccess): Promise<ResolvedConfig> {
  const { inputs, datasets, problems } = await resolveInputs(parsed.inputs, parsed.width, access);
  const { $schema, claim, expect, ...rest } = parsed;
  const spec: DepthSpec = { ...rest, inputs, precision: null };
  return { spec, datasets, problems: [...problems, ...depthProblems(spec, inputs.length === parsed.inputs.length)] };
}

/** What the schema reads from the sweep's own words must be the sweep again. */
function isDepthSweep(value: unknown): boolean {
  try {
    const spec = value as DepthSpec;
    const { seed, inputs, initializers, activations, precision, ...rest } = spec;
    const words = {
      ...rest,
      seed: seedWords({ seed }),
      inputs: inputs.map(inputWords),
      initializers: initializers.map(modelWords),
      activations: activations.map(modelWords),
    };
    const read = depthSchema().safeParse(words);
    if (!read.success) return false;
    const again: DepthSpec = {
      ...read.data,
      seed,
      precision: null,
      inputs: read.data.inputs.map(({ kind, params, standardize }, i) => {
        const { dataset } = inputs[i] as InputSpec;
        return { kind, params, standardize, dataset };
      }),
    };
    return (
      canonicalJson(again) === canonicalJson(spec) &&
      inputs.every((input) => hasItsFacts(input, spec.width)) &&
      isSeed(spec) &&
      depthProblems(spec).length === 0
    );
  } catch {
    // A part that is not even an object.
    return false;
  }
}
