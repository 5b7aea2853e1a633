import { statSync } from 'node:fs';
import { join } from 'node:path';
import { experimentOf } from '../experiment/plan-of.ts';
import type { Plan } from '../sweep/plan.ts';
import { sha256OfFile } from './file-digest.ts';
import type { Manifest, TableEntry } from './manifest.ts';
import { FILES } from './run-files.ts';
import { TableTallies } from './table-tallies.ts';

/** The tallies that a run's own table holds. */
export interface OwnTable {
  readonly tallies: TableTallies;
  readonly count: number;
  /** What a manifest says of that table. */
  readonly entry: TableEntry;
  /** It was put in its place by a session that did not get to the end: it holds all that the journal holds. */
  readonly placed: boolean;
}

/**
 * The table of an earlier session (one that was extended, or had failed blocks), if it is byte for byte what that session wrote;
 * null when there is none or it is another, which is then simulated again.
 */
export async function ownTable(
  directory: string,
  plan: Plan,
  previous: Manifest | null,
  signal?: AbortSignal,
): Promise<OwnTable | null> {
  const path = join(directory, FILES.tallies);
  const next = previous?.nextTables?.['tallies'];
  const generations = [previous?.tables['tallies'], next];
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined || !generations.some((entry) => entry?.bytes === size)) return null;
  const sha256 = await sha256OfFile(path, signal);
  const entry = generations.find((generation) => generation?.sha256 === sha256);
  if (entry === undefined) return null;
  const { tallyBytes, tallyHeader } = await import('../tables/tally-bytes.ts');
  const { metadata, rows } = tallyHeader(plan, path);
  if (metadata.get('draws') !== plan.draws) return null;
  const { constantTally } = experimentOf(plan);
  const { series } = plan.grid;
  const simulated = series.filter((_, i) => constantTally(plan, i) === null).length / series.length;
  return {
    tallies: new TableTallies(plan, { plan, rows: tallyBytes(plan, path), name: path }),
    count: Math.round(rows * simulated),
    entry,
    placed: entry.sha256 === next?.sha256,
  };
}
