import { WasmKernel } from '../../src/kernel/wasm.ts';
import { intervalFactor } from '../../src/stats/holm.ts';
import { blockPowers } from '../../src/stats/moments.ts';
import { readRecord } from '../../src/stats/record.ts';
import type { SweepPlan } from '../../src/sweep/plan.ts';
import { binomialBounds } from './binomial.ts';
import { type DirectSweep, reseeded, simulateDirectly } from './direct-sweep.ts';

export const RUNS = 400;
/** For a hundred intervals: 1e-6 each is a false-alarm probability of 1e-4 together. */
export const BOUNDS = binomialBounds(RUNS, 0.95, 1e-6);
const T = intervalFactor(64);

/** What `look` finds in each of the runs `run-0`, `run-1`, … of a plan with 64 blocks. */
export function overRuns(plan: SweepPlan, look: (sweep: DirectSweep) => void): void {
  const kernel = new WasmKernel();
  for (let run = 0; run < RUNS; run++) look(simulateDirectly(kernel, reseeded(plan, `run-${run}`)));
}

/** Whether the 95% interval value ± t(63)·error holds the truth. */
export function covers(value: number | null, error: number | null, truth: number): boolean {
  return value !== null && error !== null && Math.abs(value - truth) <= T * error;
}

/** Counts of runs by what happened in them. */
export class Counts {
  readonly #counts = new Map<string, number>();

  add(key: string, happened: boolean): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + (happened ? 1 : 0));
  }

  of(key: string): number {
    const count = this.#counts.get(key);
    if (count === undefined) throw new Error(`nothing counted for ${key}`);
    return count;
  }
}

/** Power sums of each block of one (shape, input, fan-in), given by position. */
export function powersOf({ source }: DirectSweep, shape: number, input: number, fanIn: number): Float64Array {
  return blockPowers(source(shape, input, fanIn).map((record) => readRecord(record.buffer, record.byteOffset)));
}
