import type { Queue } from 'bullmq';
import { TaskError } from '../../errors.ts';
import type { Plan } from '../../sweep/plan.ts';
import type { SimulateTask } from '../task.ts';
import { fieldOf, idOf, isPartOf, jobOf, type QueueJob, SUSPECT } from './job.ts';
import type { ResultBox } from './result-box.ts';

/** Jobs that are sent, or looked after, together. */
const BATCH = 500;
/** Batches that are looked after between two looks at a job. */
const PACE = 10;
/** How often a result is asked for that arrives damaged. */
const TRIES = 3;

export interface Submission {
  readonly task: SimulateTask;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A task that was submitted, perhaps more than once, and has no result yet. */
interface Pending {
  readonly job: QueueJob;
  readonly submissions: Submission[];
  sent: boolean;
  /** When its job was last known to be there. */
  checked: number;
  damaged: number;
}

/** The tasks of a sweep that have no result yet, by field, and their jobs in the queue. */
export class JobBoard {
  readonly #queue: Queue;
  readonly #results: ResultBox;
  readonly #milliseconds: number;
  readonly #pending = new Map<string, Pending>();
  /** Tasks that were sent and came to nothing: their jobs may still be there. */
  readonly #failed = new Set<string>();
  /**
   * Tasks that lost their worker so often that they may have killed it, or were beside one that did, and parts of such: sent one at a
   * time, and not again when they lose one more.
   */
  readonly #suspects = new Map<string, QueueJob>();
  #failures = 0;
  #doubtful = false;
  #nextCheck = 0;

  /** @param milliseconds between two looks at a job */
  constructor(queue: Queue, results: ResultBox, milliseconds: number) {
    this.#queue = queue;
    this.#results = results;
    this.#milliseconds = milliseconds;
  }

  /** Tasks that wait for a result. */
  get size(): number {
    return this.#pending.size;
  }

  /** Tasks that failed, each time that they did. */
  get failures(): number {
    return this.#failures;
  }

  /** Returns the field of the task's result. */
  add(plan: Plan, submission: Submission): string {
    const job = jobOf(plan, submission.task);
    const field = fieldOf(job);
    const pending = this.#pending.get(field) ?? { job, submissions: [], sent: false, checked: 0, damaged: 0 };
    pending.submissions.push(submission);
    for (const suspect of this.#suspects.values()) {
      if (!isPartOf(job, suspect)) continue;
      this.#suspects.set(field, job);
      break;
    }
    this.#pending.set(field, pending);
    return field;
  }

  /** The job of a task that waits for its result. */
  job(field: string): QueueJob | undefined {
    return this.#pending.get(field)?.job;
  }

  /** A task is done. Returns who waited for it. */
  finish(field: string): readonly Submission[] {
    this.#suspects.delete(field);
    return this.#end(field);
  }

  /** A task failed. It is looked at as before when it is tried again, and so are parts of it. */
  fail(field: string, error: Error): void {
    this.#failed.add(field);
    this.#failures++;
    for (const { reject } of this.#end(field)) reject(error);
  }

  #end(field: string): readonly Submission[] {
    const submissions = this.#pending.get(field)?.submissions ?? [];
    this.#pending.delete(field);
    return submissions;
  }

  /** A result arrived damaged: the task is done again, unless that happens too often. */
  redo(field: string): void {
    const pending = this.#pending.get(field);
    if (pending === undefined) return;
    if (++pending.damaged === TRIES) this.fail(field, new TaskError(`results that arrive damaged, ${TRIES} times`));
    else this.#resend(field, pending);
  }

  /** Rejects everything. Returns what was not done. */
  abandon(error: Error): readonly QueueJob[] {
    const all = [...this.#pending.values()];
    this.#pending.clear();
    for (const { submissions } of all) for (const { reject } of submissions) reject(error);
    return all.map(({ job }) => job);
  }

  /** Sends the jobs of tasks that have none. */
  async send(): Promise<void> {
    for (const some of batches(this.#unsent())) {
      const isFree = await Promise.all(some.map((entry) => this.#makeWay(...entry)));
      const ready = some.filter((_, i) => isFree[i]);
      await this.#queue.addBulk(
        ready.map(([field, { job }]) => ({
          name: this.#suspects.has(field) ? SUSPECT : job.kind,
          data: job,
          opts: { jobId: idOf(job) },
        })),
      );
      const now = Date.now();
      for (const [, pending] of ready) {
        pending.sent = true;
        pending.checked = now;
      }
    }
  }

  /**
   * Removes an earlier job of the same id, which would hinder a new one. Returns false where a worker still has it, as one does for a moment
   * that has left its result and has not said that it is done: the task is sent in a later turn.
   */
  async #makeWay(field: string, { job }: Pending): Promise<boolean> {
    if (this.#failed.has(field) && (await this.#queue.remove(idOf(job))) === 0) return false;
    this.#failed.delete(field);
    return true;
  }

  /**
   * Looks after jobs: one may be lost, or have failed without a word. Returns whether others wait for it.
   *
   * Some at a time, so that tens of thousands of jobs that are all well cost little; after a loss, one batch after the other.
   */
  async check(now: number): Promise<boolean> {
    if (now < this.#nextCheck) return false;
    const due = [...this.#pending].filter(([, { sent, checked }]) => sent && now - checked > this.#milliseconds);
    const some = due.slice(0, BATCH);
    const jobs = await Promise.all(some.map(([, { job }]) => this.#queue.getJob(idOf(job))));
    for (const [i, [field, pending]] of some.entries()) {
      const job = jobs[i];
      pending.checked = now;
      if (job !== undefined && job.finishedOn === undefined) continue;
      // In this order: one that was done in between is no longer a job, and then it is a result.
      if ((await this.#results.has(field)) || this.#pending.get(field) !== pending) continue;
      if (job === undefined) pending.sent = false;
      else if (job.failedReason) this.#suspect(field, pending, job.failedReason);
      // Done, and its result is lost.
      else this.#resend(field, pending);
    }
    const more = due.length > some.length;
    this.#doubtful &&= more;
    if (!this.#doubtful) this.#nextCheck = now + this.#milliseconds / PACE;
    return this.#doubtful;
  }

  /** Every job may be lost. */
  doubt(): void {
    for (const pending of this.#pending.values()) pending.checked = 0;
    this.#doubtful = true;
    this.#nextCheck = 0;
  }

  /** Takes jobs out of the queue that nobody works at yet. */
  async withdraw(jobs: readonly QueueJob[]): Promise<void> {
    for (const some of batches(jobs)) await Promise.allSettled(some.map((job) => this.#queue.remove(idOf(job))));
  }

  #unsent(): [field: string, pending: Pending][] {
    const pending = [...this.#pending];
    let isSuspectOut = pending.some(([field, { sent }]) => sent && this.#suspects.has(field));
    return pending.filter(([field, { sent }]) => {
      if (sent || this.#results.isThere(field)) return false;
      if (!this.#suspects.has(field)) return true;
      if (isSuspectOut) return false;
      isSuspectOut = true;
      return true;
    });
  }

  /** A job failed and left no result. Whether it is to blame shows when no other suspect is under way. */
  #suspect(field: string, pending: Pending, reason: string): void {
    if (this.#suspects.has(field)) this.fail(field, new TaskError(`a job that failed: ${reason}`));
    else {
      this.#suspects.set(field, pending.job);
      this.#resend(field, pending);
    }
  }

  #resend(field: string, pending: Pending): void {
    this.#failed.add(field);
    pending.sent = false;
  }
}

function batches<T>(items: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(items.length / BATCH) }, (_, i) => items.slice(i * BATCH, (i + 1) * BATCH));
}
