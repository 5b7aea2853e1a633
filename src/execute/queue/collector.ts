import { experimentOf } from '../../experiment/plan-of.ts';
import { Arena } from '../../memory/arena.ts';
import { slotCount, type TallyPosition } from '../../sweep/groups.ts';
import type { Plan } from '../../sweep/plan.ts';
import type { TallyEntry } from '../../sweep/tally-entry.ts';
import { errorOf, failureOf, isVerdict, taskErrorOf } from '../failure.ts';
import { publishTally } from '../perform.ts';
import { orderOf, type QueueJob } from './job.ts';
import type { JobBoard, Submission } from './job-board.ts';
import type { Reading, ResultBox } from './result-box.ts';

/** Results that are under way from Redis at once: the next ones come while one is looked at. */
const READ_AHEAD = 8;

/** Takes results out of their box and gives them to those who wait for them. */
export class Collector {
  readonly #plan: Plan;
  readonly #results: ResultBox;
  readonly #jobs: JobBoard;
  readonly #note: (text: string) => void;

  constructor(plan: Plan, results: ResultBox, jobs: JobBoard, note: (text: string) => void) {
    this.#plan = plan;
    this.#results = results;
    this.#jobs = jobs;
    this.#note = note;
  }

  /**
   * Takes results.
   * @param fields of those that are there
   * @param isOver whether to leave the rest alone
   * @throws RunError when two workers disagree
   */
  async collect(fields: readonly string[], isOver: () => boolean): Promise<void> {
    for (let at = 0; at < fields.length && !isOver(); at += READ_AHEAD) {
      const some = fields.slice(at, at + READ_AHEAD);
      const awaited = some.filter((field) => this.#jobs.job(field) !== undefined);
      const readings = await Promise.all(awaited.map((field) => this.#results.read(field)));
      for (const [i, field] of awaited.entries()) {
        if (isOver()) return;
        await this.#take(field, readings[i] ?? null);
      }
      for (const field of some) if (!awaited.includes(field)) await this.#results.inspect(field);
    }
  }

  async #take(field: string, reading: Reading | null): Promise<void> {
    const job = this.#jobs.job(field);
    if (reading === null || job === undefined) return;
    const { answer } = reading;
    if (answer?.kind === 'failure') {
      await this.#results.drop(field);
      // Whatever else is wrong with a worker is no reason to end the run.
      const { failure } = answer;
      this.#jobs.fail(field, failure.name === 'RunError' ? errorOf(failure) : taskErrorOf(failure));
    } else if (answer !== null && isComplete(this.#plan, job, answer.entries)) {
      await this.#results.take(field, reading);
      for (const submission of this.#jobs.finish(field)) this.#settle(submission, answer.entries);
    } else {
      this.#note(`a damaged result of ${field}: its task is done again`);
      await this.#results.drop(field);
      this.#jobs.redo(field);
    }
  }

  /** Copies a result into the memory that a task names. */
  #settle({ task, resolve, reject }: Submission, entries: readonly TallyEntry[]): void {
    try {
      const arena = Arena.attach(task.arena, slotCount(this.#plan, task.group));
      for (const { position, record } of entries) publishTally(this.#plan, task.group, arena, position, record);
      resolve();
    } catch (error) {
      const failure = failureOf(error);
      reject(isVerdict(failure) ? (error as Error) : taskErrorOf(failure));
    }
  }
}

/** Whether a result has the tallies that its task makes, each once, and no others. */
function isComplete(plan: Plan, job: QueueJob, entries: readonly TallyEntry[]): boolean {
  const text = ({ input, fanIn, shape, block }: TallyPosition) => `${input} ${fanIn} ${shape} ${block}`;
  const expected = new Set(orderOf(plan, job)?.positions.map(text));
  if (entries.length !== expected.size) return false;
  const { isTally } = experimentOf(plan);
  return entries.every(
    // A checksum says that bytes are as they were sent, not by whom. The copy lies where a tally may.
    ({ position, record }) => expected.delete(text(position)) && isTally(plan, position.shape, record.slice()),
  );
}
