import type { ExampleFacts, ExamplesSpec, TrainingSpec } from '../model/training-spec.ts';
import { canonicalJson } from '../random/canonical.ts';
import { assembleTraining } from './resolve-training.ts';
import { isCount, isSeed, modelWords, seedWords } from './spec-facts.ts';
import { trainingSchema } from './training-schema.ts';

/**
 * Whether a value is a training experiment as a config is read into one: what the schema reads from its own words must be itself again.
 * The facts of a data file and the seeds of a pooled run are not in a config; they are looked at by type.
 */
export function isTraining(value: unknown): value is TrainingSpec {
  try {
    const spec = value as TrainingSpec;
    const read = trainingSchema().safeParse(words(spec));
    if (!read.success || !isSeed(spec) || !hasItsFacts(spec.data)) return false;
    const data = read.data.data.kind === 'file' ? { ...read.data.data, facts: factsOf(spec.data) } : read.data.data;
    const again = assembleTraining(read.data, data);
    return again.problems.length === 0 && canonicalJson({ ...again.spec, seed: spec.seed }) === canonicalJson(spec);
  } catch {
    // A part that is not even an object.
    return false;
  }
}

/** The experiment as a config would say it. */
function words({ arms, data, precision, seed, ...rest }: TrainingSpec): unknown {
  if (precision !== null) return null;
  return {
    ...rest,
    seed: seedWords({ seed }),
    data: data.kind === 'file' ? { kind: data.kind, file: data.file, target: data.target, labels: data.labels } : data,
    arms: arms.map((arm) => ({
      ...arm,
      initializer: modelWords(arm.initializer),
      activation: modelWords(arm.activation),
    })),
  };
}

/** @throws TypeError on examples that are not of a file */
function factsOf(data: ExamplesSpec): ExampleFacts {
  if (data.kind !== 'file') throw new TypeError('no facts');
  const { digest, rows, inputs, classes } = data.facts;
  return { digest, rows, inputs, classes };
}

function hasItsFacts(data: ExamplesSpec): boolean {
  if (data.kind !== 'file') return true;
  const { digest, rows, inputs, classes } = data.facts;
  return (
    /^[0-9a-f]{64}$/.test(digest) &&
    isCount(rows) &&
    isCount(inputs) &&
    (data.labels === 'classes' ? isCount(classes) && classes > 1 : classes === 0)
  );
}
