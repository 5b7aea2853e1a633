import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** One statement a line; each must be refused. */
const UNREPRODUCIBLE = [
  'export const a = Math.pow(2, 3);',
  'export const b = Math.exp(1) + Math.sqrt(2);',
  'export const c = [1, 2].map(Math.log1p);',
  'export const d = Math.tanh;',
  'export const e = 2 ** 0.5;',
  'export const f = (n: number) => 2 ** (n / 4);',
  'export const g = (x: number) => x ** 3;',
  'export const h = (n: number) => 10 ** n;',
  "export const i = Math['exp'];",
  'export const { log } = Math;',
  'export const j = globalThis.Math.cbrt(2);',
  'export function k(x: number) { let y = x; y **= 0.5; return y; }',
  'export const l = Math.random();',
];

const REPRODUCIBLE = [
  'export const a = Math.sqrt(2) + Math.abs(-1) + Math.floor(1.5) + Math.fround(0.1) + Math.clz32(7) + Math.imul(3, 5);',
  'export const b = (n: number) => 2 ** (n - 1) + 2 ** -149;',
  'export const c = (x: number) => x ** 2 + Math.PI * Math.LOG2E;',
  'export const d = (model: { log(x: number): number }) => model.log(2);',
];

const SOURCES: Readonly<Record<string, readonly string[]>> = {
  'src/derive/unreproducible.ts': UNREPRODUCIBLE,
  'workers/unreproducible.ts': UNREPRODUCIBLE,
  'bench/unreproducible.ts': UNREPRODUCIBLE,
  'src/derive/reproducible.ts': REPRODUCIBLE,
  'src/run/exit.ts': ['export const leave = (): never => process.exit(1);'],
  'src/cli/exit.ts': ['export const leave = (): never => process.exit(1);'],
  'src/run/any.ts': ['export const loose = (value: any): unknown => value;'],
  'src/run/floating.ts': [
    'async function later(): Promise<void> {}',
    'export function now(): void {',
    '  later();',
    '}',
  ],
  'test/focused.test.ts': [
    "import { it } from 'vitest';",
    "it.only('alone', () => {});",
    "it.skip('never', () => {});",
  ],
};

describe('lint rules', () => {
  let directory: string;
  /** `rule file:line` of each error. */
  let found: string[];
  const errorsIn = (file: string): string[] => found.filter((line) => line.includes(` ${file}:`));

  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'initsweep-lint-'));
    for (const file of ['biome.json', '.biome']) cpSync(join(root, file), join(directory, file), { recursive: true });
    for (const [file, lines] of Object.entries(SOURCES)) {
      mkdirSync(join(directory, dirname(file)), { recursive: true });
      writeFileSync(join(directory, file), `${lines.join('\n')}\n`);
    }
    const biome = join(root, 'node_modules/@biomejs/biome/bin/biome');
    const run = spawnSync(process.execPath, [biome, 'lint', '--reporter=github', '--max-diagnostics=none', '.'], {
      cwd: directory,
      encoding: 'utf8',
    });
    found = [...run.stdout.matchAll(/^::error title=(.*?),file=(.*?),line=(\d+),/gm)].map(
      ([, rule, file, line]) =>
        `${rule} ${file?.slice(file.indexOf(directory) === 0 ? directory.length + 1 : 0)}:${line}`,
    );
  });

  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  it.each(['src/derive/unreproducible.ts', 'workers/unreproducible.ts'])(
    'refuses every inexact function in %s',
    (file) => {
      const lines = new Set(errorsIn(file).map((line) => line.split(':').at(-1)));
      expect([...lines].map(Number).sort((a, b) => a - b)).toEqual(UNREPRODUCIBLE.map((_, i) => i + 1));
    },
  );

  it('leaves exact functions, and code that fills no table, alone', () => {
    expect(errorsIn('src/derive/reproducible.ts')).toEqual([]);
    expect(errorsIn('bench/unreproducible.ts').filter((line) => line.startsWith('plugin'))).toEqual([]);
  });

  it('lets only the command line end the process', () => {
    expect(errorsIn('src/run/exit.ts')).toEqual(['plugin src/run/exit.ts:1']);
    expect(errorsIn('src/cli/exit.ts')).toEqual([]);
  });

  it('refuses any, floating promises, and tests that are focused or skipped', () => {
    expect(errorsIn('src/run/any.ts')).toEqual(['lint/suspicious/noExplicitAny src/run/any.ts:1']);
    expect(errorsIn('src/run/floating.ts')).toEqual(['lint/nursery/noFloatingPromises src/run/floating.ts:3']);
    expect(errorsIn('test/focused.test.ts')).toEqual([
      'lint/suspicious/noFocusedTests test/focused.test.ts:2',
      'lint/suspicious/noSkippedTests test/focused.test.ts:3',
    ]);
  });
});
