import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { UsageError } from '../../../../src/errors.ts';
import { queueAddress } from '../../../../src/execute/queue/address.ts';

const SECRET = 'secret-word';

it('takes an address without a password as it is', () => {
  for (const url of ['redis://host:6379', 'rediss://host:6380/2', 'redis://user@host:6379'])
    expect(queueAddress(url)).toEqual({ url, shown: url });
});

it('takes an address with a password from the environment or a file, and shows it without', () => {
  const url = `rediss://user:${SECRET}@host:6380`;
  const folder = mkdtempSync(join(tmpdir(), 'initsweep-address-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'url');
  writeFileSync(file, `${url}\n`);
  const expected = { url, shown: 'rediss://user@host:6380' };
  expect(queueAddress('env', { INITSWEEP_QUEUE_URL: url })).toEqual(expected);
  expect(queueAddress(`file:${file}`)).toEqual(expected);
});

it.each([
  `redis://user:${SECRET}@host`,
  `redis://:${SECRET}@host`,
  `user:${SECRET}@host:6379`,
  `http://user:${SECRET}@host`,
  `redis://host/?password=${SECRET}`,
  `redis://host/${SECRET}`,
  `redis://#${SECRET}`,
  '',
  'file:/no/such/file',
])('refuses %s, and does not repeat it', (given) => {
  expect(() => queueAddress(given, {})).toThrow(UsageError);
  expect(() => queueAddress(given, {})).not.toThrow(SECRET);
});

it('says what is missing when the environment has no address', () => {
  expect(() => queueAddress('env', {})).toThrow('INITSWEEP_QUEUE_URL: received nothing');
});
