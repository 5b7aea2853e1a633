import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { showCommand } from '../../../src/cli/show.ts';
import { RunDirectoryError, UsageError } from '../../../src/errors.ts';
import { writeEstimateRows } from '../../support/estimate-rows.ts';

let run: string;

beforeAll(() => {
  run = mkdtempSync(join(tmpdir(), 'initsweep-show-'));
  const cells = [1, 64, 4096].flatMap((fan_in) =>
    ['he_normal', 'lecun_normal'].map((initializer) => ({
      initializer,
      input: 'normal',
      activation: 'tanh',
      fan_in,
      fan_out: fan_in,
      z_var: initializer === 'he_normal' ? 2.001 : 1.001,
      z_var_mcse: 0.0012,
      z_var_theory: initializer === 'he_normal' ? 2 : 1,
      z_var_theory_kind: 'exact',
      z_var_zscore: 0.83,
    })),
  );
  writeEstimateRows(join(run, 'estimates.arrow'), cells);
});

afterAll(() => rmSync(run, { recursive: true, force: true }));

/** What the command writes to stdout and stderr, both pipes here. */
async function show(...args: string[]): Promise<{ out: string; err: string }> {
  const text = { out: '', err: '' };
  const spy = (stream: NodeJS.WriteStream, to: 'out' | 'err'): { mockRestore(): void } =>
    vi.spyOn(stream, 'write').mockImplementation((chunk, ...rest) => {
      text[to] += String(chunk);
      for (const done of rest) if (typeof done === 'function') done();
      return true;
    });
  const spies = [spy(process.stdout, 'out'), spy(process.stderr, 'err')];
  try {
    await showCommand().exitOverride().parseAsync(args, { from: 'user' });
  } finally {
    for (const each of spies) each.mockRestore();
  }
  return text;
}

describe('initsweep show', () => {
  it('shows the axes that vary, and theory beside simulation', async () => {
    const { out, err } = await show(run, '--where', 'fan_in = 64');
    expect(out.split('\n')).toEqual([
      'initializer   fan_in            z_var  z_var_theory  z_var_zscore  d_mean  d_mean_theory  saturated  saturated_theory',
      '────────────  ──────  ───────────────  ────────────  ────────────  ──────  ─────────────  ─────────  ────────────────',
      'he_normal         64  2.0010 ± 0.0012             2          0.83       –              –          –                 –',
      'lecun_normal      64  1.0010 ± 0.0012             1          0.83       –              –          –                 –',
      '',
    ]);
    expect(err).toBe('');
  });

  it('sorts with a minus in front, and reports cut rows on stderr', async () => {
    const { out, err } = await show(
      run,
      '--sort',
      '-fan_in,initializer',
      '--columns',
      'initializer,fan_in',
      '--limit',
      '3',
    );
    expect(out.split('\n').slice(2)).toEqual([
      'he_normal       4096',
      'lecun_normal    4096',
      'he_normal         64',
      '',
    ]);
    expect(err).toBe('3 of 6 rows; --limit 0 shows all\n');
  });

  it('writes CSV and JSON with every column and digit', async () => {
    const csv = (await show(run, '--format', 'csv', '--limit', '0')).out.trimEnd().split('\n');
    expect(csv).toHaveLength(7);
    expect(csv[0]?.split(',')).toContain('chi_backward_note');
    const rows: unknown = JSON.parse((await show(run, '--format', 'json', '--where', 'fan_in = 1')).out);
    expect(rows).toMatchObject([
      { initializer: 'he_normal', z_var: 2.001, d_mean: null },
      { initializer: 'lecun_normal', z_var: 1.001 },
    ]);
  });

  it('cuts a table that is read by people, and no file for programs', async () => {
    const many = join(run, 'many.arrow');
    writeEstimateRows(
      many,
      Array.from({ length: 50 }, (_, i) => ({ fan_in: i + 1 })),
    );
    const table = await show(many, '--columns', 'fan_in');
    expect(table.out.trimEnd().split('\n')).toHaveLength(2 + 40);
    expect(table.err).toBe('40 of 50 rows; --limit 0 shows all\n');
    const csv = await show(many, '--columns', 'fan_in', '--format', 'csv');
    expect(csv.out.trimEnd().split('\n')).toHaveLength(1 + 50);
    expect(csv.err).toBe('');
    expect(JSON.parse((await show(many, '--format', 'json')).out)).toHaveLength(50);
    expect(JSON.parse((await show(many, '--format', 'json', '--limit', '3')).out)).toHaveLength(3);
  });

  it('says so when no row matches', async () => {
    const { err } = await show(run, '--where', 'z_var_note != unreliable');
    expect(err).toBe('0 of 6 rows match; a comparison with null leaves its row out, see `is null`\n');
  });

  it('takes the table itself as well', async () => {
    expect((await show(join(run, 'estimates.arrow'), '--columns', 'fan_in', '--limit', '1')).out).toBe(
      'fan_in\n──────\n     1\n',
    );
  });

  it('refuses what it cannot show', async () => {
    await expect(show(run, '--where', 'fanin = 1')).rejects.toThrow('did you mean "fan_in"?');
    await expect(show(run, '--columns', '')).rejects.toThrow('--columns: received ""; allowed: names of columns');
    await expect(show(run, '--limit', 'many')).rejects.toThrow(UsageError);
    await expect(show(join(run, 'nowhere'))).rejects.toThrow(RunDirectoryError);
    writeFileSync(join(run, 'text.arrow'), 'no arrow');
    await expect(show(join(run, 'text.arrow'))).rejects.toThrow(RunDirectoryError);
  });

  it('has an example in its help', () => {
    let help = '';
    const command = showCommand().configureOutput({ writeOut: (text) => (help += text) });
    command.outputHelp();
    expect(help).toContain("$ initsweep show output/gold-rule --where '");
  });
});
