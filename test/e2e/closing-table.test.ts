import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initsweep, scratch } from '../support/cli.ts';

const folder = scratch();

/** Runs a config of one seed; its directory, and what is printed at the end. */
function run(name: string, config: object): { out: string; stdout: string } {
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify({ name, seed: name, samples: 64, ...config }));
  const out = join(folder, name);
  const { status, stdout } = initsweep('run', path, '--out', out, '--threads', '1', '--quiet');
  expect({ status, stdout }).toEqual({ status: 0, stdout: '' });
  // A finished run prints its closing table again.
  return { out, stdout: initsweep('run', path, '--out', out).stdout };
}

/** The lines of a text with # for every number, which only a golden test may hold. */
const words = (text: string): string[] =>
  text
    .replaceAll(folder, '…')
    .replaceAll(/-?\d+(\.\d+)?/g, '#')
    .replaceAll(/[ ─]+/g, ' ')
    .trimEnd()
    .split('\n');

describe('the lines that close a run', () => {
  const deep = run('deep', {
    experiment: 'depth',
    width: 8,
    depth: 2,
    inputs: 'normal',
    initializers: 'he_normal',
    activations: 'relu',
    batch: 16,
  });
  const trained = run('trained', {
    experiment: 'training',
    data: { kind: 'xor', points: 24 },
    network: { hidden: [4] },
    steps: 12,
    target: 0.5,
    common: { activation: 'tanh', initializer: 'he_normal' },
    arms: [{ learningRate: [0.1, 1] }],
    baseline: 'learningRate=0.1',
  });
  const rows = (...args: string[]) => initsweep('show', ...args).stdout;

  it('are what deep networks make of a gradient, by layer, and the same in show', () => {
    const summary = [
      'Deep networks: simulation ± standard error, ~ theory of infinite width',
      '',
      'network kept grad_var, layer # theory depth_scale chi, last layer',
      ' ',
      'he_normal relu # # ± # ~# – # ± #',
      'kept: share of its size that a gradient keeps at each layer deep inside, √χ',
      '',
      'he_normal relu',
      'layer z_var theory grad_var theory correlation saturated',
      ' ',
      ' # # ± # ? # # ± # ~# # #',
      ' # # ± # ? ~# # ± # # # #',
    ];
    expect(words(deep.stdout)).toEqual([...summary, '', '# rows: …/deep/layers.arrow']);
    expect(words(rows(deep.out))).toEqual(summary);
  });

  it('are the steps and losses of arms, with paired differences, and the same in show', () => {
    const summary = [
      '# networks an arm of # weight layers, looked at up to step #: mean ± standard error, baseline learningRate=#',
      '',
      'arm reached steps less baseline final loss less baseline diverged accuracy',
      ' ',
      'learningRate=# # (≤ #) # – # ± # – # (≤ #) # ± #',
      'learningRate=# # ± # # ± # # # ± # # ± # # (≤ #) # ± #',
      'steps to the target loss; networks that never reach it count as all steps (restricted mean): no error where few do',
      'differences are paired: their errors account for shared draws, and are small for arms of one shape that train alike',
    ];
    const files = '# rows: …/trained/training.arrow; # arms: …/trained/arms.arrow';
    expect(words(trained.stdout)).toEqual([...summary, '', files]);
    expect(words(rows(trained.out))).toEqual(summary);
  });

  it('give way to rows in show as soon as something is said, and for a table by itself', () => {
    const alone = join(folder, 'training.arrow');
    copyFileSync(join(trained.out, 'training.arrow'), alone);
    const all = rows(trained.out, '--limit', '40');
    expect(words(all)[0]).toBe(
      'arm step layer fan_in fan_out loss accuracy gradient_norm weight_change saturated unit_spread rank finite',
    );
    expect(all.trimEnd().split('\n')).toHaveLength(2 + 40);
    expect(rows(trained.out, '--format', 'table')).toBe(all);
    expect(rows(alone)).toBe(all);
    expect(words(rows(trained.out, '--table', 'arms'))[0]).toMatch(
      /^arm learning_rate reached reached_difference steps_mean /,
    );
  });
});
