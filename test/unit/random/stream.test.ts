import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../../../src/random/canonical.ts';
import { blockStream, streamKey } from '../../../src/random/stream.ts';
import { hex } from '../../support/kat.ts';

describe('stream keys', () => {
  it('are 20,000 different ones for seeds that seedrandom alone would confuse', () => {
    // Raw, `a`, `aa` and `aaa` make one key, and so do 中 and -; long keys fold onto each other.
    const seeds = ['a', 'aa', 'aaa', '中', '-', '', '0', '00', 'a'.repeat(300), `${'a'.repeat(299)}b`];
    const keys = new Set<string>();
    for (const seed of seeds)
      for (const role of ['weights', 'inputs'] as const)
        for (const id of ['uniform', { kind: 'normal', params: {} }])
          for (const band of [1, 2, 4, 8, 64])
            for (let block = 0; block < 100; block++)
              keys.add(hex(streamKey({ kernel: '1', seed, role, id, band, block })));
    expect(keys.size).toBe(20_000);
  });

  it('differ in each word as 128 random bits do', () => {
    // 4,096 words of 32 bits: the chance of a collision in one of the four columns is under 0.8%, and the seed is fixed.
    const keys = Array.from({ length: 4096 }, (_, block) =>
      streamKey({ kernel: '1', seed: 'words', role: 'weights', id: 'normal', band: 64, block }),
    );
    for (let word = 0; word < 4; word++) {
      expect(new Set(keys.map((key) => key[word])).size).toBe(4096);
      // Each bit is set in half of the keys: 2048 ± 5.5·32, false alarm 128·4e-8.
      for (let bit = 0; bit < 32; bit++) {
        const set = keys.filter((key) => (((key[word] as number) >>> bit) & 1) === 1).length;
        expect(Math.abs(set - 2048)).toBeLessThan(176);
      }
    }
  });

  it('are the same when the block comes last', () => {
    const identity = {
      kernel: '1',
      seed: 'quote " and \\',
      role: 'inputs',
      id: { b: [1, { z: 1, a: 2 }], a: null },
      band: 8,
    } as const;
    const stream = blockStream(identity);
    for (const block of [0, 7, 4095]) expect(hex(stream(block))).toBe(hex(streamKey({ ...identity, block })));
  });

  it('follow parameters, not the order in which they were written', () => {
    const key = (params: Record<string, number>) =>
      hex(streamKey({ kernel: '1', seed: 's', role: 'inputs', id: { kind: 'x', params }, band: 1, block: 0 }));
    expect(key({ low: 0, high: 1 })).toBe(key({ high: 1, low: 0 }));
    expect(key({ low: 0, high: 1 })).not.toBe(key({ low: 1, high: 0 }));
  });
});

describe('canonical JSON', () => {
  it('sorts the keys of objects at every depth and leaves lists in order', () => {
    expect(canonicalJson({ b: [{ d: 1, c: 2 }, 3], a: null })).toBe('{"a":null,"b":[{"c":2,"d":1},3]}');
    expect(canonicalJson([2, 1])).toBe('[2,1]');
    expect(canonicalJson({ é: 1, z: 2, Z: 3 })).toBe('{"Z":3,"z":2,"é":1}');
  });
});
