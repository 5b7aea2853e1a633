import { type ExamplesSpec, exampleSize, type NetworkSpec, type TrainingSpec } from '../model/training-spec.ts';
import type { DataAccess } from './data/dataset.ts';
import { type ExampleData, loadExamples } from './data/examples.ts';
import { DataError } from './data/numeric-table.ts';
import type { Problem } from './problems.ts';
import { deepFreeze } from './resolve.ts';
import { expandArms } from './training-arms.ts';
import { idleKeys } from './training-idle-keys.ts';
import { recordProblems, trainingProblems } from './training-problems.ts';
import type { ParsedTraining } from './training-schema.ts';

export interface ResolvedTraining {
  /** Null when there are problems that leave no experiment. */
  readonly spec: TrainingSpec | null;
  readonly datasets: Map<string, Float32Array>;
  readonly problems: readonly Problem[];
}

/** Looks at a network by default. */
const LOOKS = 50;

/** Reads the data file and checks what concerns several keys at once. */
export async function resolveTraining(parsed: ParsedTraining, access: DataAccess): Promise<ResolvedTraining> {
  const datasets = new Map<string, Float32Array>();
  const data = await examplesSpec(parsed, access, datasets);
  if ('path' in data) return { spec: null, datasets, problems: [data, ...expandArms(parsed).problems] };
  const { spec, problems } = assembleTraining(parsed, data);
  return { spec, datasets, problems: [...problems, ...recordProblems(spec), ...idleKeys(parsed)] };
}

/** The experiment of a checked config, given its examples, frozen; and what is wrong with keys put together. */
export function assembleTraining(
  parsed: ParsedTraining,
  data: ExamplesSpec,
): { readonly spec: TrainingSpec; readonly problems: readonly Problem[] } {
  const { arms, problems: armProblems } = expandArms(parsed);
  const spec: TrainingSpec = {
    name: parsed.name,
    seed: parsed.seed,
    experiment: 'training',
    data,
    network: networkSpec(parsed, data),
    loss: parsed.loss,
    batch: parsed.batch,
    steps: parsed.steps,
    record: recordedSteps(parsed.record, parsed.steps),
    target: parsed.target,
    divergence: parsed.divergence,
    saturation: parsed.saturation,
    arms,
    baseline: parsed.baseline ?? arms[0]?.name ?? '',
    samples: parsed.samples,
    blocks: parsed.blocks,
    precision: null,
  };
  const problems = [...armProblems, ...(armProblems.length === 0 ? trainingProblems(spec) : [])];
  return { spec: deepFreeze(spec), problems };
}

async function examplesSpec(
  { data }: ParsedTraining,
  access: DataAccess,
  datasets: Map<string, Float32Array>,
): Promise<ExamplesSpec | Problem> {
  if (data.kind !== 'file') return data;
  let found: ExampleData;
  try {
    found = await loadExamples(data, access);
  } catch (error) {
    if (!(error instanceof DataError)) throw error;
    const { where: detail, ...parts } = error.parts;
    return { ...parts, path: ['data', 'file'], ...(detail === undefined ? {} : { detail }) };
  }
  datasets.set(found.facts.digest, found.values);
  return { ...data, facts: found.facts };
}

function networkSpec({ network, loss }: ParsedTraining, data: ExamplesSpec): NetworkSpec {
  const { classes } = exampleSize(data);
  const usual = classes === 0 ? 'identity' : classes > 2 && loss === 'cross_entropy' ? 'softmax' : 'logistic';
  return { hidden: network.hidden, output: network.output ?? usual };
}

/** Ascending, each once. */
function recordedSteps(record: ParsedTraining['record'], steps: number): readonly number[] {
  if (typeof record === 'object') return [...new Set(record)].sort((a, b) => a - b);
  const every = record ?? Math.max(1, Math.round(steps / LOOKS));
  const regular = Array.from({ length: Math.floor(steps / every) + 1 }, (_, i) => i * every);
  return regular.at(-1) === steps ? regular : [...regular, steps];
}
