import { describe, expect, it } from 'vitest';
import { Heartbeat, Watch } from '../../../src/execute/heartbeat.ts';

describe('Heartbeat', () => {
  it('tells the other side of steps and of how long they may take', () => {
    const here = new Heartbeat();
    const there = new Heartbeat(here.buffer);
    expect([here.beats, here.patience]).toEqual([0, 0]);
    there.expect(2e9);
    there.beat();
    there.beat();
    expect([here.beats, here.patience]).toEqual([2, 60_000]);
    here.clear();
    expect([there.beats, there.patience]).toEqual([0, 0]);
  });

  it('has patience for a step of any length, and none below zero', () => {
    const heartbeat = new Heartbeat();
    for (const nanoseconds of [1e300, Number.POSITIVE_INFINITY]) {
      heartbeat.expect(nanoseconds);
      expect(heartbeat.patience).toBe(2 ** 31 - 1);
    }
  });
});

describe('Watch', () => {
  it('counts the ticks without a beat, but for the one that saw the last', () => {
    const watch = new Watch();
    expect([0, 0, 0, 1, 1, 2, 2, 2].map((beats) => watch.tick(beats, 5))).toEqual([0, 5, 10, 0, 5, 0, 5, 10]);
  });

  it('begins anew with each task, whatever its beats', () => {
    const watch = new Watch();
    expect([3, 3].map((beats) => watch.tick(beats, 5))).toEqual([0, 5]);
    watch.begin();
    expect([3, 3].map((beats) => watch.tick(beats, 5))).toEqual([0, 5]);
  });
});
