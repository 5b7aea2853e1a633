import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { StoppedError, UsageError } from '../../../src/errors.ts';
import { extendRun } from '../../../src/run/extend-run.ts';
import { RunLock } from '../../../src/run/lock.ts';
import { openFinishedRun } from '../../../src/run/run-directory.ts';
import { copyRun, finishedRun, INLINE, tableDigests } from '../../support/run-directories.ts';
import { smallSweep } from '../../support/small-sweep.ts';
import { folder } from '../../support/tables.ts';

afterEach(() => vi.restoreAllMocks());

it('never takes back what another process has added before this one had the lock', async () => {
  const [path, further] = [join(folder(), 'run'), join(folder(), 'further')];
  await finishedRun(path, await smallSweep());
  await extendRun(copyRun(path, further), 12_288, INLINE);
  const expected = tableDigests(further);
  const { take } = RunLock;
  vi.spyOn(RunLock, 'take').mockImplementation((directory) => {
    cpSync(further, directory, { recursive: true });
    return take(directory);
  });
  await expect(extendRun(path, 8192, INLINE)).rejects.toThrow(UsageError);
  await expect(extendRun(path, 8192, INLINE)).rejects.toThrow('allowed: 12288 (what the run has)');
  expect(tableDigests(path)).toEqual(expected);
  expect((await extendRun(path, 12_288, INLINE)).alreadyFinished).toBe(true);
});

it('is what finishes an extension that was stopped, as is said', async () => {
  const path = join(folder(), 'run');
  await finishedRun(path, await smallSweep());
  const stop = new AbortController();
  const stopped = extendRun(path, 12_288, { ...INLINE, signal: stop.signal, onProgress: () => stop.abort() });
  await expect(stopped).rejects.toThrow(StoppedError);
  expect(() => openFinishedRun(path)).toThrow(
    `a run that is stopped; allowed: a finished run; finish it with \`initsweep extend ${path} --samples 12288\``,
  );
  expect((await extendRun(path, 12_288, INLINE)).manifest.status).toBe('finished');
});
