import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { DURABLE, freePort, startServer } from '../../bench/redis.mjs';
import { has } from './programs.ts';

/** Whether queues can be tested here. */
export const HAS_REDIS = has('Redis');

/** The servers that a queue may be on. */
export const STORES = [
  { name: 'Redis', program: 'redis-server' },
  { name: 'Valkey', program: 'valkey-server' },
] as const;

type Store = (typeof STORES)[number]['program'];

/** A Redis of its own, on this machine, with all that it writes in a folder that goes away. */
export class TestRedis {
  readonly port: number;
  readonly directory = mkdtempSync(join(tmpdir(), 'initsweep-redis-'));
  readonly #program: Store;
  readonly #settings: readonly string[];
  #process: ChildProcess | undefined;
  #client: Redis | undefined;

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
    return `redis://127.0.0.1:${this.port}`;
  }

  /** For looking at what is in it. */
  get client(): Redis {
    this.#client ??= new Redis(this.url, { maxRetriesPerRequest: null }).on('error', () => {});
    return this.#client;
  }

  /** Starts the server, again after an `end`. */
  async begin(): Promise<void> {
    this.#process = await startServer(this.#program, this.port, this.directory, [...DURABLE, ...this.#settings]);
  }

  /** Ends the server with a signal, and waits until it has. */
  async end(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const server = this.#process;
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  }

  async dispose(): Promise<void> {
    this.#client?.disconnect();
    await this.end('SIGKILL');
    rmSync(this.directory, { recursive: true, force: true });
  }
}
