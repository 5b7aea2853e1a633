// `npm run bench:scale`: what coordinator, Redis and network take for each result, with workers that only wait. See docs/scale.md.

import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Redis } from 'ioredis';
import { hasRedis, said, startRedis } from '../redis.mjs';
import { machineLine } from '../report.mjs';
import { figure } from '../row.mjs';
import { measureSlowness } from '../yardstick.mjs';
import { predicted } from './model.mjs';

/**
 * @typedef {object} Setting
 * @property {number} workers processes of one thread each
 * @property {number} pace seconds of waiting for a predicted second of work
 * @property {number} seconds that a task is predicted to take
 * @property {number} waves groups of 64 blocks, some 27 tasks of two seconds each; 0: the workers are idle for a while
 * @property {number} ahead groups submitted at once
 */

/** @type {readonly Setting[]} */
const SETTINGS = [
  { workers: 200, pace: 1, seconds: 2, waves: 0, ahead: 0 },
  { workers: 50, pace: 1, seconds: 2, waves: 20, ahead: 6 },
  { workers: 100, pace: 1, seconds: 2, waves: 40, ahead: 12 },
  { workers: 200, pace: 1, seconds: 2, waves: 60, ahead: 24 },
  { workers: 200, pace: 0, seconds: 2, waves: 60, ahead: 24 },
  { workers: 200, pace: 0, seconds: 0.1, waves: 10, ahead: 4 },
];
const QUICK = [{ workers: 20, pace: 0, seconds: 2, waves: 4, ahead: 2 }];

/** Processes that the workers are spread over. */
const PROCESSES = 2;
/** @type {Set<import('node:child_process').ChildProcess>} */
const children = new Set();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Milliseconds that idle workers are looked at. */
const IDLE = 10_000;

const { values: flags } = parseArgs({ options: { quick: { type: 'boolean', default: false } } });
if (!hasRedis()) {
  console.error('no redis-server');
  process.exit(2);
}
/**
 * What was counted for one setting. Processor times are in seconds.
 *
 * @typedef {object} Counted
 * @property {number} seconds from the start of the coordinator to its end
 * @property {Load} server what Redis has done meanwhile
 * @property {number} crew processor time of all workers
 * @property {Coordinator | null} coordinator
 */

/**
 * @typedef {object} Load
 * @property {number} cpu
 * @property {number} commands
 * @property {number} received bytes
 * @property {number} sent bytes
 * @property {number} peak bytes of memory
 */

/** @typedef {{ tasks: number, tallies: number, bytes: number, cpu: number, memory: number }} Coordinator */

const HEAD = [
  ...[
    'workers',
    'pace',
    's/task',
    'tasks',
    'tallies',
    'tasks/s',
    'MB/task',
    'coordinator ms/task',
    'coordinator model',
    'Redis ms/task',
    'Redis model',
    'commands/task',
  ],
  ...[
    'MB in/task',
    'MB out/task',
    'worker ms/task',
    'worker model',
    'coordinator cores',
    'Redis cores',
    'Redis MB',
    'coordinator MB',
  ],
];

console.log(
  `${machineLine(null, (await measureSlowness()).start)}\n$ npm run bench:scale${flags.quick ? ' -- --quick' : ''}\n`,
);
console.log(`| ${HEAD.join(' | ')} |\n|${'---|'.repeat(HEAD.length)}`);
for (const setting of flags.quick ? QUICK : SETTINGS)
  console.log(`| ${row(setting, await count(setting)).join(' | ')} |`);

/**
 * @param {Setting} setting
 * @returns {Promise<Counted>}
 */
async function count({ workers, pace, waves, ...rest }) {
  const folder = mkdtempSync(join(tmpdir(), 'initsweep-scale-'));
  const server = await startRedis(folder, { durable: false });
  const redis = new Redis(server.url);
  try {
    const share = { url: server.url, workers: workers / PROCESSES, pace };
    const crews = Array.from({ length: PROCESSES }, () => start('workers', share));
    await Promise.all(crews.map(({ child }) => said(child.stdout, 'ready')));
    const before = await load(redis);
    const began = performance.now();
    let coordinator = null;
    if (waves === 0) await new Promise((resolve) => setTimeout(resolve, IDLE));
    else coordinator = JSON.parse(await start('coordinator', { url: server.url, waves, ...rest }).ended);
    const seconds = (performance.now() - began) / 1000;
    const after = await load(redis);
    for (const { child } of crews) child.kill('SIGTERM');
    const times = await Promise.all(crews.map(async ({ ended }) => JSON.parse((await ended).replace('ready', '')).cpu));
    const { cpu, commands, received, sent } = before;
    return {
      seconds,
      server: {
        cpu: after.cpu - cpu,
        commands: after.commands - commands,
        received: after.received - received,
        sent: after.sent - sent,
        peak: after.peak,
      },
      crew: times.reduce((sum, time) => sum + time, 0),
      coordinator,
    };
  } finally {
    redis.disconnect();
    server.end();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * @param {Setting} setting
 * @param {Counted} counted
 */
function row({ workers, pace, seconds: task }, { seconds, server, crew, coordinator }) {
  const { tasks, tallies, bytes, cpu, memory } = coordinator ?? { tasks: 0, tallies: 0, bytes: 0, cpu: 0, memory: 0 };
  const each = (/** @type {number} */ amount) => (tasks === 0 ? '–' : figure(amount / tasks));
  const model = predicted({ workers, rate: tasks / seconds, megabytes: bytes / 1e6 / tasks });
  const by = (/** @type {keyof typeof model} */ who) => (tasks === 0 ? '–' : figure(model[who]));
  return [
    ...[
      workers,
      pace,
      task,
      tasks,
      tallies,
      figure(tasks / seconds),
      each(bytes / 1e6),
      each(1e3 * cpu),
      by('coordinator'),
      each(1e3 * server.cpu),
      by('redis'),
    ],
    ...[each(server.commands), each(server.received / 1e6), each(server.sent / 1e6), each(1e3 * crew), by('worker')],
    ...[cpu / seconds, server.cpu / seconds, server.peak / 1e6, memory / 1e6].map((value) => figure(value)),
  ];
}

/**
 * Starts one of the scripts beside this one.
 *
 * @param {string} name
 * @param {object} options
 */
function start(name, options) {
  const file = fileURLToPath(new URL(`${name}.mjs`, import.meta.url));
  const child = spawn(process.execPath, [file, JSON.stringify(options)], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  child.once('close', () => children.delete(child));
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  const ended = new Promise((resolve, reject) => {
    child.once('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`${name}: exit code ${code}`))));
  });
  return { child, /** @type {Promise<string>} */ ended };
}

/**
 * @param {Redis} redis
 * @returns {Promise<Load>}
 */
async function load(redis) {
  const info = await redis.info();
  const fact = (/** @type {string} */ name) => Number(new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]);
  return {
    cpu: fact('used_cpu_user') + fact('used_cpu_sys'),
    commands: fact('total_commands_processed'),
    received: fact('total_net_input_bytes'),
    sent: fact('total_net_output_bytes'),
    peak: fact('used_memory_peak'),
  };
}
