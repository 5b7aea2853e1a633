import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type LoadedSweep, sweepFromObject } from '../../src/config/load.ts';
import type { SweepSpec } from '../../src/model/spec.ts';
import { layerSweep } from './layer-sweep.ts';
import { TestRandom } from './random.ts';

/** Axes of a small sweep that takes every path through kernel, theory and tables. */
export interface RichSweep {
  readonly name: string;
  readonly seed: string;
  readonly fanIn: readonly number[];
  readonly fanOut: readonly number[];
  readonly inputs: readonly unknown[];
  readonly initializers: readonly unknown[];
  readonly activations: readonly unknown[];
  readonly beta: readonly number[];
  readonly samples: number;
  readonly blocks: number;
}

/**
 * Fan-ins below and above 16 (independent draws or layers of side 2 to 16) and across 128 and 256, where streams are keyed anew;
 * in no order. The data files are for a folder that {@link writeData} has been to.
 */
export const RICH: RichSweep = {
  name: 'rich',
  seed: 'rich',
  fanIn: [130, 1, 16, 257, 3, 100],
  fanOut: [16, 300],
  inputs: [
    'normal',
    { kind: 'bernoulli', p: 0.1, standardize: false },
    { kind: 'equicorrelated', rho: 0.5 },
    { kind: 'ar1', phi: -0.6 },
    { kind: 'student_t', df: 5 },
    { kind: 'sparse', p: 0.2 },
    { kind: 'empirical', file: 'values.csv', column: 'x' },
    { kind: 'empirical', file: 'rows.csv', draw: 'rows', standardize: false },
  ],
  initializers: [
    'standard_uniform',
    'glorot_normal',
    'orthogonal',
    { kind: 'constant', value: -0.05 },
    'zeros',
    'he_truncated_normal',
    { kind: 'sign', std: 0.2 },
  ],
  activations: ['logistic', 'relu', 'gelu', 'softplus'],
  beta: [0.5, 3],
  samples: 131_072,
  blocks: 32,
};

/** The two data files of {@link RICH}: 57 skewed values, and 19 rows of 257 columns. */
export function writeData(folder: string): void {
  const random = new TestRandom(1789);
  const row = (columns: number, draw: () => number) =>
    Array.from({ length: columns }, () => draw().toFixed(5)).join(',');
  const values = Array.from({ length: 57 }, () => row(1, () => random.normal() ** 2));
  writeFileSync(join(folder, 'values.csv'), `x\n${values.join('\n')}\n`);
  const header = Array.from({ length: 257 }, (_, i) => `c${i}`).join(',');
  const rows = Array.from({ length: 19 }, () => row(257, () => random.normal() + 0.3));
  writeFileSync(join(folder, 'rows.csv'), `${header}\n${rows.join('\n')}\n`);
}

export async function loadRich(folder: string, changes: Partial<RichSweep> = {}): Promise<LoadedSweep<SweepSpec>> {
  return layerSweep(await sweepFromObject({ ...RICH, ...changes }, { directory: folder }));
}
