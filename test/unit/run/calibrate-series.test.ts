import { afterEach, expect, it, vi } from 'vitest';
import { seriesPlanLines } from '../../../src/cli/series-plan-text.ts';
import { loadSweep } from '../../../src/config/load.ts';
import { planOf } from '../../../src/experiment/plan-of.ts';
import { seriesSpeed } from '../../../src/run/calibrate-series.ts';
import { DEPTH_SPEC } from '../../support/depth.ts';

afterEach(() => {
  vi.restoreAllMocks();
});

/** A clock that is `factor` times as fast. */
function hasten(factor: number): void {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => factor * now());
}

it.each([
  ['networks', 'depth'],
  ['arms', 'training'],
])('measures the speed of %s against the model, on the machine as it is', async (_, name) => {
  const { spec, datasets } = await loadSweep(`configs/${name}.yaml`);
  const speed = seriesSpeed(spec, datasets) as number;
  expect(speed).toBeGreaterThan(0.1);
  hasten(1000);
  expect((seriesSpeed(spec, datasets) as number) / speed).toBeGreaterThan(50);
});

it('says nothing of networks of which one takes longer than a plan may', () => {
  expect(seriesSpeed({ ...DEPTH_SPEC, width: [4096], depth: 100 }, new Map())).toBeNull();
});

it('predicts by the model alone what could not be measured', () => {
  const plan = planOf(DEPTH_SPEC);
  const time = (speed: number | null) => seriesPlanLines(plan, 1, speed).find((line) => line.startsWith('  time'));
  expect(time(null)).toMatch(/by a cost model, not measured here/);
  expect(time(1)).toMatch(/measured on a sample of the work/);
  const seconds = (speed: number | null) => Number(/about ([\d.]+) s/.exec(time(speed) as string)?.[1]);
  expect(seconds(1)).toBe(seconds(null));
  expect(seconds(20)).toBeGreaterThan(seconds(1));
});
