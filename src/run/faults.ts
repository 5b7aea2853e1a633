import { RunError } from '../errors.ts';
import { canonicalJson } from '../random/canonical.ts';
import type { Band } from '../sweep/band.ts';
import type { Range } from '../sweep/groups.ts';
import type { Plan } from '../sweep/plan.ts';

/** A block of a band that could not be simulated, however often it was tried. */
export interface FailedBlock {
  readonly block: number;
  /** What it was to simulate: labels and levels. */
  readonly inputs: readonly string[];
  readonly weightShapes: readonly string[];
  readonly fanIns: readonly number[];
  readonly error: string;
}

/** Tasks that may fail before any succeeds: then it is not a block that is at fault but the whole. More than a band usually has. */
export const IN_VAIN = 100;

/** The failed blocks of a run, and how many it may have. */
export class Faults {
  readonly failed: FailedBlock[] = [];
  readonly #most: number;
  readonly #failedBefore: ReadonlySet<string>;
  /** Tasks that failed so far; null once one succeeded, and where `most` is the limit. */
  #inVain: number | null;

  /**
   * @param most failed blocks that the rest of the run goes on with: 0 stops at the first, Infinity (the default) at none, unless
   *   {@link IN_VAIN} tasks fail and none succeeds
   * @param before blocks that failed in an earlier session: that they do again is no news
   */
  constructor(most = Number.POSITIVE_INFINITY, before: readonly FailedBlock[] = []) {
    this.#most = most;
    this.#failedBefore = new Set(before.map(identityOf));
    this.#inVain = most < Number.POSITIVE_INFINITY ? null : 0;
  }

  /** A task succeeded. */
  succeeded(): void {
    this.#inVain = null;
  }

  /** A task failed, for the first time. @throws RunError when so many did, and no other succeeded, that none will */
  missed(plan: Plan, band: Band, [from, to]: Range, error: Error): void {
    if (this.#inVain === null) return;
    const blocks = Array.from({ length: to - from }, (_, i) => failedBlock(plan, band, from + i, error));
    const news = blocks.find((block) => !this.#failedBefore.has(identityOf(block)));
    if (news === undefined || ++this.#inVain < IN_VAIN) return;
    throw new RunError(
      {
        where: describeFailed(news),
        received: `${error.message}; it is the ${IN_VAIN}th task to fail, and none succeeded`,
        remedy: 'mend the cause and run again, or go on nevertheless with --on-error max=N',
      },
      { cause: error },
    );
  }

  /** Notes a block that is given up. @throws RunError when it is one too many */
  add(plan: Plan, band: Band, block: number, error: Error): void {
    const failed = failedBlock(plan, band, block, error);
    this.failed.push(failed);
    if (this.failed.length <= this.#most) return;
    throw new RunError(
      {
        where: describeFailed(failed),
        received: `${error.message}, ${ATTEMPTS} times`,
        remedy: 'what was done is kept: run again to retry, with --on-error continue to finish the rest first',
      },
      { cause: error },
    );
  }
}

function failedBlock(plan: Plan, band: Band, block: number, error: Error): FailedBlock {
  const distinct = <T>(values: T[]): T[] => [...new Set(values)];
  return {
    block,
    inputs: distinct(band.pairs.map(({ input }) => plan.grid.inputs[input] as string)),
    weightShapes: distinct(band.pairs.map(({ shape }) => plan.grid.series[shape] as string)),
    fanIns: distinct(band.pairs.flatMap(({ fanIns }) => fanIns.map((f) => plan.grid.fanIns[f] as number))),
    error: error.message,
  };
}

function identityOf({ error: _error, ...block }: FailedBlock): string {
  return canonicalJson(block);
}

/** How often a block is tried before it counts as failed. */
export const ATTEMPTS = 3;

export function describeFailed({ block, inputs, weightShapes, fanIns }: FailedBlock): string {
  // A band may have more fan-ins than a call takes arguments.
  const [least, most] = [Math.min, Math.max].map((pick) => fanIns.reduce((a, b) => pick(a, b)));
  const range = least === most ? `${least}` : `${least}…${most}`;
  return `block ${block} of ${weightShapes.join(', ')} × ${inputs.join(', ')} at fan-in ${range}`;
}

/** What readers of tables should know that have not all blocks; null where they have. */
export function missingText({ length }: readonly FailedBlock[]): string | null {
  if (length === 0) return null;
  return `${length} ${length === 1 ? 'block' : 'blocks'} failed and ${length === 1 ? 'is' : 'are'} missing in the tables; \`initsweep status\` lists them`;
}
