import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { availableCores } from '../../src/execute/cores.ts';
import { ESTIMATE_COLUMNS } from '../../src/stats/columns.ts';
import { initsweep, ROOT, scratch } from '../support/cli.ts';
import { sha256 } from '../support/tables.ts';

const folder = scratch();
const tmp = join(folder, 'tmp');

/** Runs a program that imports the package, by its built entry point, and gives what it prints as JSON. */
function program(body: string): { status: number | null; stderr: string; value: unknown } {
  const source = `
    import { mkdirSync } from 'node:fs';
    mkdirSync(${JSON.stringify(tmp)}, { recursive: true });
    const api = await import(${JSON.stringify(join(ROOT, 'dist/src/index.js'))});
    const config = {
      name: 'api', fanIn: [1, 16, 64], inputs: ['normal', { kind: 'bernoulli', p: 0.5, standardize: false }],
      initializers: 'he_normal', activations: ['logistic', { kind: 'elu', alpha: 0.5 }], beta: [1, 2], samples: 16384,
    };
    const print = (value) => console.log(JSON.stringify(value));
    ${body}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: tmp },
  });
  return { status, stderr, value: stdout === '' ? undefined : JSON.parse(stdout) };
}

describe('sweep', () => {
  it.each([1, 2])(
    'runs an object on %d threads without leaving a file, and gives its table as typed arrays',
    (threads) => {
      const { status, stderr, value } = program(`
      const run = api.sweep(config, { threads: ${threads} });
      const seen = [];
      for await (const { done, total, stage } of run) seen.push([done, total, stage]);
      const table = await run.estimates();
      const { directory, manifest } = await run.finished;
      let refused; try { table.numbers('nope') } catch (error) { refused = error.name }
      print({ seen, directory, status: manifest.status, rows: table.rows, z: table.numbers('z_var').constructor.name,
        variances: [...table.numbers('z_var')], fanIns: [...table.numbers('fan_in')],
        activations: [...new Set(table.labels('activation'))], columns: table.columns.length, refused });`);
      expect(stderr).toBe('');
      expect(status).toBe(0);
      const { seen, variances, fanIns, ...rest } = value as {
        seen: [number, number, string][];
        variances: number[];
        fanIns: number[];
      };
      expect(rest).toEqual({
        directory: null,
        status: 'finished',
        rows: 24,
        z: 'Float64Array',
        activations: ['logistic', 'elu(alpha=0.5)'],
        columns: ESTIMATE_COLUMNS.length,
        refused: 'RunDirectoryError',
      });
      expect(variances).toHaveLength(24);
      for (const variance of variances) expect(variance).toBeGreaterThan(0.8);
      expect(new Set(fanIns)).toEqual(new Set([1, 16, 64]));
      expect(seen.length).toBeGreaterThan(1);
      expect(seen.at(-1)).toEqual([24, 24, 'derive']);
      for (const [i, [done, total]] of seen.entries()) {
        expect(total).toBe(24);
        expect(done).toBeGreaterThanOrEqual(seen[i - 1]?.[0] ?? 0);
      }
      expect(readdirSync(tmp)).toEqual([]);
    },
  );

  it('keeps a run in a directory, with the bytes of the command line, and opens it again', () => {
    const { status, stderr, value } = program(`
      const path = ${JSON.stringify(join(ROOT, 'configs/smoke.yaml'))};
      const { directory, estimates } = await api.sweep(path, { directory: 'kept' }).finished;
      const again = api.readRun(directory);
      const report = api.verifyRun(directory);
      print({ rows: estimates.rows, name: again.spec.name, status: again.manifest.status, threads: again.manifest.threads,
        same: estimates.numbers('d_mean').every((value, i) => Object.is(value, again.estimates.numbers('d_mean')[i])),
        verdict: report.verdict, tests: report.total > 100, statistics: api.STATISTICS.length });`);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(value).toEqual({
      rows: 168,
      name: 'smoke',
      status: 'finished',
      threads: availableCores(),
      same: true,
      verdict: 'agrees',
      tests: true,
      statistics: 17,
    });
    const cli = join(folder, 'cli');
    expect(initsweep('run', 'configs/smoke.yaml', '--out', cli, '--quiet').status).toBe(0);
    for (const file of ['estimates.arrow', 'tallies.arrow', 'sweep.json'])
      expect(sha256(join(folder, 'kept', file))).toBe(sha256(join(cli, file)));
  });

  it('rejects with the errors of the command line', () => {
    const { status, stderr, value } = program(`
      const attempt = async (...args) => {
        const run = api.sweep(...args);
        let inLoop = null;
        try { for await (const _ of run); } catch (error) { inLoop = error }
        try { await run.finished } catch (error) {
          return [error.name, error.exitCode, error instanceof api.InitsweepError, error === inLoop, error.message];
        }
      };
      print([
        await attempt({ ...config, activations: 'rellu' }),
        await attempt('nowhere.yaml'),
        await attempt(config, { threads: 0 }),
        await attempt(config, { threds: 1 }),
        await attempt(config, { directory: ${JSON.stringify(ROOT)} }),
        await attempt(config, { signal: AbortSignal.abort() }),
      ]);`);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(value).toEqual([
      ['ConfigError', 2, true, true, expect.stringMatching(/^activations: received "rellu".*did you mean "relu"\?/)],
      ['ConfigError', 2, true, true, expect.stringContaining('nowhere.yaml: received no such file')],
      ['UsageError', 2, true, true, expect.stringContaining('threads: received 0')],
      [
        'UsageError',
        2,
        true,
        true,
        'threds: received an unknown option; allowed: threads, directory, fresh, signal; did you mean "threads"?',
      ],
      ['RunDirectoryError', 2, true, true, expect.stringContaining('a directory with other files in it')],
      ['StoppedError', 3, true, true, expect.any(String)],
    ]);
    expect(readdirSync(tmp)).toEqual([]);
  });

  it.each([1, 2])('stops at an abort on %d threads, and leaves no temporary directory', (threads) => {
    const { status, stderr, value } = program(`
      const controller = new AbortController();
      const run = api.sweep({ ...config, fanIn: [4096], samples: 2 ** 27 }, { threads: ${threads}, signal: controller.signal });
      let error = null;
      try { for await (const _ of run) controller.abort(); } catch (thrown) { error = thrown }
      print([error.name, error.exitCode]);`);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(value).toEqual(['StoppedError', 3]);
    expect(readdirSync(tmp)).toEqual([]);
  });

  it('needs nobody to watch it', () => {
    const { status, stderr } = program(`api.sweep({ ...config, activations: 'rellu' }); print(1);`);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});
