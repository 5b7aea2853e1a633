import type { Spec } from '../model/experiment-spec.ts';
import type { DatasetFacts, InputSpec, ModelSpec, RowMoments } from '../model/spec.ts';

// What is in a sweep and not in its config — the facts of data files, the seeds of a pooled run — is looked at by type.

export const isNumber = (value: unknown): boolean => typeof value === 'number' && Number.isFinite(value);
export const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
export const keysOf = (value: object): string => Object.keys(value).sort().join();

/** A model as a config would say it. */
export function modelWords({ kind, params }: ModelSpec): object {
  return { ...params, kind };
}

/** An input as a config would say it. */
export function inputWords(input: InputSpec): object {
  return {
    ...modelWords(input),
    standardize: input.standardize,
    ...(input.dataset === null ? {} : { file: input.dataset.file, draw: input.dataset.draw }),
  };
}

/** A seed as a config would say it: one of a pooled run is in none. */
export function seedWords({ seed }: Pick<Spec, 'seed'>): string {
  return typeof seed === 'string' ? seed : 'several';
}

/** Whether a seed is one, or the seeds of a pooled run. */
export function isSeed({ seed, blocks }: Pick<Spec, 'seed' | 'blocks'>): boolean {
  if (typeof seed === 'string') return true;
  const shares = seed.every(
    (share) => keysOf(share) === 'blocks,seed' && typeof share.seed === 'string' && isCount(share.blocks),
  );
  return shares && seed.reduce((sum, share) => sum + share.blocks, 0) === blocks;
}

/** Whether an input has the facts that its kind needs. */
export function hasItsFacts({ kind, dataset }: InputSpec, fanIns: readonly number[]): boolean {
  return kind === 'empirical' ? dataset !== null && areFacts(dataset, fanIns) : dataset === null;
}

function areFacts(facts: DatasetFacts, fanIns: readonly number[]): boolean {
  const { column, draw, digest, rows, columns, location, spread, moments, central, rowMoments } = facts;
  return (
    (column === null || typeof column === 'string') &&
    /^[0-9a-f]{64}$/.test(digest) &&
    isCount(rows) &&
    isCount(columns) &&
    [location, spread].every((value) => value === null || isNumber(value)) &&
    (draw === 'values'
      ? rowMoments === null && [moments, central].every(isMomentList)
      : moments === null &&
        central === null &&
        rowMoments?.length === fanIns.length &&
        rowMoments.every(areMoments) &&
        rowMoments.every(({ fanIn }, i) => fanIn === fanIns[i]))
  );
}

function areMoments({ sumCentral, ...single }: RowMoments): boolean {
  return (
    keysOf(single) === 'fanIn,norm2,norm4,norm8,sumCentre,sumFourth,sumMean' &&
    Object.values(single).every(isNumber) &&
    isMomentList(sumCentral)
  );
}

/** Moments of orders 0 to 8. */
function isMomentList(list: readonly number[] | null): boolean {
  return list?.length === 9 && list.every(isNumber);
}
