import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeBlocks } from '../support/code-blocks.ts';

const root = resolve(import.meta.dirname, '../..');
const PAGES = ['README.md', 'docs/guide.md'];
const OTHERS = [
  'docs/claims.md',
  'docs/models.md',
  'docs/tables.md',
  ...readdirSync(join(root, 'docs/decisions')).map((file) => `docs/decisions/${file}`),
  'docs/clusters.md',
  'docs/scale.md',
  'docs/benchmarks.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
];

/** What links to the parts of a page end with. */
function anchorsOf(page: string): string[] {
  return [...readFileSync(page, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading]) =>
    (heading ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} -]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** Splits a shell line into words; quotes are all it knows. */
function words(line: string): string[] {
  return [...line.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, bare]) => single ?? double ?? bare ?? '',
  );
}

describe('documentation', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'initsweep-docs-'));
    cpSync(join(root, 'configs'), join(folder, 'configs'), { recursive: true });
    // What they find is of no interest here.
    lighten('depth', /^samples: \d+$/m, 'samples: 64');
    lighten('gold-rule', /^fanIn: .*$/m, 'fanIn: [1, 64, 4096]');
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  function lighten(name: string, line: RegExp, by: string): void {
    const file = join(folder, `configs/${name}.yaml`);
    const text = readFileSync(file, 'utf8');
    expect(text).toMatch(line);
    writeFileSync(file, text.replace(line, by));
  }

  const commands = PAGES.flatMap((page) =>
    codeBlocks(readFileSync(join(root, page), 'utf8'), 'sh').flatMap((block) =>
      block.split('\n').flatMap((line) => (line.startsWith('npx initsweep ') ? [[page, line] as const] : [])),
    ),
  );

  it('has commands', () => {
    expect(commands.length).toBeGreaterThan(10);
  });

  it.each(commands)('%s: %s', (_, line) => {
    const args = words(line).slice(2);
    const main = join(root, 'dist/src/cli/main.js');
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
      cwd: folder,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    expect(status, stderr).toBe(0);
    expect(stdout).not.toBe('');
  });

  it('has a program that runs', () => {
    const [program] = codeBlocks(readFileSync(join(root, 'docs/guide.md'), 'utf8'), 'js');
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
    const source = (program ?? '').replace("'initsweep'", JSON.stringify(join(root, 'dist/src/index.js')));
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', source], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(status, stderr).toBe(0);
    expect(stdout).toContain('Float64Array');
  });

  it.each([...PAGES, ...OTHERS])('links in %s lead somewhere', (page) => {
    const text = readFileSync(join(root, page), 'utf8');
    for (const [, target] of text.matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
      const [file = '', anchor] = (target ?? '').split('#');
      const path = file === '' ? join(root, page) : join(root, dirname(page), file);
      expect(existsSync(path), `${page}: ${target}`).toBe(true);
      if (anchor !== undefined) expect(anchorsOf(path), `${page}: ${target}`).toContain(anchor);
    }
  });
});
