import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { MODEL, PRESENCE, predicted } from '../../../bench/scale/model.mjs';
import { ROOT } from '../../support/cli.ts';

const page = readFileSync(join(ROOT, 'docs/scale.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) => line.slice(2, -2).split(' | '));

describe('the model of the load of a queue', () => {
  it('is beside every cost that was measured', () => {
    const measured = rows.filter((row) => row.some((cell) => cell.endsWith(')')));
    expect(measured).toHaveLength(5);
    for (const [workers = '', , rate, megabytes, ...costs] of measured) {
      const setting = { workers: Number.parseInt(workers, 10), rate: Number(rate), megabytes: Number(megabytes) };
      const { coordinator, redis, worker } = predicted(setting);
      const said = costs.slice(0, 3).map((text) => /^[\d.]+ \(([\d.]+)\)$/.exec(text)?.[1]);
      expect(said).toEqual([coordinator, redis, worker].map((value) => value.toFixed(1)));
    }
  });

  it('has the terms that the page gives', () => {
    const { coordinator } = MODEL;
    expect(rows).toContainEqual(['coordinator', `${coordinator.task} ms`, `${coordinator.megabyte} ms`]);
    expect(page).toContain(`${PRESENCE} ms a second of Redis`);
  });
});
