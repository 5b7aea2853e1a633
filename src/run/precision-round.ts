import type { Note } from '../stats/guards.ts';
import { has, isCount, isNumber, isRecord, isText } from './json-checks.ts';

/** A cell that keeps a precision from being reached, or that was the last to reach it. */
export interface LimitingCell {
  readonly initializer: string;
  readonly input: string;
  readonly activation: string;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly beta: number;
  readonly value: number | null;
  readonly mcse: number | null;
  /** The largest standard error allowed here. */
  readonly target: number | null;
  /** mcse / target, at most 1 where the target holds; null in a cell where it can't. */
  readonly ratio: number | null;
  /** Why there is no standard error to hold against the target. */
  readonly note: Note | null;
}

/** How a precision stands at a boundary: plain JSON, and a function of the config and the tallies up to there alone. */
export interface Round {
  /** Blocks of each cell, and samples. */
  readonly blocks: number;
  readonly samples: number;
  /** Cells that the precision names; the next three and `constant` add up to it. */
  readonly cells: number;
  /** Those whose standard error decides. */
  readonly steering: number;
  /** Those that have none (note `degenerate` or `rare`, or no value): they never hold the target, so that it can't be reached. */
  readonly blocked: number;
  /** Those whose tails are too heavy to judge them by it (note `infinite` or `unreliable`): they don't count. */
  readonly unjudged: number;
  /** Those in which nothing varies, as theory says: there is nothing to reach. */
  readonly constant: number;
  /** Steering cells that hold the target. */
  readonly holding: number;
  /** Some cell steers, all that do hold the target, and none is blocked. */
  readonly held: boolean;
  /** The cell furthest from the target, the first of several; null when none is steering or blocked. */
  readonly limiting: LimitingCell | null;
  /** Samples with which the limiting cell would just hold, samples·ratio²; null when it has no ratio. */
  readonly predictedSamples: number | null;
  /** Blocks at the boundary where the run would then stop; null when none of them will do. */
  readonly predictedBlocks: number | null;
  /** `reached`: stop, it held here and at the boundary before; `exhausted`: stop, there is no later boundary. */
  readonly decision: 'continue' | 'reached' | 'exhausted';
}

const DECISIONS: readonly unknown[] = ['continue', 'reached', 'exhausted'] satisfies Round['decision'][];

/** Whether a value that a file held is a round, in all that a line about it says. */
export function isRound(value: unknown): value is Round {
  const numberOrNull = (x: unknown) => x === null || isNumber(x);
  return (
    has(value, ['blocks', 'samples', 'cells', 'steering', 'blocked', 'unjudged', 'constant', 'holding'], isCount) &&
    has(value, ['predictedSamples', 'predictedBlocks'], numberOrNull) &&
    isRecord(value) &&
    DECISIONS.includes(value['decision']) &&
    (value['limiting'] === null ||
      (has(value['limiting'], ['initializer', 'input', 'activation'], isText) &&
        has(value['limiting'], ['fanIn', 'fanOut', 'beta'], isNumber) &&
        has(value['limiting'], ['value', 'mcse', 'target', 'ratio'], numberOrNull)))
  );
}
