/** Tables of one row a cell, a layer, a step or an arm that each experiment leaves; the first one is its main table. */
export const ROW_TABLES = {
  layer: ['estimates'],
  depth: ['layers'],
  training: ['training', 'arms'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/**
 * How a statistic has to stand to what is expected of it, in every row that is looked at.
 *
 * | relation | holds where |
 * |---|---|
 * | equals | the difference is within the tolerance; with `within`, where it is shown to be at most that |
 * | differs | the difference is beyond the tolerance |
 * | above, below | the statistic is on that side by more than the tolerance |
 * | increases, decreases | each level of the axis `along` is beyond the one before by more than the tolerance |
 */
export const RELATIONS = ['equals', 'differs', 'above', 'below', 'increases', 'decreases'] as const;

export type Relation = (typeof RELATIONS)[number];

/**
 * What an expectation shows of a claim: that it holds, where it ends, or that it is false.
 */
export const SHOWN = ['claim', 'limit', 'failure'] as const;

export type Shown = (typeof SHOWN)[number];

/**
 * One expectation, in a config's own words with defaults filled in: what its file says again reads as the same. A key that was not
 * given is not there.
 */
export interface ExpectSpec {
  readonly shows: Shown;
  /** One of {@link ROW_TABLES}; the experiment's main table where it is not given. */
  readonly table?: string;
  /** Column, or arithmetic over columns of which one at most has a standard error. */
  readonly statistic: string;
  /** The rows that are looked at, in the language of `show --where`; all where it is not given. */
  readonly where?: string;
  readonly relation: Relation;
  /** A number, or arithmetic over columns without a standard error; not given for increases and decreases. */
  readonly value?: number | string;
  /** The axis of increases and decreases. */
  readonly along?: string;
  /** In standard errors of a normal distribution; those that blocks give may be, or have to be, more. */
  readonly tolerance: number;
  /** Largest difference that counts as equal; a number or arithmetic, as `value`. */
  readonly within?: number | string;
}

/** What a run is to put to the test, in words. */
export interface ClaimSpec {
  readonly id: string;
  readonly says: string;
  /** One line: why it holds, or does not. */
  readonly because: string;
  /** Completes "holds only if"; given where expectations show a limit. */
  readonly onlyIf?: string;
}

/** The claim of a run and its expectations. They say nothing of what is simulated, and are no part of its plan. */
export interface Expectations {
  readonly claim: ClaimSpec | null;
  readonly expect: readonly ExpectSpec[];
}

/** Of a run that expects nothing. */
export const NO_EXPECTATIONS: Expectations = Object.freeze({ claim: null, expect: Object.freeze([]) });
