import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { readRun } from '../../src/api/read-run.ts';
import { claimOfRun } from '../../src/cli/claim-of-run.ts';
import { statusLines } from '../../src/cli/status-text.ts';
import { deriveRun } from '../../src/run/derive-run.ts';
import { extendRun } from '../../src/run/extend-run.ts';
import { mergeRuns } from '../../src/run/merge-runs.ts';
import { openReplayable, replayBlock, replayChoices } from '../../src/run/replay.ts';
import { openRunWithTables } from '../../src/run/run-directory.ts';
import { runSweep } from '../../src/run/run-sweep.ts';
import { statusOf } from '../../src/run/status.ts';
import { verifyDirectory } from '../../src/run/verify-run.ts';
import { planSweep } from '../../src/sweep/plan.ts';
import { cases, damage, damaged, expectReadable, nearJson, outcomeOf, peakMemory, Tally } from '../support/hostile.ts';
import { copyRun, finishedRun, INLINE, stoppedRun, tableDigests } from '../support/run-directories.ts';
import { smallSweep } from '../support/small-sweep.ts';
import { lastingFolder } from '../support/tables.ts';

const path = lastingFolder();
const sweep = await smallSweep({
  fanIn: [1, 4],
  inputs: 'normal',
  initializers: ['he_normal', 'zeros'],
  samples: 2048,
  blocks: 32,
  claim: { id: 'C', says: 'variances are near the rule’s', because: 'they are' },
  expect: [{ statistic: 'z_var', where: 'initializer = he_normal', relation: 'equals', value: 2, within: 1 }],
});
const [finished, stopped, out] = ['finished', 'stopped', 'out'].map((name) => join(path, name)) as [
  string,
  string,
  string,
];
await finishedRun(finished, sweep);
await stoppedRun(stopped, finished, sweep);

const FILL = { ...INLINE, directory: out };
const EXTENDED = 64 * 40;

/** What each verb makes of a run directory: something to compare, the digests of the tables that it filled among it. */
const VERBS: Readonly<Record<string, (directory: string) => unknown>> = {
  read: (directory) => {
    const { estimates } = readRun(directory);
    return estimates.columns.map((name) => estimates.numbers(name));
  },
  verify: (directory) => verifyDirectory(directory),
  claim: (directory) => claimOfRun(openRunWithTables(directory), { total: 0, contradictions: 0, missing: [] }),
  replay: (directory) => {
    const { run, estimates } = openReplayable(directory);
    const choices = replayChoices(run.plan, estimates, () => true);
    return choices.map((choice) => replayBlock(run, { ...choice, block: 3 }));
  },
  derive: async (directory) => {
    await deriveRun(directory, { beta: [2] }, { ...FILL, fresh: true });
    return tableDigests(out);
  },
  merge: async (directory) => {
    await mergeRuns([directory], { ...FILL, fresh: true });
    return tableDigests(out);
  },
  extend: async (directory) => {
    await extendRun(directory, EXTENDED, INLINE);
    return tableDigests(directory);
  },
  run: async (directory) => {
    await runSweep(sweep, { ...INLINE, directory });
    return tableDigests(directory);
  },
};

const right = new Map<string, unknown>();
for (const [verb, work] of Object.entries(VERBS)) right.set(verb, await work(copyRun(finished, join(path, 'right'))));

afterAll(() => {
  expect(peakMemory()).toBeLessThan(1500);
  expect(Object.keys(Object.prototype)).toEqual([]);
});

/** Every verb either refuses the directory, or does with it what it does with a whole one. */
async function expectRight(verb: string, directory: string, seen: Tally): Promise<void> {
  const outcome = await outcomeOf(() => (VERBS[verb] as (directory: string) => unknown)(directory));
  seen.count(outcome);
  if (outcome.refusal === null) expect(outcome.value, verb).toEqual(right.get(verb));
}

const verbs = fc.constantFrom('read', 'verify', 'replay', 'derive', 'merge', 'extend', 'run');

for (const [file, seed] of [
  ['sweep.json', 30],
  ['manifest.json', 31],
] as const) {
  const content = (directory: string) => JSON.parse(readFileSync(join(directory, file), 'utf8'));
  test.each([
    ['finished', finished],
    ['stopped', stopped],
  ])(`a ${file} that somebody wrote, of a run that is %s`, async (_, base) => {
    const seen = new Tally();
    const directory = join(path, 'case');
    await fc.assert(
      fc.asyncProperty(nearJson(content(base)), verbs, async (text, verb) => {
        copyRun(base, directory);
        writeFileSync(join(directory, file), text);
        const status = await outcomeOf(() => statusOf(directory, { check: true }));
        if (status.refusal === null) expectReadable(statusLines(status.value).join('\n'));
        await expectRight(verb, directory, seen);
      }),
      cases(seed, 200),
    );
    expect(Math.min(seen.refused, seen.accepted)).toBeGreaterThan(5);
  });
}

test.each([
  ['tallies.arrow', 32],
  ['estimates.arrow', 33],
])('a damaged %s: found by status, made nothing of, and mended by what simulates anew', async (file, seed) => {
  const seen = new Tally();
  const directory = join(path, 'case');
  const whole = readFileSync(join(finished, file));
  await fc.assert(
    fc.asyncProperty(damage, verbs, async (harm, verb) => {
      copyRun(finished, directory);
      const bytes = damaged(whole, harm);
      writeFileSync(join(directory, file), bytes);
      fc.pre(!bytes.equals(whole));
      const { tables } = await statusOf(directory, { check: true });
      expect(tables.find((table) => table.file === file)?.state).toBe('changed');
      // A table of the right size is taken as finished; `status --check` looks closer.
      if (verb === 'run' && bytes.length === whole.length) return;
      if (verb === 'read' || verb === 'verify' || verb === 'replay')
        seen.count(await outcomeOf(() => (VERBS[verb] as (directory: string) => unknown)(directory)));
      else await expectRight(verb, directory, seen);
    }),
    cases(seed, 100),
  );
  expect(Math.min(seen.refused, seen.accepted)).toBeGreaterThan(5);
});

test('nothing is made of tallies of which a bit has turned', async () => {
  const directory = join(path, 'case');
  const whole = readFileSync(join(finished, 'tallies.arrow'));
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length - 1), fc.nat(7), fc.constantFrom('derive', 'merge'), async (at, bit, verb) => {
      copyRun(finished, directory);
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] as number) ^ (1 << bit);
      writeFileSync(join(directory, 'tallies.arrow'), bytes);
      const outcome = await outcomeOf(() => (VERBS[verb] as (directory: string) => unknown)(directory));
      expect(outcome.refusal?.message).toContain('received a table with SHA-256');
    }),
    cases(35, 60),
  );
});

test('a sweep.json whose digests somebody worked out anew', async () => {
  const seen = new Tally();
  const directory = join(path, 'case');
  const content = JSON.parse(readFileSync(join(finished, 'sweep.json'), 'utf8'));
  await fc.assert(
    fc.asyncProperty(nearJson(content.spec), verbs, async (text, verb) => {
      copyRun(finished, directory);
      let forged = {};
      try {
        const spec = JSON.parse(text);
        const { hash, draws } = planSweep(spec);
        forged = { spec, plan: hash, draws };
        const manifest = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'));
        writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ ...manifest, plan: hash }));
      } catch {
        fc.pre(false);
      }
      writeFileSync(join(directory, 'sweep.json'), JSON.stringify({ ...content, ...forged }));
      seen.count(await outcomeOf(() => (VERBS[verb] as (directory: string) => unknown)(directory)));
    }),
    cases(34, 150),
  );
  // Few of them make a sweep, whose own tables these are not.
  expect(seen.refused).toBeGreaterThan(20);
});
