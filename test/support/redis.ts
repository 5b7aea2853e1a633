import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';

/** Whether queues can be tested here. Where everything is to be tested they must be. */
export const HAS_REDIS = spawnSync('redis-server', ['--version']).status === 0;

if (!HAS_REDIS && process.env['CI'] === 'true')
  throw new Error('redis-server is missing: apt-get install redis-server');

/** A Redis of its own, on this machine, with all that it writes in a folder that goes away. */
export class TestRedis {
  readonly port: number;
  readonly directory: string;
  readonly #settings: readonly string[];
  #process: ReturnType<typeof spawn> | undefined;
  #client: Redis | undefined;

  private constructor(port: number, settings: readonly string[]) {
    this.port = port;
    this.directory = mkdtempSync(join(tmpdir(), 'initsweep-redis-'));
    this.#settings = settings;
  }

  static async start(...settings: string[]): Promise<TestRedis> {
    const redis = new TestRedis(await freePort(), settings);
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
    const where = ['--bind', '127.0.0.1', '--port', String(this.port), '--dir', this.directory];
    const how = ['--appendonly', 'yes', '--appendfsync', 'everysec', '--maxmemory-policy', 'noeviction', '--save', ''];
    const server = spawn('redis-server', [...where, ...how, ...this.#settings], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#process = server;
    await new Promise<void>((ready, failed) => {
      server.once('exit', (code) => failed(new Error(`redis-server ended with ${code}`)));
      server.stdout.on('data', (text) => {
        if (String(text).includes('Ready to accept connections')) ready();
      });
    });
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

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
