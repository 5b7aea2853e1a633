import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type LoadedSweep, parseSweep, sweepFromObject } from '../../../src/config/load.ts';
import { checkExpectations } from '../../../src/report/claims/check-expectations.ts';
import { codeBlocks } from '../../support/code-blocks.ts';

const root = resolve(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(resolve(root, path), 'utf8');
const pages = [
  'README.md',
  ...readdirSync(resolve(root, 'docs')).flatMap((f) => (f.endsWith('.md') ? [`docs/${f}`] : [])),
];

const options = {
  directory: resolve(root, 'configs'),
  checkExpectations: async (...args: Parameters<typeof checkExpectations>) => checkExpectations(...args),
};

/** A config, which has a name, or a part of one: of the main job, or of another experiment that it names. */
function load(block: string): Promise<LoadedSweep> {
  const value = parse(block) as Readonly<Record<string, unknown>>;
  if (value['name'] !== undefined) return parseSweep(block, { ...options, file: 'documentation' });
  const whole = value['experiment'] === undefined ? parse(read('configs/gold-rule.yaml')) : { name: 'part' };
  return sweepFromObject({ ...whole, ...value }, options);
}

describe('YAML in the documentation', () => {
  const blocks = pages.flatMap((page) => codeBlocks(read(page), 'yaml').map((block) => [page, block] as const));

  it('is there, whole and in parts', () => {
    expect(blocks.length).toBeGreaterThanOrEqual(5);
    expect(new Set(blocks.map(([, block]) => /^name:/m.test(block)))).toEqual(new Set([true, false]));
  });

  it.each(blocks)('of %s is a config, or a part of one', async (_, block) => {
    expect((await load(block)).spec.name).toBeTruthy();
  });

  it.each(blocks)('of %s would not pass with a wrong key or a wrong word (negative control)', async (_, block) => {
    await expect(load(`${block}\nsample: 1\n`)).rejects.toThrow(/sample/);
    const [entry] = /(standard_uniform|glorot_uniform|z_var|empirical)/.exec(block) ?? [];
    await expect(load(block.replace(entry as string, 'standrad'))).rejects.toThrow(/standrad/);
  });
});
