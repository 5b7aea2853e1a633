import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { said } from './redis.mjs';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const MAIN = join(ROOT, 'dist/src/cli/main.js');
const CPU_HOOK = new URL('./cpu-time.mjs', import.meta.url).href;
const PEAK_HOOK = new URL('./peak-memory.mjs', import.meta.url).href;

/**
 * @typedef {object} Finished
 * @property {number} seconds from spawn to exit
 * @property {string} stdout
 * @property {string} stderr
 */

/**
 * Runs a command to its end.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env] added to this process's
 * @returns {Finished}
 */
export function execute(file, args, env = {}) {
  const begin = performance.now();
  const child = spawnSync(file, args, {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    env: { ...process.env, ...env },
  });
  const seconds = (performance.now() - begin) / 1000;
  if (child.error) throw child.error;
  const { status, signal, stdout, stderr } = child;
  if (status !== 0) throw new Error(`${file} ${args.join(' ')}: ${signal ?? `exit code ${status}`}\n${stderr}`);
  return { seconds, stdout, stderr };
}

/**
 * The command line of the built program.
 *
 * @param {readonly string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 */
export function initsweep(args, env) {
  return execute(process.execPath, [MAIN, ...args], env);
}

/**
 * The same; `report` is a file that its processor time is added to, as a line.
 *
 * @param {readonly string[]} args
 * @param {string} report
 */
export function initsweepTimed(args, report) {
  return execute(process.execPath, ['--import', CPU_HOOK, MAIN, ...args], { INITSWEEP_BENCH_CPU: report });
}

/**
 * Starts worker processes of one thread each at a queue. Resolves, when they are ready, with what ends them.
 *
 * @param {number} count
 * @param {string} url
 * @param {string} report a file that their processor times are added to
 * @returns {Promise<() => Promise<void>>}
 */
export async function startWorkers(count, url, report) {
  const args = ['--import', CPU_HOOK, MAIN, 'worker', '--threads', '1', '--queue', url];
  const workers = Array.from({ length: count }, () =>
    spawn(process.execPath, args, {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...process.env, INITSWEEP_BENCH_CPU: report },
    }),
  );
  await Promise.all(workers.map(({ stderr }) => said(stderr, 'worker ready')));
  return async () => {
    const ended = workers.map((worker) => new Promise((resolve) => worker.once('exit', resolve)));
    for (const worker of workers) worker.kill('SIGTERM');
    await Promise.all(ended);
  };
}

/**
 * The same as `initsweep`, with the largest resident set of the process in bytes.
 *
 * @param {readonly string[]} args
 * @param {string} folder
 * @returns {Finished & { peak: number }}
 */
export function initsweepPeak(args, folder) {
  const report = join(folder, 'peak');
  const finished = execute(process.execPath, ['--import', PEAK_HOOK, MAIN, ...args], { INITSWEEP_BENCH_PEAK: report });
  return { ...finished, peak: Number(readFileSync(report, 'utf8')) };
}

/** @param {string} name of a config in configs/ */
export function shipped(name) {
  return join(ROOT, 'configs', `${name}.yaml`);
}

/**
 * Arguments of `run` for a benchmark: no progress, no closing table, whatever the directory holds.
 *
 * @param {string} config
 * @param {string} out
 * @param {{ threads?: number, samples?: number }} [options]
 */
export function runArguments(config, out, { threads, samples } = {}) {
  const args = ['run', config, '--fresh', '--quiet', '--out', out];
  if (threads !== undefined) args.push('--threads', String(threads));
  if (samples !== undefined) args.push('--samples', String(samples));
  return args;
}

/**
 * Arguments as a user would type them: no machine paths.
 *
 * @param {readonly string[]} args
 * @param {string} folder
 */
export function typed(args, folder) {
  const words = args.map((word) => {
    if (word.startsWith(folder)) return relative(folder, word);
    return word.startsWith(ROOT) ? relative(ROOT, word) : word;
  });
  return ['initsweep', ...words].join(' ');
}

/**
 * SHA-256 of both tables of a run directory.
 *
 * @param {string} directory
 */
export function tablesDigest(directory) {
  return ['estimates.arrow', 'tallies.arrow']
    .map((name) =>
      createHash('sha256')
        .update(readFileSync(join(directory, name)))
        .digest('hex'),
    )
    .join(' ');
}
