import { writeRecord } from '../stats/record.ts';
import { bytesOf } from '../stats/vector.ts';
import type { Plan } from '../sweep/plan.ts';
import type { TallyId } from './tally-batch.ts';
import { readTallies, readTallyHeader, type TallyHeader } from './tally-reader.ts';
import { readVectorTallies, readVectorTallyHeader } from './vector-tally-reader.ts';

/** A row of `tallies.arrow` of any experiment: which tally, and its bytes, which start at a multiple of 8. */
export type TallyBytes = TallyId & { readonly bytes: Uint8Array };

/** The facts of a `tallies.arrow`. @throws RunDirectoryError when it is missing, damaged or another experiment's */
export function tallyHeader({ spec }: Plan, path: string): TallyHeader {
  return spec.experiment === 'layer' ? readTallyHeader(path) : readVectorTallyHeader(path);
}

/** Its rows in file order, one batch in memory at a time. Throws as {@link tallyHeader}. */
export function* tallyBytes({ spec }: Plan, path: string): Generator<TallyBytes> {
  if (spec.experiment === 'layer')
    for (const { tally, centre: _, ...id } of readTallies(path)) yield { ...id, bytes: writeRecord(tally) };
  else for (const { values, ...id } of readVectorTallies(path)) yield { ...id, bytes: bytesOf(values) };
}
