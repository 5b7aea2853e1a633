import { afterEach, expect, it } from 'vitest';
import type { Task } from '../../../src/execute/task.ts';
import { WorkerThread } from '../../../src/execute/worker-thread.ts';
import { compileKernel } from '../../../src/kernel/wasm.ts';
import { smallSweep } from '../../support/small-sweep.ts';

const worker = new URL('../../support/faulty-worker.mjs', import.meta.url);
const { spec, datasets } = await smallSweep();
const kernel = compileKernel();

let created = 0;
const count = (): void => void created++;
afterEach(() => process.off('worker', count));

function start(): WorkerThread {
  created = 0;
  process.on('worker', count);
  return new WorkerThread({ spec, datasets, kernel }, { worker });
}

it('is one thread, and no other comes in its place', async () => {
  const thread = start();
  const hanging = thread.run({ fault: 'loop' } as unknown as Task);
  await Promise.all([expect(hanging).rejects.toThrow(), thread.end('enough'), thread.end('too late')]);
  expect(await thread.ended).toBe('enough');
  thread.heartbeat.beat();
  await expect(thread.run({ fault: 'loop' } as unknown as Task)).rejects.toThrow('its thread has ended');
  expect(thread.heartbeat.beats).toBe(0);
  expect(created).toBe(1);
});

it('ends when its worker answers with what is no result', async () => {
  const thread = start();
  // A function cannot be posted.
  await expect(thread.run({ kind: () => {} } as unknown as Task)).rejects.toThrow('could not be cloned');
  expect(await thread.ended).toMatch(/^a worker thread that answers DataCloneError: /);
  expect(created).toBe(1);
});

it('imports its module: to end a thread that requires one aborts the process', async () => {
  const thread = new WorkerThread(
    { spec, datasets, kernel },
    { worker: new URL('../../support/loaded-worker.mjs', import.meta.url) },
  );
  await expect(thread.run({} as Task)).rejects.toThrow();
  expect(await thread.ended).toBe('a worker thread that answers Error: imported');
});
