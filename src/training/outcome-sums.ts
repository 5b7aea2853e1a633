import { OUTCOMES, outcomeAt, type RecordLayout } from './arm-record.ts';
import type { BlockSums } from './block-means.ts';
import type { ComparedStatistic } from './training-columns.ts';

/** What a replicate adds to a statistic; null where it does not count. @param row where its outcomes begin in the record */
export type Contribution = (record: Float64Array, row: number) => number | null;

const outcome =
  (which: number) =>
  (record: Float64Array, row: number): number =>
    record[row + which] as number;

const reached = outcome(OUTCOMES.reached);
const finalLoss = outcome(OUTCOMES.finalLoss);
const accuracy = outcome(OUTCOMES.accuracy);

/** @param steps of the training: what networks that never reach the target count as */
export function contribution(name: ComparedStatistic, steps: number): Contribution {
  switch (name) {
    case 'reached':
      return (record, row) => (reached(record, row) < 0 ? 0 : 1);
    case 'steps_mean':
      return (record, row) => (reached(record, row) < 0 ? steps : reached(record, row));
    case 'final_loss':
      return (record, row) => (isFinal(record, row) ? finalLoss(record, row) : null);
    case 'final_accuracy':
      return (record, row) => (isFinal(record, row) ? accuracy(record, row) : null);
    case 'diverged':
      return outcome(OUTCOMES.diverged);
    case 'rises':
      return outcome(OUTCOMES.rises);
  }
}

/** Whether the network is finite at the end. */
const isFinal = (record: Float64Array, row: number): boolean => Number.isFinite(finalLoss(record, row));

/** Sums over the replicates of each block, for arms with the same blocks: over those that count in all of the arms. */
export function outcomeSums(
  layout: RecordLayout,
  arms: readonly (readonly Float64Array[])[],
  contribute: Contribution,
): BlockSums[] {
  const blocks = arms[0]?.length ?? 0;
  const found = arms.map(() => ({ sums: new Float64Array(blocks), counts: new Float64Array(blocks) }));
  const values = new Float64Array(arms.length);
  for (let b = 0; b < blocks; b++)
    for (let r = 0; r < layout.replicates; r++) {
      const row = outcomeAt(layout, r, 0);
      const counts = arms.every((records, a) => {
        const value = contribute(records[b] as Float64Array, row);
        values[a] = value ?? 0;
        return value !== null;
      });
      if (!counts) continue;
      for (const [a, own] of found.entries()) {
        own.sums[b] = (own.sums[b] as number) + (values[a] as number);
        own.counts[b] = (own.counts[b] as number) + 1;
      }
    }
  return found;
}
