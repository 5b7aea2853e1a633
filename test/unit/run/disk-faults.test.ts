import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { LoadedSweep } from '../../../src/config/load.ts';
import { InitsweepError, RunError, TaskError } from '../../../src/errors.ts';
import type { OpenExecutor } from '../../../src/execute/executor.ts';
import { InlineExecutor } from '../../../src/execute/inline.ts';
import type { Task } from '../../../src/execute/task.ts';
import { WasmKernel } from '../../../src/kernel/wasm.ts';
import { extendRun } from '../../../src/run/extend-run.ts';
import { manifestIn } from '../../../src/run/manifest.ts';
import { mergeRuns } from '../../../src/run/merge-runs.ts';
import { runSweep } from '../../../src/run/run-sweep.ts';
import { type Fault, makeDiskFaulty, onFaultyDisk } from '../../support/faulty-disk.ts';
import { memoryFolder } from '../../support/memory-folder.ts';
import { smallSweep } from '../../support/small-sweep.ts';
import { sha256 } from '../../support/tables.ts';

makeDiskFaulty();

const data = memoryFolder();
const kernel = new WasmKernel();
const FILES = ['estimates.arrow', 'manifest.json', 'sweep.json', 'tallies.arrow'];
const TABLES = ['estimates.arrow', 'tallies.arrow'];

/** Runs in the test's own thread; `check` may throw in place of a task. */
function executor(check: (task: Task, number: number) => void = () => {}): OpenExecutor {
  return async (plan) => {
    const inline = new InlineExecutor(plan, () => kernel);
    let tasks = 0;
    let last: Promise<unknown> = Promise.resolve();
    return {
      parallelism: 1,
      close: () => inline.close(),
      submit: (task) => {
        const done = last.then(() => {
          check(task, tasks++);
          return inline.submit(task);
        });
        last = done.catch(() => {});
        return done;
      },
    };
  };
}

/** Blocks of the tasks that were done since it was cleared. */
const simulated = new Set<number>();
const options = {
  threads: 1,
  journalInterval: 0,
  open: executor((task) => {
    if (task.kind !== 'simulate') return;
    for (let block = task.firstBlock; block < task.lastBlock; block++) simulated.add(block);
  }),
};
let sweep: LoadedSweep;
let precise: LoadedSweep;
const run = (directory: string) => runSweep(sweep, { ...options, directory });
const toPrecision = (directory: string) => runSweep(precise, { ...options, directory });
const extend = (directory: string, samples = MORE) => extendRun(directory, samples, options);

const SAMPLES = 2048;
const MORE = 2560;

/** What is done to a run directory, which the same thing done again must bring to the same end. */
interface Scenario {
  readonly name: string;
  /** What the directory holds beforehand: a copy of this one. */
  readonly from: string | null;
  readonly work: (directory: string) => Promise<unknown>;
  readonly again?: (directory: string) => Promise<unknown>;
  /** A directory with the tables that must come of it. */
  readonly result: string;
  /** Blocks that the directory has beforehand: nothing that fails may lose them. */
  readonly has?: (block: number) => boolean;
  /** Some of the calls that must have failed once. */
  readonly calls: readonly string[];
}

const TABLE_CALLS = TABLES.flatMap((file) => [
  ...['openSync', 'writeSync', 'fsyncSync', 'closeSync', 'renameSync'].map((call) => `${call} ${file} (temporary)`),
]);
const FILE_CALLS = ['sweep.json', 'manifest.json'].flatMap((file) => [
  ...['openSync', 'writeFileSync', 'fsyncSync', 'closeSync', 'renameSync'].map((call) => `${call} ${file} (temporary)`),
]);
const JOURNAL_CALLS = [
  'mkdirSync journal',
  ...['open', 'writev', 'datasync', 'close', 'rmSync'].map((call) => `${call} journal/000001.journal`),
  'rmdirSync journal',
];

const SCENARIOS: readonly Scenario[] = [
  {
    name: 'a new run',
    from: null,
    work: run,
    result: 'whole',
    calls: ['mkdirSync .', 'fsyncSync .', 'fsyncSync journal', ...FILE_CALLS, ...TABLE_CALLS, ...JOURNAL_CALLS],
  },
  {
    name: 'a run that goes on',
    from: 'begun',
    work: run,
    result: 'whole',
    calls: [
      ...TABLE_CALLS,
      'openSync journal/000001.journal',
      'writev journal/000002.journal',
      'rmSync journal/000001.journal',
    ],
  },
  {
    name: 'a run that tries a failed block again',
    from: 'incomplete',
    work: run,
    has: (block) => block !== 7,
    result: 'whole',
    calls: [
      ...TABLE_CALLS,
      'createReadStream tallies.arrow',
      'openSync tallies.arrow',
      'writev journal/000001.journal',
    ],
  },
  {
    name: 'an extension',
    from: 'whole',
    work: (directory) => extend(directory),
    has: (block) => block < 32,
    result: 'extended',
    calls: [
      ...FILE_CALLS,
      ...TABLE_CALLS,
      ...JOURNAL_CALLS,
      'createReadStream tallies.arrow',
      'openSync tallies.arrow',
    ],
  },
  {
    name: 'a run in place of another',
    from: 'other',
    work: (directory) => runSweep(sweep, { ...options, directory, fresh: true }),
    again: async (directory) => {
      try {
        await run(directory);
      } catch (error) {
        // As long as the directory says that it is the other run's.
        expect(String(error)).toContain('--fresh discards what is there');
        await runSweep(sweep, { ...options, directory, fresh: true });
      }
    },
    result: 'whole',
    calls: [...FILE_CALLS, ...FILES.map((file) => `rmSync ${file}`)],
  },
  {
    name: 'a run in rounds, to a precision',
    from: null,
    work: toPrecision,
    result: 'precise',
    calls: ['writev journal/000001.journal', 'datasync journal/000001.journal', 'openSync journal/000001.journal'],
  },
  {
    name: 'a merger',
    from: null,
    work: (directory) => mergeRuns([join(data, 'part-0'), join(data, 'part-1')], { ...options, directory }),
    result: 'whole',
    calls: [...FILE_CALLS, ...TABLE_CALLS],
  },
];

beforeAll(async () => {
  fs.writeFileSync(join(data, 'values.csv'), 'x\n1\n2\n4\n');
  const changes = {
    fanIn: [1, 4],
    inputs: [{ kind: 'empirical', file: join(data, 'values.csv'), column: 'x' }],
    initializers: ['he_normal', 'zeros'],
    blocks: 32,
    samples: SAMPLES,
  };
  sweep = await smallSweep(changes);
  await run(join(data, 'whole'));
  precise = await smallSweep({
    fanIn: [4],
    inputs: ['normal'],
    initializers: ['he_normal'],
    blocks: 64,
    samples: 4096,
    precision: { statistic: 'z_var', relative: 0.03, maxSamples: 8192 },
  });
  await toPrecision(join(data, 'precise'));
  expect(manifestIn(join(data, 'precise/manifest.json'))?.blocks).toEqual([0, 128]);
  fs.cpSync(join(data, 'whole'), join(data, 'extended'), { recursive: true });
  await extend(join(data, 'extended'));
  await runSweep(await smallSweep({ ...changes, seed: 'another' }), { ...options, directory: join(data, 'other') });
  const dies = executor((task, number) => {
    // Then its blocks are tried one by one.
    if (task.kind === 'simulate' && task.lastBlock > task.firstBlock + 1) throw new TaskError('too much at once');
    if (number === 20) throw new RunError({ where: 'the test', remedy: 'try again' });
  });
  await expect(runSweep(sweep, { ...options, directory: join(data, 'begun'), open: dies })).rejects.toThrow('the test');
  const fails = executor((task) => {
    if (task.kind === 'simulate' && task.firstBlock <= 7 && 7 < task.lastBlock) throw new TaskError('block 7 fails');
  });
  await runSweep(sweep, { ...options, directory: join(data, 'incomplete'), open: fails });
  expect(manifestIn(join(data, 'incomplete/manifest.json'))?.status).toBe('incomplete');
  for (const index of [0, 1])
    await runSweep(sweep, { ...options, directory: join(data, `part-${index}`), shard: { index, of: 2 } });
});

/** Tables in place that are neither the old nor the new ones, and files that are not whole. */
function damage(directory: string, { from, result }: Scenario): string[] {
  const names = fs.existsSync(directory) ? fs.readdirSync(directory) : [];
  return names.filter((name) => {
    const path = join(directory, name);
    if (name === 'sweep.json' || name === 'manifest.json') return !isJson(fs.readFileSync(path, 'utf8'));
    if (!TABLES.includes(name)) return false;
    const known = [from, result].filter((folder) => folder !== null).map((folder) => join(data, folder, name));
    return !known.some((file) => fs.existsSync(file) && sha256(file) === sha256(path));
  });
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

const DEAD = spawnSync(process.execPath, ['--version']).pid;

/** Makes locks those of a process that is gone. */
function bury(directory: string): void {
  const names = fs.existsSync(directory) ? fs.readdirSync(directory) : [];
  for (const lock of names.filter((name) => name.startsWith('lock')).map((name) => join(directory, name))) {
    const text = fs.readFileSync(lock, 'utf8');
    if (isJson(text)) fs.writeFileSync(lock, JSON.stringify({ ...JSON.parse(text), pid: DEAD, startedAt: '0' }));
    else fs.utimesSync(lock, 0, 0);
  }
}

const temporary = (directory: string) =>
  fs.existsSync(directory)
    ? fs.readdirSync(directory, { recursive: true }).filter((file) => `${file}`.endsWith('.tmp'))
    : [];

/** Does it with a fault, then again without. Returns the call that failed, null when there are not so many. */
async function survive(scenario: Scenario, fault: Fault): Promise<string | null> {
  const directory = join(data, 'run');
  fs.rmSync(directory, { recursive: true, force: true });
  if (scenario.from !== null) fs.cpSync(join(data, scenario.from), directory, { recursive: true });
  simulated.clear();
  const { hit, error } = await onFaultyDisk(directory, fault, () => scenario.work(directory));
  if (hit === null) return null;
  const what = `${fault.code} at call ${fault.at}: ${hit}, ${fault.done} of it done${fault.lasting ? ', and all later ones' : ''}`;
  if (error !== null) {
    expect(error, what).toBeInstanceOf(InitsweepError);
    const { message, parts } = error as InitsweepError;
    expect(message, what).toContain(directory);
    expect(message, what).toContain(fault.code);
    expect(message, what).not.toContain('fault of initsweep');
    for (const part of parts) expect(part.remedy, what).toBeTruthy();
  }
  expect(damage(directory, scenario), what).toEqual([]);
  const status = manifestIn(join(directory, 'manifest.json'))?.status;
  if (!fault.lasting && !/^(rmSync|closeSync)/.test(hit)) {
    expect(temporary(directory), what).toEqual([]);
    // The manifest tells that it failed, unless that could not be written.
    if (!hit.includes('manifest.json')) expect(status, what).not.toBe('running');
  }
  if (fault.lasting) bury(directory);
  try {
    await (scenario.again ?? scenario.work)(directory);
  } catch (failure) {
    throw new Error(`not mended after ${what}`, { cause: failure });
  }
  // Beside a run that was finished already, an empty folder or a lock does no harm.
  const allowed = status === 'finished' ? ['data', 'journal', 'lock'] : ['data'];
  const left = fs.readdirSync(directory).filter((name) => !allowed.includes(name));
  expect(left.sort(), what).toEqual(FILES);
  expect(temporary(directory), what).toEqual([]);
  expect(
    [...simulated].filter((block) => scenario.has?.(block)),
    what,
  ).toEqual([]);
  for (const file of TABLES)
    expect(sha256(join(directory, file)), what).toBe(sha256(join(data, scenario.result, file)));
  expect(manifestIn(join(directory, 'manifest.json'))?.status, what).toBe('finished');
  return hit;
}

it('knows the tallies in place after two extensions that failed as they put theirs there', async () => {
  const directory = join(data, 'twice');
  fs.cpSync(join(data, 'whole'), directory, { recursive: true });
  const steps = [
    { samples: MORE, call: 'renameSync estimates.arrow (temporary)' },
    { samples: 2 * SAMPLES, call: 'renameSync tallies.arrow (temporary)' },
  ];
  for (const { samples, call } of steps) {
    // Nothing is journaled that the table does not hold.
    const work = () => extendRun(directory, samples, { ...options, journalInterval: 1e6 });
    const fault = { at: call, code: 'EIO', done: 'nothing', lasting: true } as const;
    expect(await onFaultyDisk(directory, fault, work)).toMatchObject({ hit: call, error: expect.any(RunError) });
    bury(directory);
  }
  simulated.clear();
  await extend(directory, 2 * SAMPLES);
  const kept = (MORE / SAMPLES) * 32;
  expect([...simulated].sort((a, b) => a - b)).toEqual(Array.from({ length: 64 - kept }, (_, i) => kept + i));
});

it('counts a tally once that is in the table and still in the journal', async () => {
  const directory = join(data, 'placed');
  const call = 'rmSync journal/000001.journal';
  const fault = { at: call, code: 'EIO', done: 'nothing', lasting: true } as const;
  expect(await onFaultyDisk(directory, fault, () => run(directory))).toMatchObject({ hit: call });
  expect(fs.readdirSync(join(directory, 'journal'))).toEqual(['000001.journal']);
  bury(directory);
  const found: number[] = [];
  const { manifest } = await runSweep(sweep, { ...options, directory, onFound: (tallies) => found.push(tallies) });
  expect(found).toEqual([manifest.tallies.total]);
});

/** `FAULT_TURN`, or another one every time: each call meets each of the faults in one of four turns. */
const TURN = Number(process.env['FAULT_TURN'] ?? Date.now() % 4);
if (![0, 1, 2, 3].includes(TURN)) throw new RangeError(`FAULT_TURN=${TURN}, allowed: 0 to 3`);

/** What a call meets: it fails once, or it is the last that is done, in full or in half. */
const FAULTS: readonly Omit<Fault, 'at'>[] = [
  { code: 'ENOSPC', done: 'nothing', lasting: false },
  { code: 'EIO', done: 'half', lasting: true },
  { code: 'EIO', done: 'nothing', lasting: false },
  { code: 'EIO', done: 'all', lasting: true },
];

function faultAt(at: number | string): Fault {
  const number = typeof at === 'number' ? at : at.length;
  return { at, ...(FAULTS[(number + TURN) % FAULTS.length] as Omit<Fault, 'at'>) };
}

describe.each(SCENARIOS)('$name', (scenario) => {
  it(`ends in the same bytes when every call in turn fails (FAULT_TURN=${TURN})`, async () => {
    const hits = new Set<string>();
    let calls = 0;
    for (let hit: string | null = ''; hit !== null; calls++) {
      hit = await survive(scenario, faultAt(calls + 1));
      if (hit !== null) hits.add(hit);
    }
    // The journal is written when it is time to, so one of its calls may have had another number each time.
    for (const call of scenario.calls) if (!hits.has(call)) expect(await survive(scenario, faultAt(call))).toBe(call);
    expect(calls).toBeGreaterThan(40);
  });
});
