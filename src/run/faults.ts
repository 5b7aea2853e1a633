import { RunError } from '../errors.ts';
import type { Band } from '../sweep/band.ts';
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

/** The failed blocks of a run, and how many it may have. */
export class Faults {
  readonly failed: FailedBlock[] = [];
  readonly #most: number;

  /** @param most failed blocks that the rest of the run goes on with: 0 stops at the first, Infinity (the default) at none */
  constructor(most = Number.POSITIVE_INFINITY) {
    this.#most = most;
  }

  /** Notes one. @throws RunError when it is one too many */
  add({ grid }: Plan, band: Band, block: number, error: Error): void {
    const distinct = <T>(values: T[]): T[] => [...new Set(values)];
    const failed: FailedBlock = {
      block,
      inputs: distinct(band.pairs.map(({ input }) => grid.inputs[input] as string)),
      weightShapes: distinct(band.pairs.map(({ shape }) => grid.series[shape] as string)),
      fanIns: distinct(band.pairs.flatMap(({ fanIns }) => fanIns.map((f) => grid.fanIns[f] as number))),
      error: error.message,
    };
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

/** How often a block is tried before it counts as failed. */
export const ATTEMPTS = 3;

export function describeFailed({ block, inputs, weightShapes, fanIns }: FailedBlock): string {
  // A band may have more fan-ins than a call takes arguments.
  const [least, most] = [Math.min, Math.max].map((pick) => fanIns.reduce((a, b) => pick(a, b)));
  const range = least === most ? `${least}` : `${least}…${most}`;
  return `block ${block} of ${weightShapes.join(', ')} × ${inputs.join(', ')} at fan-in ${range}`;
}
