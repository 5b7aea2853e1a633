import type { Datasets, InputSpec } from '../model/spec.ts';
import { type DataAccess, type Dataset, loadDataset } from './data/dataset.ts';
import { DataError } from './data/numeric-table.ts';
import type { ParsedInput } from './input-schema.ts';
import type { Problem } from './problems.ts';

export interface ResolvedInputs {
  /** Those whose data files could be read, and those that need none. */
  readonly inputs: readonly InputSpec[];
  readonly datasets: Datasets;
  readonly problems: readonly Problem[];
}

/** Reads the data files of inputs. @param fanIns that rows are cut to */
export async function resolveInputs(
  parsed: readonly ParsedInput[],
  fanIns: readonly number[],
  access: DataAccess,
): Promise<ResolvedInputs> {
  const datasets = new Map<string, Float32Array>();
  const problems: Problem[] = [];
  const inputs: InputSpec[] = [];
  for (const [i, input] of parsed.entries()) {
    const data = await readData(input, i, fanIns, access);
    if (data !== null && 'path' in data) problems.push(data);
    else {
      if (data !== null) datasets.set(data.facts.digest, data.values);
      const { kind, params, standardize } = input;
      inputs.push({ kind, params, standardize, dataset: data?.facts ?? null });
    }
  }
  return { inputs, datasets, problems };
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
