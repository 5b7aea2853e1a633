import { createRequire } from 'node:module';
import { UsageError } from '../../errors.ts';

export interface Libraries {
  readonly Queue: typeof import('bullmq').Queue;
  readonly Worker: typeof import('bullmq').Worker;
  readonly UnrecoverableError: typeof import('bullmq').UnrecoverableError;
  readonly WaitingError: typeof import('bullmq').WaitingError;
  readonly Redis: typeof import('ioredis').Redis;
}

/** The optional packages, loaded when a queue is asked for. @throws UsageError saying what to install */
export async function loadLibraries(): Promise<Libraries> {
  try {
    const [{ Queue, Worker, UnrecoverableError, WaitingError }, { Redis }] = await Promise.all([
      import('bullmq'),
      import('ioredis'),
    ]);
    return { Queue, Worker, UnrecoverableError, WaitingError, Redis };
  } catch (error) {
    throw new UsageError(
      { where: '--queue', received: 'an installation without the packages for it', remedy: `npm install ${wanted()}` },
      { cause: error },
    );
  }
}

function wanted(): string {
  const require = createRequire(import.meta.url);
  const { peerDependencies } = require('initsweep/package.json') as { peerDependencies: Record<string, string> };
  return Object.entries(peerDependencies)
    .map(([name, version]) => `${name}@${version}`)
    .join(' ');
}
