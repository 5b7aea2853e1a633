import { describe, expect, it } from 'vitest';
import { Lanes } from '../../src/kernel/reference/lanes.ts';
import { philox4x32 } from '../../src/kernel/reference/philox.ts';
import { hex, katLines, unhex } from '../support/kat.ts';
import { rawKernel } from '../support/kernels.ts';

const raw = rawKernel();

type Philox = (counter: number[], key: number[]) => ArrayLike<number>;
/** The first `steps` outputs of eight generators; word w of lane l of the state is at 8·w + l. */
type Xoshiro = (state: number[], steps: number) => Uint32Array;

const GENERATORS: Readonly<Record<string, { philox: Philox; xoshiro: Xoshiro }>> = {
  reference: { philox: philox4x32, xoshiro: (state, steps) => new Lanes(state).words(steps) },
  wasm: {
    // The second word of a counter is run·8 + lane.
    philox: (counter, key) => {
      const [c0, c1] = counter as [number, number];
      new Uint32Array(raw.memory.buffer, raw.heapBase(), 4).set([...key, ...counter.slice(2)]);
      raw.keyLanes(raw.heapBase(), c0, c1 >>> 3);
      const state = new Uint32Array(raw.memory.buffer, raw.laneState(), 32);
      return [0, 8, 16, 24].map((word) => state[word + (c1 & 7)] as number);
    },
    xoshiro: (state, steps) => {
      new Uint32Array(raw.memory.buffer, raw.laneState(), 32).set(state);
      raw.words(raw.heapBase(), steps);
      return new Uint32Array(raw.memory.buffer, raw.heapBase(), 8 * steps).slice();
    },
  },
};

describe.each(Object.entries(GENERATORS))('generator of the %s kernel', (_, { philox, xoshiro }) => {
  it.each(katLines('philox.txt'))('Philox4x32-10: %s', (line) => {
    const words = unhex(line);
    expect(hex(philox(words.slice(0, 4), words.slice(4, 6)))).toBe(hex(words.slice(6)));
  });

  it.each(katLines('xoshiro128plusplus.txt'))('xoshiro128++: %s', (line) => {
    const numbers = line.trim().split(/\s+/).map(Number);
    const [state, outputs] = [numbers.slice(0, 4), numbers.slice(4)];
    const lanes = xoshiro(
      state.flatMap((word) => Array<number>(8).fill(word)),
      outputs.length,
    );
    for (let lane = 0; lane < 8; lane++) expect([...lanes].filter((_, i) => i % 8 === lane)).toEqual(outputs);
  });

  it('does not mix lanes', () => {
    const state = Array.from({ length: 32 }, (_, i) => i + 1);
    const before = xoshiro(state, 20);
    const after = xoshiro(
      state.map((word, i) => (i % 8 === 3 ? word ^ 1 : word)),
      20,
    );
    const changed = new Set([...before.keys()].filter((i) => before[i] !== after[i]).map((i) => i % 8));
    expect([...changed]).toEqual([3]);
  });
});
