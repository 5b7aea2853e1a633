import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { Arena } from '../../../src/memory/arena.ts';

const bytes = (length: number, fill: number) => new Uint8Array(length).fill(fill);

describe('the arena', () => {
  it('gives back what was published, by slot, and null before', () => {
    const arena = Arena.allocate(3, 256);
    expect(arena.record(1)).toBeNull();
    expect(arena.publish(1, bytes(13, 7))).toBe(true);
    expect(arena.publish(0, bytes(8, 9))).toBe(true);
    expect(arena.record(1)).toEqual(bytes(13, 7));
    expect(arena.record(0)).toEqual(bytes(8, 9));
    expect(arena.record(2)).toBeNull();
    for (const slot of [0, 1]) expect((arena.record(slot) as Uint8Array).byteOffset % 8).toBe(0);
  });

  it('is the same arena wherever its buffer is attached', () => {
    const arena = Arena.allocate(2, 64);
    Arena.attach(arena.buffer, 2).publish(1, bytes(5, 3));
    expect(arena.record(1)).toEqual(bytes(5, 3));
  });

  it('takes records to the last byte; one that does not fit is not there, and harms no other', () => {
    const arena = Arena.allocate(4, 48);
    expect(arena.publish(0, bytes(24, 1))).toBe(true);
    expect(arena.publish(1, bytes(24, 2))).toBe(true);
    expect(arena.publish(2, bytes(1, 3))).toBe(false);
    expect(arena.record(2)).toBeNull();
    expect(arena.record(0)).toEqual(bytes(24, 1));
    expect(arena.record(1)).toEqual(bytes(24, 2));
    expect(arena.used).toBe(arena.buffer.byteLength);
  });

  it('keeps the first record of a slot, and what was dropped dropped, and takes no room for others', () => {
    const arena = Arena.allocate(3, 16);
    arena.publish(0, bytes(8, 1));
    arena.drop(1);
    const { used } = arena;
    expect(arena.publish(0, bytes(8, 2))).toBe(true);
    expect(arena.publish(1, bytes(8, 3))).toBe(true);
    expect(arena.used).toBe(used);
    expect(arena.record(0)).toEqual(bytes(8, 1));
    expect(arena.record(1)).toBeNull();
    expect(arena.publish(2, bytes(8, 4))).toBe(true);
  });

  it('forgets everything at clear, and has its room again', () => {
    const arena = Arena.allocate(2, 16);
    const empty = arena.used;
    arena.publish(0, bytes(16, 1));
    expect(arena.used).toBe(empty + 16);
    arena.clear();
    expect(arena.used).toBe(empty);
    expect(arena.record(0)).toBeNull();
    expect(arena.publish(1, bytes(16, 5))).toBe(true);
    expect(arena.record(1)).toEqual(bytes(16, 5));
  });

  it('keeps every record whole while four threads publish at once', async () => {
    const slots = 4000;
    const arena = Arena.allocate(slots, slots * 512);
    // What the threads run is the arena that was built, not a copy of it.
    const built = fileURLToPath(new URL('../../../dist/src/memory/arena.js', import.meta.url));
    const source = `
      const { workerData } = require('node:worker_threads');
      const { Arena } = require(workerData.built);
      const arena = Arena.attach(workerData.buffer, ${slots});
      const gate = new Int32Array(workerData.gate);
      Atomics.wait(gate, 0, 0);
      let state = workerData.thread + 1;
      for (let slot = workerData.thread; slot < ${slots}; slot += 4) {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        const record = new Uint8Array(1 + (state >>> 8) % 500).fill(slot % 251);
        if (!arena.publish(slot, record)) throw new Error('full');
      }`;
    const gate = new SharedArrayBuffer(4);
    const threads = [0, 1, 2, 3].map(
      (thread) => new Worker(source, { eval: true, workerData: { built, buffer: arena.buffer, gate, thread } }),
    );
    const ended = threads.map(
      (worker) =>
        new Promise<number>((resolve, reject) => {
          worker.once('error', reject);
          worker.once('exit', resolve);
        }),
    );
    await Promise.all(threads.map((worker) => new Promise((resolve) => worker.once('online', resolve))));
    Atomics.store(new Int32Array(gate), 0, 1);
    Atomics.notify(new Int32Array(gate), 0);
    expect(await Promise.all(ended)).toEqual([0, 0, 0, 0]);
    const spans: [number, number][] = [];
    for (let slot = 0; slot < slots; slot++) {
      const record = arena.record(slot) as Uint8Array;
      expect(record.length).toBeGreaterThan(0);
      expect(record.every((byte) => byte === slot % 251)).toBe(true);
      spans.push([record.byteOffset, record.byteOffset + record.length]);
    }
    spans.sort(([a], [b]) => a - b);
    expect(spans.every(([from], i) => i === 0 || from >= (spans[i - 1] as [number, number])[1])).toBe(true);
  });
});
