import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeBlocks } from '../support/code-blocks.ts';
import { writeEstimateRows } from '../support/estimate-rows.ts';

const root = resolve(import.meta.dirname, '../..');

/** The Python of the documentation, on a table of ours: needs pandas, polars, pyarrow and duckdb, as `.ci/run` installs them. */
describe('Python in the documentation', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'initsweep-python-'));
    const cells = ['he_normal', 'lecun_normal'].map((initializer) => ({
      initializer,
      input: 'normal',
      fan_in: 64,
      z_var: 1.5,
    }));
    for (const run of ['smoke', 'gold-rule']) {
      mkdirSync(join(folder, 'output', run), { recursive: true });
      writeEstimateRows(join(folder, 'output', run, 'estimates.arrow'), cells);
    }
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const snippets = ['README.md', 'docs/guide.md'].flatMap((page) =>
    codeBlocks(readFileSync(join(root, page), 'utf8'), 'python').map((code, i) => [`${page} ${i + 1}`, code] as const),
  );

  it('has snippets', () => {
    expect(snippets).toHaveLength(4);
  });

  it.each(snippets)('%s runs', (_, code) => {
    const { status, stdout, stderr } = spawnSync('python3', ['-c', code], { cwd: folder, encoding: 'utf8' });
    expect(status, stderr).toBe(0);
    expect(stdout).not.toBe('');
  });
});
