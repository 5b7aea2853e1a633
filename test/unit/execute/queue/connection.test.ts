import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { queueAddress } from '../../../../src/execute/queue/address.ts';
import { connect } from '../../../../src/execute/queue/connection.ts';

/** A server that says of itself what it is told to, and to all else OK. Returns its address. */
async function serverSaying(info: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      for (const [, command = ''] of bytes.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g))
        socket.write(/^info$/i.test(command) ? `$${info.length}\r\n${info}\r\n` : '+OK\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return typeof address === 'object' && address !== null ? `redis://127.0.0.1:${address.port}` : '';
}

describe('a queue', () => {
  it.each(['5.0.14', '6.2.14'])('is on no Redis %s', async (version) => {
    const url = await serverSaying(`# Server\r\nredis_version:${version}\r\nmaxmemory_policy:noeviction\r\n`);
    await expect(connect(queueAddress(url))).rejects.toThrow(
      `${url}: received Redis ${version}; allowed: Redis 7 or later, or Valkey`,
    );
  });

  it.each(['7.0.15', '10.1.0'])('may be on Redis %s', async (version) => {
    const url = await serverSaying(`# Server\r\nredis_version:${version}\r\nmaxmemory_policy:noeviction\r\n`);
    const redis = await connect(queueAddress(url));
    expect(redis.status).toBe('ready');
    redis.disconnect();
  });
});
