import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

interface Cruise {
  readonly modules: readonly { source: string; dependencies: readonly { resolved: string }[] }[];
  readonly summary: { violations: readonly { rule: { name: string }; from: string; to: string }[] };
}

const root = resolve(import.meta.dirname, '../..');

function cruiser(directory: string, ...options: string[]): string {
  const script = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const run = spawnSync(process.execPath, [script, ...options], {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (run.stdout === '') throw new Error(run.stderr);
  return run.stdout;
}

function cruise(directory: string, folders: readonly string[]): Cruise {
  const output = cruiser(directory, ...folders, '--config', '.dependency-cruiser.cjs', '--output-type', 'json');
  return JSON.parse(output) as Cruise;
}

/** A small project that breaks each rule once. */
const OFFENDERS: Readonly<Record<string, string>> = {
  'src/cli/verb.ts': "import { program } from 'commander'; export const verb = program;",
  'src/cli/bar.ts': "import progress from 'cli-progress'; export const bar = progress;",
  'src/cli/main.ts': "import { coordinator } from '../run/coordinator.ts'; export const main = coordinator;",
  'src/cli/late.ts':
    "import type { coordinator } from '../run/coordinator.ts'; export type Late = typeof coordinator; export const late = () => import('../run/coordinator.ts');",
  'src/run/coordinator.ts': "import { program } from 'commander'; export const coordinator = program;",
  'src/run/executing.ts': "import { pool } from '../execute/pool.ts'; export const executing = pool;",
  'src/run/opening.ts': "import { open } from '../execute/open.ts'; export const opening = open;",
  'src/execute/open.ts': "export const open = () => import('./pool.ts');",
  'src/execute/pool.ts': "import { thread } from './worker-thread.ts'; export const pool = thread;",
  'src/execute/worker-thread.ts': "import { Piscina } from 'piscina'; export const thread = Piscina;",
  'src/execute/inline.ts': "import { Piscina } from 'piscina'; export const inline = Piscina;",
  'src/stats/upward.ts':
    "import type { coordinator } from '../run/coordinator.ts'; export type Upward = typeof coordinator;",
  'src/numeric/upward.ts': "import { stream } from '../random/stream.ts'; export const upward = stream;",
  'src/random/stream.ts': "import seedrandom from 'seedrandom'; export const stream = seedrandom;",
  'src/model/sideways.ts': "import { theory } from '../theory/exact.ts'; export const sideways = theory;",
  'src/theory/exact.ts': "import { shape } from '../model/shapes.ts'; export const theory = shape;",
  'src/model/shapes.ts': "import { EXIT } from '../errors.ts'; export const shape = EXIT;",
  'src/config/schema.ts': "import { z } from 'zod'; import { parse } from 'yaml'; export const schema = [z, parse];",
  'src/sweep/schema.ts': "import { z } from 'zod'; import { parse } from 'yaml'; export const schema = [z, parse];",
  'src/derive/rows.ts': "import type { Table } from 'apache-arrow'; export type Rows = Table;",
  'src/tables/rows.ts': "import type { Table } from 'apache-arrow'; export type Rows = Table;",
  'src/derive/circle.ts': "import { there } from './there.ts'; export const circle = () => there;",
  'src/derive/there.ts': "import { circle } from './circle.ts'; export const there = () => circle;",
  'src/memory/forgotten.ts': 'export const forgotten = 1;',
  'src/helpers/any.ts': "import { EXIT } from '../errors.ts'; export const any = EXIT;",
  'src/errors.ts': 'export const EXIT = 0;',
  'src/stats/dev.ts': "import { it } from 'vitest'; export const dev = it;",
  'src/stats/missing.ts': "import { nothing } from './nothing.ts'; export const missing = nothing;",
  'src/index.ts': "export { verb } from './cli/verb.ts';",
  'src/report/entry.ts': "export * from '../index.ts';",
  'workers/block.ts': "import { coordinator } from '../src/run/coordinator.ts'; export const block = coordinator;",
};

const EXPECTED: readonly (readonly [rule: string, from: string])[] = [
  ['only-the-owner-imports-commander', 'src/run/coordinator.ts'],
  ['run-knows-the-executor-interface-only', 'src/run/executing.ts'],
  ['run-knows-the-executor-interface-only', 'src/run/opening.ts'],
  ['only-the-owner-imports-piscina', 'src/execute/inline.ts'],
  ['downward-from-stats', 'src/stats/upward.ts'],
  ['downward-from-numeric', 'src/numeric/upward.ts'],
  ['downward-from-model', 'src/model/sideways.ts'],
  ['only-the-owner-imports-zod', 'src/sweep/schema.ts'],
  ['only-the-owner-imports-yaml', 'src/sweep/schema.ts'],
  ['only-the-owner-imports-apache-arrow', 'src/derive/rows.ts'],
  ['progress-bar-loads-late', 'src/cli/bar.ts'],
  ['start-up-is-light', 'src/cli/main.ts'],
  ['no-cycles', 'src/derive/circle.ts'],
  ['no-orphans', 'src/memory/forgotten.ts'],
  ['known-folder', 'src/helpers/any.ts'],
  ['declared-packages-only', 'src/stats/dev.ts'],
  ['resolvable', 'src/stats/missing.ts'],
  ['index-is-no-command-line', 'src/index.ts'],
  ['nobody-imports-the-entry-points', 'src/report/entry.ts'],
  ['workers-do-tasks-only', 'workers/block.ts'],
];

/** Files of the same project that do what is allowed. */
const INNOCENT = [
  'src/cli/late.ts',
  'src/cli/verb.ts',
  'src/execute/pool.ts',
  'src/execute/worker-thread.ts',
  'src/config/schema.ts',
  'src/tables/rows.ts',
  'src/theory/exact.ts',
];

describe('dependency rules', () => {
  let directory: string;
  let found: Set<string>;

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'initsweep-rules-'));
    for (const file of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json'])
      cpSync(join(root, file), join(directory, file));
    symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'), 'dir');
    for (const [file, source] of Object.entries(OFFENDERS)) {
      mkdirSync(join(directory, dirname(file)), { recursive: true });
      writeFileSync(join(directory, file), `${source}\n`);
    }
    found = new Set(cruise(directory, ['src', 'workers']).summary.violations.map((v) => `${v.rule.name} ${v.from}`));
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it.each(EXPECTED)('%s fails on %s', (rule, from) => {
    expect(found).toContain(`${rule} ${from}`);
  });

  it('lets allowed imports pass', () => {
    const accused = [...found].map((violation) => violation.split(' ')[1]);
    for (const file of INNOCENT) expect(accused).not.toContain(file);
  });

  it('sees the imports of the real source, and none is forbidden', () => {
    const { modules, summary } = cruise(root, ['src', 'workers']);
    const own = modules.filter((m) => /^(src|workers)\//.test(m.source));
    const imports = own.reduce((sum, m) => sum + m.dependencies.filter((d) => d.resolved.startsWith('src/')).length, 0);
    // A cruiser without a TypeScript it understands finds the files and no imports, and reports success.
    expect(own.length).toBeGreaterThan(60);
    expect(imports).toBeGreaterThan(own.length);
    expect(summary.violations.map((v) => `${v.rule.name}: ${v.from} → ${v.to}`)).toEqual([]);
  });

  it('runs on TypeScript 6: the JS API that the cruiser reads with is gone in 7', () => {
    expect(cruiser(root, '--info')).toMatch(/✔ typescript .*typescript@6\./);
  });
});
