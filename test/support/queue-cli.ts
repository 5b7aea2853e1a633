import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type Ended, MAIN, ROOT } from './cli.ts';
import { sha256 } from './tables.ts';

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** What it has said on stderr. */
  readonly said: () => string;
  says(what: string): Promise<void>;
}

/** Starts the command line. */
export function start(args: readonly string[], environment: NodeJS.ProcessEnv = {}): Started {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  child.stderr.on('data', (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => child.on('close', (status) => resolve({ status, stdout, stderr })));
  const says = (what: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (stderr.includes(what)) resolve();
      };
      child.stderr.on('data', look);
      child.on('close', () => reject(new Error(`ended without saying ${what}: ${stderr}`)));
      look();
    });
  return { child, ended, said: () => stderr, says };
}

/** A worker of one thread, ready; killed when the test has finished. @param url of the queue, perhaps with a password */
export async function startCliWorker(url: string, environment: NodeJS.ProcessEnv = {}): Promise<Started> {
  const started = start(['worker', '--threads', '1'], { ...environment, INITSWEEP_QUEUE_URL: url });
  onTestFinished(() => void started.child.kill('SIGKILL'));
  await started.says('worker ready');
  return started;
}

/** Runs a sweep to its end without a word, on one thread or on a queue. Returns the SHA-256 of both of its tables. */
export async function runQuietly(
  config: string,
  directory: string,
  args: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<string[]> {
  const { ended } = start(['run', config, '--out', directory, '--threads', '1', '--quiet', ...args], environment);
  expect(await ended).toEqual({ status: 0, stdout: '', stderr: '' });
  return hashes(directory);
}

/** The SHA-256 of both tables of a run. */
export function hashes(directory: string): string[] {
  return ['tallies', 'estimates'].map((table) => sha256(join(directory, `${table}.arrow`)));
}
