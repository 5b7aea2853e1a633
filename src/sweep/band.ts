import type { TallyPosition } from './groups.ts';

/** What is simulated in one pass: a task is a range of blocks of one band. */
export interface Band {
  /** Tells the bands of a group apart: the layer's side, or where a network or an arm lies on the plan's grid. */
  readonly id: number;
  /** Nanoseconds that a block is predicted to take. */
  readonly cost: number;
  /** Positions on the plan's grid. */
  readonly pairs: readonly { readonly shape: number; readonly input: number; readonly fanIns: readonly number[] }[];
}

/** The tallies that one block of a band makes. */
export function positionsOf(band: Band, block: number): TallyPosition[] {
  return band.pairs.flatMap(({ shape, input, fanIns }) => fanIns.map((fanIn) => ({ input, fanIn, shape, block })));
}

/** Tallies of one block. */
export function talliesOf(band: Band): number {
  return band.pairs.reduce((sum, { fanIns }) => sum + fanIns.length, 0);
}
