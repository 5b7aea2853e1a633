import { describe, expect, it } from 'vitest';
import { type StreamIdentity, streamKey } from '../../../src/random/stream.ts';
import { hex, katLines } from '../../support/kat.ts';

const ANSWERS = katLines('streams.txt').map((line) => {
  const brace = line.indexOf('{');
  return { key: line.slice(0, brace).trim(), identity: JSON.parse(line.slice(brace)) as StreamIdentity };
});

describe('stream keys', () => {
  it.each(ANSWERS)('$key', ({ key, identity }) => {
    expect(hex(streamKey(identity))).toBe(key);
  });

  it('differ in every word, whatever part of the identity differs', () => {
    const words = ANSWERS.flatMap(({ key }) => key.split(' '));
    expect(new Set(words).size).toBe(words.length);
  });

  it('do not depend on the order of an identity’s members', () => {
    for (const { key, identity } of ANSWERS) {
      const reversed = Object.fromEntries(Object.entries(identity).reverse()) as unknown as StreamIdentity;
      expect(hex(streamKey(reversed))).toBe(key);
    }
  });
});
