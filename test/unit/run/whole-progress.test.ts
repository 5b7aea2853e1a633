import { join } from 'node:path';
import { expect, it } from 'vitest';
import { StoppedError } from '../../../src/errors.ts';
import { readManifest } from '../../../src/run/manifest.ts';
import type { RunProgress } from '../../../src/run/progress.ts';
import type { RunOptions } from '../../../src/run/run-options.ts';
import { runSweep } from '../../../src/run/run-sweep.ts';
import { INLINE } from '../../support/run-directories.ts';
import { smallSweep } from '../../support/small-sweep.ts';
import { folder } from '../../support/tables.ts';

/** Rounds of 64, 128 … 512 blocks, none of which is precise enough. */
const precision = { statistic: 'z_var', absolute: 1e-4, maxSamples: 512 * 64 };

/** Every progress of a run, and how far it was at each boundary. */
async function watched(options: Partial<RunOptions> & { readonly directory: string }) {
  const [seen, atRounds]: [RunProgress[], number[]] = [[], []];
  const done = runSweep(await smallSweep({ precision }), {
    ...INLINE,
    onProgress: (progress) => seen.push(progress),
    onRound: () => atRounds.push((seen.at(-1) as RunProgress).done / (seen.at(-1) as RunProgress).total),
    ...options,
  });
  return { seen, atRounds, error: await done.then(() => null).catch((error: unknown) => error) };
}

it('a run with a precision goes forward through its rounds, and is done with its tables', async () => {
  const { seen, atRounds } = await watched({ directory: folder() });
  seen.forEach(({ done, total, found }, i) => {
    expect(done).toBeGreaterThanOrEqual(seen[i - 1]?.done ?? 0);
    expect(done).toBeLessThanOrEqual(total * (1 + 1e-9));
    expect(found).toBeLessThan(1e-6);
  });
  // Before the first boundary it is taken to stop at the second one, thereafter at the last.
  expect(atRounds).toHaveLength(4);
  expect(atRounds[0]).toBeCloseTo(0.45, 6);
  expect(atRounds.slice(2)).toEqual([expect.closeTo(0.45, 6), expect.closeTo(0.9, 6)]);
  const last = seen.at(-1) as RunProgress;
  expect(last.done).toBeCloseTo(last.total, 6);
});

it('what an earlier session did is found, what this one did in earlier rounds is not', async () => {
  const directory = folder();
  const stop = new AbortController();
  let rounds = 0;
  const onRound = () => void (++rounds === 2 && stop.abort());
  const first = await watched({ directory, signal: stop.signal, onRound });
  expect(first.error).toBeInstanceOf(StoppedError);
  const { seen } = await watched({ directory });
  const { done, found, total } = seen.at(-1) as RunProgress;
  expect(done).toBeCloseTo(total, 6);
  expect(found / total).toBeGreaterThan(0.05);
  expect(found / total).toBeLessThan(0.45);
});

it('a share without work has a manifest that can be read', async () => {
  const directory = folder();
  const seen: RunProgress[] = [];
  const sweep = await smallSweep({ initializers: ['zeros'] });
  const shard = { index: 0, of: 2 };
  await runSweep(sweep, { ...INLINE, directory, shard, onProgress: (progress) => seen.push(progress) });
  expect(seen).toMatchObject([{ done: 0, found: 0 }]);
  expect(readManifest(join(directory, 'manifest.json'))).toMatchObject({ status: 'finished' });
});
