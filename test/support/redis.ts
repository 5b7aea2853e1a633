import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { DURABLE, freePort, startServer } from '../../bench/redis.mjs';
import { ROOT } from './cli.ts';
import { has } from './programs.ts';

/** Whether queues can be tested here. */
export const HAS_REDIS = has('Redis');

/** The servers that a queue may be on. */
export const STORES = [
  { name: 'Redis', program: 'redis-server' },
  { name: 'Valkey', program: 'valkey-server' },
] as const;

type Store = (typeof STORES)[number]['program'];

/** The user whom the documentation has a queue be used by, and the password that every server here knows of it. */
const USER = 'initsweep';
export const PASSWORD = 'correct-horse-battery';

/** The rules for that user, word by word. */
function documentedRules(): string[] {
  const rules = new RegExp(`^ACL SETUSER ${USER} (.*)$`, 'm');
  const text = rules.exec(readFileSync(join(ROOT, 'docs/clusters.md'), 'utf8'))?.[1] ?? '';
  return text.replace('>PASSWORD', `>${PASSWORD}`).split(' ');
}

/** A Redis of its own, on this machine, with all that it writes in a folder that goes away. */
export class TestRedis {
  readonly port: number;
  readonly directory = mkdtempSync(join(tmpdir(), 'initsweep-redis-'));
  readonly #program: Store;
  readonly #settings: readonly string[];
  #process: ChildProcess | undefined;
  #client: Redis | undefined;
  #credentials = '';

  private constructor(program: Store, port: number, settings: readonly string[]) {
    this.#program = program;
    this.port = port;
    this.#settings = settings;
  }

  static start(...settings: string[]): Promise<TestRedis> {
    return TestRedis.startStore('redis-server', ...settings);
  }

  static async startStore(program: Store, ...settings: string[]): Promise<TestRedis> {
    const redis = new TestRedis(program, await freePort(), settings);
    await redis.begin();
    return redis;
  }

  get url(): string {
    return `redis://${this.#credentials}127.0.0.1:${this.port}`;
  }

  /** From now on the address is that of the documented user. */
  guard(): this {
    this.#credentials = `${USER}:${PASSWORD}@`;
    return this;
  }

  /** What a user was not allowed to do, if the server is there. */
  async refused(): Promise<unknown> {
    return this.#isRunning ? this.client.call('ACL', 'LOG') : [];
  }

  /** For looking at what is in it, as one who may do everything. */
  get client(): Redis {
    this.#client ??= new Redis(this.port, '127.0.0.1', { maxRetriesPerRequest: null }).on('error', () => {});
    return this.#client;
  }

  /** Starts the server, again after an `end`. */
  async begin(): Promise<void> {
    const user = ['--user', USER, ...documentedRules()];
    this.#process = await startServer(this.#program, this.port, this.directory, [
      ...DURABLE,
      ...user,
      ...this.#settings,
    ]);
  }

  /** Ends the server with a signal, and waits until it has. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const server = this.#process;
    if (server === undefined || !this.#isRunning) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  }

  get #isRunning(): boolean {
    return this.#process?.exitCode === null && this.#process.signalCode === null;
  }

  async dispose(): Promise<void> {
    this.#client?.disconnect();
    await this.end('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }
}
