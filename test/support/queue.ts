import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { onTestFinished } from 'vitest';

/** Times of a worker whose faults are seen soon. */
export const SHORT = { lock: 2_000, stalled: 500 } as const;

/** A process of `test/support`, and what it has said. */
export interface Helper {
  readonly child: ChildProcess;
  /** Everything on its stderr so far. */
  readonly said: () => string;
  /** Resolves when it has said so; rejects when it ended before. */
  says(what: string | RegExp): Promise<void>;
  /** Resolves with its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
}

/** Starts a script of a folder with options in JSON; it is killed when the test has finished. */
function startHelper(script: string, options: object, folder = import.meta.dirname): Helper {
  const file = join(folder, script);
  const child = spawn(process.execPath, [file, JSON.stringify(options)], { stdio: ['ignore', 'inherit', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  let said = '';
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) => {
    child.on('close', (code, signal) => resolve(code ?? signal));
  });
  child.stderr?.on('data', (text) => {
    said += text;
  });
  const says = (what: string | RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (typeof what === 'string' ? said.includes(what) : what.test(said)) resolve();
      };
      child.stderr?.on('data', look);
      child.on('close', () => reject(new Error(`ended without saying ${what}: ${said}`)));
      look();
    });
  return { child, said: () => said, says, ended };
}

export interface WorkerHelperOptions {
  readonly threads?: number;
  readonly timing?: { readonly lock: number; readonly stalled: number };
  readonly mostStalls?: number;
  /** A file of `test/support` that its threads run. */
  readonly worker?: string;
  /** Memory of each thread's JavaScript. */
  readonly limits?: { readonly maxOldGenerationSizeMb: number };
}

/** A worker process, ready. @param folder with its script, in another copy of the program than this one's */
export async function startWorker(url: string, options: WorkerHelperOptions = {}, folder?: string): Promise<Helper> {
  const helper = startHelper('queue-worker.mjs', { url, threads: 1, timing: SHORT, ...options }, folder);
  await helper.says('ready');
  return helper;
}

/** The ids of the jobs that workers' threads have begun, or ended, as they said. */
export function tasksThat(verb: 'begins' | 'ends', workers: readonly Helper[]): string[] {
  return workers.flatMap(({ said }) =>
    [...said().matchAll(new RegExp(`^${verb} (.*)$`, 'gm'))].map(([, task]) => task as string),
  );
}

export interface CoordinatorHelperOptions {
  readonly url: string;
  readonly config: string;
  readonly directory: string;
  readonly taskTime: number;
  readonly timing?: object;
}

/** A process that runs a sweep on a queue. It says `done N` as tallies come in, and `finished SHA256`. */
export const startCoordinator = (options: CoordinatorHelperOptions): Helper =>
  startHelper('queue-coordinator.mjs', options);

/** What BullMQ's event stream says of the jobs: how many events of each kind. */
export function eventsOf(stream: readonly [id: string, fields: readonly string[]][]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [, fields] of stream) {
    const event = fields[fields.indexOf('event') + 1] as string;
    counts.set(event, (counts.get(event) ?? 0) + 1);
  }
  return counts;
}

/** The fields of results as they arrive from now on, twice where they come twice. */
export async function watchDeliveries(port: number): Promise<readonly string[]> {
  const fields: string[] = [];
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const lines = createInterface({ input: socket });
  socket.write('MONITOR\r\n');
  await once(lines, 'line');
  lines.on('line', (line) => {
    const [, field] = /"hsetnx" "[^"]*" "([^"]*)"/i.exec(line) ?? [];
    if (field !== undefined) fields.push(field);
  });
  return fields;
}
