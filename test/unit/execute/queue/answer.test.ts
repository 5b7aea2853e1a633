import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Answer, decodeAnswer, encodeFailure, encodeTallies } from '../../../../src/execute/queue/answer.ts';
import { plain, probeEntries } from '../../../support/journal.ts';

const ENTRIES = probeEntries(0, 5);
const FAILURE = {
  name: 'RunError',
  message: 'no room',
  parts: [{ where: 'block 3' }],
  stack: 'at /home/someone/file.ts',
};

const entriesOf = (answer: Answer | null) => (answer?.kind === 'tallies' ? answer.entries : []);

it('brings tallies back as they were', () => {
  expect(plain(entriesOf(decodeAnswer(encodeTallies(ENTRIES))))).toEqual(plain(ENTRIES));
});

it('brings failures back, without the paths in their stack', () => {
  const bytes = encodeFailure(FAILURE);
  expect(decodeAnswer(bytes)).toEqual({ kind: 'failure', failure: { ...FAILURE, stack: undefined } });
  expect(bytes.toString()).not.toContain('someone');
});

it.each([
  ['tallies', encodeTallies(ENTRIES)],
  ['a failure', encodeFailure(FAILURE)],
])('sees every changed bit of %s', (_, bytes) => {
  const bit = fc.integer({ min: 0, max: 8 * bytes.length - 1 });
  fc.assert(
    fc.property(bit, (at) => {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt8(damaged.readUInt8(at >> 3) ^ (1 << (at & 7)), at >> 3);
      expect(decodeAnswer(damaged)).toBeNull();
    }),
    { seed: 4, numRuns: 300 },
  );
});

it('takes no tally that was cut off for a whole one', () => {
  const bytes = encodeTallies(ENTRIES);
  for (let length = 0; length < bytes.length; length++) {
    const answer = decodeAnswer(bytes.subarray(0, length));
    // Between two entries the cut cannot be seen here: whoever knows the task misses the others.
    expect(entriesOf(answer).length).toBeLessThan(ENTRIES.length);
  }
});
