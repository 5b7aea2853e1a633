import { experimentOf } from '../../experiment/plan-of.ts';
import { KERNEL_VERSION } from '../../kernel/kernel.ts';
import { type Band, positionsOf, talliesOf } from '../../sweep/band.ts';
import { arenaRoom, type Group, type Range, type TallyPosition } from '../../sweep/groups.ts';
import type { Plan } from '../../sweep/plan.ts';
import type { SimulateTask } from '../task.ts';

/** A simulate task as it is queued: names and numbers, never code or a path. */
export interface QueueJob {
  readonly kind: 'simulate';
  readonly kernel: string;
  readonly plan: string;
  /** Of the group of the inputs and fan-ins. */
  readonly band: number;
  readonly inputs: Range;
  readonly fanIns: Range;
  readonly blocks: Range;
}

/** Bytes of one job's tallies, at most: its result is one value in Redis, which takes twice as much. */
const MOST_BYTES = 2 ** 28;

/** Blocks of a band that one job may have. One block is never too much: it cannot be cut. */
export function mostBlocksOf(plan: Plan, band: Band): number {
  return Math.max(1, Math.floor(MOST_BYTES / arenaRoom(plan, talliesOf(band))));
}

export function jobOf(plan: Plan, { group, band, firstBlock, lastBlock }: SimulateTask): QueueJob {
  const { inputs, fanIns } = group;
  return {
    kind: 'simulate',
    kernel: KERNEL_VERSION,
    plan: plan.hash,
    band,
    inputs,
    fanIns,
    blocks: [firstBlock, lastBlock],
  };
}

/** The field of a job's result in the hash of its sweep: one task, one field, whoever does it and however often. */
export function fieldOf({ band, inputs, fanIns, blocks }: QueueJob): string {
  return `s${band}-i${inputs.join('-')}-f${fanIns.join('-')}-b${blocks.join('-')}`;
}

/** What ids of a sweep's jobs begin with. BullMQ allows no colon in an id, and no bare number. */
export const idPrefix = (plan: string): string => `p${plan}-`;

export const idOf = (job: QueueJob): string => idPrefix(job.plan) + fieldOf(job);

/** Whether the blocks of a job are among those of another one. */
export function isPartOf({ blocks, ...part }: QueueJob, whole: QueueJob): boolean {
  const [from, to] = whole.blocks;
  return from <= blocks[0] && blocks[1] <= to && idOf({ ...part, blocks: whole.blocks }) === idOf(whole);
}

/** The name of a job in the queue, where it may have killed the worker that had it. */
export const SUSPECT = 'suspect';

const KEYS = 'band blocks fanIns inputs kernel kind plan';

/** A job as it was found in a queue, which others may write to as well; null when it is none. */
export function readJob(data: unknown): QueueJob | null {
  if (typeof data !== 'object' || data === null || Object.keys(data).sort().join(' ') !== KEYS) return null;
  const { kind, kernel, plan, band, inputs, fanIns, blocks } = data as Record<keyof QueueJob, unknown>;
  const isWhole =
    kind === 'simulate' &&
    typeof kernel === 'string' &&
    /^[\w.-]{1,32}$/.test(kernel) &&
    typeof plan === 'string' &&
    /^[0-9a-f]{64}$/.test(plan) &&
    Number.isInteger(band) &&
    [inputs, fanIns, blocks].every(isRange);
  return isWhole ? (data as QueueJob) : null;
}

function isRange(value: unknown): value is Range {
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [from, to] = value as unknown[];
  return Number.isInteger(from) && Number.isInteger(to) && 0 <= (from as number) && (from as number) < (to as number);
}

/** What is to be simulated for a job. */
export interface Order {
  /** With the job's blocks alone. */
  readonly group: Group;
  readonly band: Band;
  readonly positions: readonly TallyPosition[];
}

/** What a job means in its plan; null when the plan has no such work, or too much of it. */
export function orderOf(plan: Plan, { band: id, inputs, fanIns, blocks }: QueueJob): Order | null {
  const group: Group = { inputs, fanIns, blocks };
  const isThere =
    inputs[1] <= plan.grid.inputs.length && fanIns[1] <= plan.grid.fanIns.length && blocks[1] <= mostBlocks(plan);
  const band = isThere ? experimentOf(plan).bandOf(plan, group, id) : null;
  const count = blocks[1] - blocks[0];
  if (band === null || count > mostBlocksOf(plan, band)) return null;
  const positions = Array.from({ length: count }, (_, i) => positionsOf(band, blocks[0] + i)).flat();
  return { group, band, positions };
}

/** Blocks that a sweep may come to have. */
function mostBlocks({ spec, blocks, blockSamples }: Plan): number {
  return spec.precision === null ? blocks : Math.max(blocks, Math.ceil(spec.precision.maxSamples / blockSamples));
}
