import { spawn, spawnSync } from 'node:child_process';
import { createServer } from 'node:net';
import { Redis } from 'ioredis';

/** Whether a queue can be measured here. */
export const hasRedis = () => spawnSync('redis-server', ['--version']).status === 0;

/**
 * Starts a Redis on this machine that keeps its files in `folder`.
 *
 * @param {string} folder
 * @param {{ durable?: boolean }} [options] durable: what it is told is written to the disk
 * @returns {Promise<{ url: string, cpu: () => Promise<number>, taskTime: () => Promise<number>, end: () => void }>} cpu: seconds of
 *   processor time so far; taskTime: seconds that a thread of the workers there had a task, on average
 */
export async function startRedis(folder, { durable = true } = {}) {
  const port = await freePort();
  const server = await startServer('redis-server', port, folder, durable ? DURABLE : []);
  const url = `redis://127.0.0.1:${port}`;
  return { url, cpu: () => cpuOf(url), taskTime: () => taskTimeOf(url), end: () => void server.kill('SIGKILL') };
}

/** What makes a server write all that it is told to its disk. */
export const DURABLE = ['--appendonly', 'yes', '--appendfsync', 'everysec'];

/**
 * Starts a server that speaks Redis's language on this machine alone, and waits until it does.
 *
 * @param {'redis-server' | 'valkey-server'} program
 * @param {number} port
 * @param {string} folder for its files
 * @param {readonly string[]} settings
 */
export async function startServer(program, port, folder, settings) {
  const where = ['--bind', '127.0.0.1', '--port', String(port), '--dir', folder];
  const how = ['--maxmemory-policy', 'noeviction', '--save', ''];
  const server = spawn(program, [...where, ...how, ...settings], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise((_, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)));
  });
  await Promise.race([said(server.stdout, 'Ready to accept connections'), ended]);
  // Its later end is nobody's error.
  ended.catch(() => {});
  return server;
}

/** @param {string} url */
function cpuOf(url) {
  return asked(url, async (redis) => {
    const info = await redis.info('cpu');
    const fact = (/** @type {string} */ name) => Number(new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1]);
    return fact('used_cpu_user') + fact('used_cpu_sys');
  });
}

/** @param {string} url */
function taskTimeOf(url) {
  return asked(url, async (redis) => {
    const reports = (await redis.hvals('initsweep:workers')).map((report) => JSON.parse(report));
    const sum = (/** @type {string} */ fact) => reports.reduce((all, report) => all + report[fact], 0);
    return sum('busy') / sum('done');
  });
}

/**
 * @template T
 * @param {string} url
 * @param {(redis: Redis) => Promise<T>} question
 */
async function asked(url, question) {
  const redis = new Redis(url);
  try {
    return await question(redis);
  } finally {
    redis.disconnect();
  }
}

/**
 * Resolves when a stream has brought a text.
 *
 * @param {NodeJS.ReadableStream} stream
 * @param {string} text
 * @returns {Promise<void>}
 */
export function said(stream, text) {
  let all = '';
  return new Promise((resolve) => {
    stream.on('data', (chunk) => {
      all += chunk;
      if (all.includes(text)) resolve();
    });
  });
}

/** @returns {Promise<number>} */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
