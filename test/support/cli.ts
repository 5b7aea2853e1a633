import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll } from 'vitest';

export const ROOT = resolve(import.meta.dirname, '../..');
export const MAIN = join(ROOT, 'dist/src/cli/main.js');

export interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command line to its end in a real process. */
export function initsweep(...args: string[]): Ended {
  return spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', cwd: ROOT, maxBuffer: 2 ** 28 });
}

/** Starts it, and leaves it running. */
export function startInitsweep(...args: string[]): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<Ended>((done) => {
    child.on('close', (status) => done({ status, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs a line of bash in which `initsweep` is the built command line. */
export function shell(line: string): Ended {
  const script = `initsweep() { "${process.execPath}" "${MAIN}" "$@"; }; ${line}`;
  return spawnSync('bash', ['-c', script], { encoding: 'utf8', cwd: ROOT });
}

/** A folder for the tests of a file. */
export function scratch(): string {
  const path = mkdtempSync(join(tmpdir(), 'initsweep-e2e-'));
  afterAll(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A config file in `folder`: a small sweep, with `changes` to its keys. */
export function writeConfig(folder: string, file: string, changes: Readonly<Record<string, unknown>> = {}): string {
  const config = {
    name: 'small',
    seed: 'e2e',
    fanIn: [1, 16, 64],
    inputs: ['normal', { kind: 'bernoulli', p: 0.5, standardize: false }],
    initializers: ['standard_uniform', 'he_normal'],
    activations: ['logistic', 'relu'],
    beta: [0.5, 1],
    samples: 16384,
    ...changes,
  };
  const path = join(folder, file);
  writeFileSync(path, JSON.stringify(config));
  return path;
}
