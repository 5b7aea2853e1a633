import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../src/run/manifest.ts';
import { readManifest } from '../../src/run/manifest.ts';
import { RICH, writeData } from '../support/rich-sweep.ts';
import { lastingFolder } from '../support/tables.ts';

const cli = resolve(import.meta.dirname, '../../dist/src/cli/main.js');
const folder = lastingFolder();
writeData(folder);
writeFileSync(join(folder, 'rich.json'), JSON.stringify(RICH));

/** A command with Node of this process, or of another major version as npm has it. */
function node(version: number | null, args: readonly string[]): SpawnSyncReturns<string> {
  const [command, first] =
    version === null ? ([process.execPath, []] as const) : (['npx', ['--yes', `node@${version}`]] as const);
  return spawnSync(command, [...first, ...args], { cwd: folder, encoding: 'utf8' });
}

function runUnder(version: number | null): Manifest {
  const out = join(folder, `node-${version}`);
  const { status, stderr } = node(version, [cli, 'run', 'rich.json', '--out', out, '--threads', '2', '--quiet']);
  expect(status, stderr).toBe(0);
  return readManifest(join(out, 'manifest.json'));
}

describe('other versions of Node', () => {
  const here = runUnder(null);

  it.for([20, 22, 24])('%i writes the same tables, byte for byte', (version, { skip }) => {
    const { status, stdout } = node(version, ['--version']);
    if (status !== 0 && !process.env['CI']) {
      console.warn(`not tested: npx could not fetch node@${version}`);
      skip(`npx could not fetch node@${version}`);
    }
    expect(stdout.trim()).toMatch(new RegExp(`^v${version}\\.`));
    const there = runUnder(version);
    expect(there.versions.node).toBe(stdout.trim());
    expect(there.tables).toEqual(here.tables);
    expect(Object.keys(there.tables)).toEqual(['tallies', 'estimates']);
  });
});
