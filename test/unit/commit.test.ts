import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commitOf } from '../../scripts/commit.mjs';
import { folder } from '../support/tables.ts';

it('a build names the commit of its own repository, and says when files differ from it', () => {
  const path = folder();
  const git = (...args: string[]) => execFileSync('git', args, { cwd: path, encoding: 'utf8' }).trim();
  expect(commitOf(path)).toBeNull();
  git('init', '--quiet');
  expect(commitOf(path)).toBeNull();
  const file = join(path, 'file');
  writeFileSync(file, 'one');
  git('add', 'file');
  git('-c', 'user.name=test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '--message', 'one');
  const commit = git('rev-parse', 'HEAD');
  git('tag', 'v1');
  expect(commitOf(path)).toBe(commit);
  writeFileSync(file, 'two');
  expect(commitOf(path)).toBe(`${commit}-dirty`);
  mkdirSync(join(path, 'inside'));
  expect(commitOf(join(path, 'inside'))).toBeNull();
});
