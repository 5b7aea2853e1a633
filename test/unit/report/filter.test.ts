import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/errors.ts';
import { compileFilter } from '../../../src/report/filter.ts';
import { withoutAlias } from '../../../src/report/label-alias.ts';
import { estimateRows } from '../../support/estimate-rows.ts';

const ROWS = estimateRows([
  { initializer: 'he_normal', input: 'normal', activation: 'tanh', fan_in: 1, beta: 0.1, z_var: 2, z_var_zscore: -4 },
  { initializer: 'he_normal', input: 'bernoulli(p=0.1, raw)', activation: 'tanh', fan_in: 64, beta: 1, z_var: 0.2 },
  {
    initializer: 'lecun_normal',
    input: 'normal',
    activation: 'tanh',
    fan_in: 64,
    beta: 1 + 2e-16,
    z_var: 1,
    z_var_zscore: 0.5,
  },
  {
    initializer: 'lecun_normal',
    input: 'normal',
    activation: 'relu',
    fan_in: 4096,
    beta: 10,
    z_var: null,
    z_var_note: 'infinite',
  },
]);

function matching(source: string): number[] {
  const matches = compileFilter(source, ROWS);
  return [0, 1, 2, 3].filter((row) => matches(row));
}

describe('compileFilter', () => {
  it.each([
    ['fan_in = 64', [1, 2]],
    ['initializer = kaiming_normal', [0, 1]],
    ["input in (gaussian, 'bernoulli(p=0.1, raw)')", [0, 1, 2, 3]],
    ['fan_in == 64', [1, 2]],
    ['fan_in != 64', [0, 3]],
    ['fan_in < 64', [0]],
    ['fan_in<=64', [0, 1, 2]],
    ['fan_in > 64', [3]],
    ['fan_in >= 6.4e1', [1, 2, 3]],
    ['64 < fan_in', [3]],
    ['64 >= fan_in', [0, 1, 2]],
    ['beta = 1', [1, 2]],
    ['beta > 1', [3]],
    ['z_var > fan_in', [0]],
    ['abs(z_var_zscore) > 3', [0]],
    ['z_var_zscore < -3', [0]],
    ['z_var * fan_in = 12.8', [1]],
    ['1/fan_in < 1 - 0.5', [1, 2, 3]],
    ['fan_in - 60 - 3 = 1', [1, 2]],
    ['fan_in / 8 / 2 = 4', [1, 2]],
    ['2 + fan_in * 2 = 4', [0]],
    ['(2 + fan_in) * 2 = 6', [0]],
    ['-fan_in = -64', [1, 2]],
    ['fan_in=-1*-64', [1, 2]],
    ['sqrt(fan_in) = 8', [1, 2]],
    ['abs(1 - z_var) > 0.7', [0, 1]],
    ['log(exp(z_var)) = z_var', [0, 1, 2]],
    ['((fan_in)) = 1 and ((fan_in + 1) / 2 = 1)', [0]],
    ['z_var / 0 > 1', [0, 1, 2]],
    ['z_var - 1 is null', [3]],
    ['2 * fan_in in (2, 8192)', [0, 3]],
    ['z_var_zscore in (-4, 3)', [0]],
    ['fan_in in (1, 4096)', [0, 3]],
    ['fan_in not in (1, 4096)', [1, 2]],
    ['initializer = he_normal', [0, 1]],
    ["initializer = 'he_normal'", [0, 1]],
    ['initializer != "he_normal"', [2, 3]],
    ['input = bernoulli(p=0.1, raw)', [1]],
    ["input = 'bernoulli(p=0.1, raw)'", [1]],
    ['initializer in (he_normal, lecun_normal)', [0, 1, 2, 3]],
    ["initializer like 'he*'", [0, 1]],
    ["initializer not like '%_normal'", []],
    ["input like 'bernoulli(*'", [1]],
    ['z_var is null', [3]],
    ['z_var is not null', [0, 1, 2]],
    ['z_var_note is not null', [3]],
    ['z_var_note = infinite', [3]],
    // A known level of a fixed list that no row has.
    ['z_var_note = rare', []],
    ['fan_in = 1 or fan_in = 64 and input = normal', [0, 2]],
    ['(fan_in = 1 or fan_in = 64) and input = normal', [0, 2]],
    ['NOT fan_in = 1 AND activation = tanh', [1, 2]],
    ['not (fan_in = 1 or activation = relu)', [1, 2]],
  ])('%s', (source, rows) => {
    expect(matching(source)).toEqual(rows);
  });

  it('takes a comparison with null for neither true nor false', () => {
    expect(matching('z_var > 0.5')).toEqual([0, 2]);
    expect(matching('not z_var > 0.5')).toEqual([1]);
    expect(matching('z_var > 0.5 or not z_var > 0.5')).toEqual([0, 1, 2]);
    expect(matching('z_var > 0.5 or fan_in = 4096')).toEqual([0, 2, 3]);
    expect(matching('not z_var in (2)')).toEqual([1, 2]);
    expect(matching('z_var_note != rare')).toEqual([3]);
  });

  it.each([
    ['fanin = 64', 1, 'did you mean "fan_in"?'],
    ['fan_in = 64 and z_vr > 1', 17, 'did you mean "z_var"?'],
    ['fan_in', 7, 'received the end'],
    ['fan_in =', 9, 'received the end'],
    ['fan_in = 64 and', 16, 'received the end'],
    ['fan_in = 64 beta = 1', 13, 'received beta'],
    ['fan_in = normal', 10, 'received normal'],
    ['fan_in = initializer', 10, 'a number column'],
    ['initializer = he_norml', 15, 'did you mean "he_normal"?'],
    ['initializer in (he_normal, lecun)', 28, 'labels of initializer: he_normal, lecun_normal'],
    ['initializer < he_normal', 13, '= or !='],
    ['abs(initializer) > 1', 5, 'a number column'],
    ["fan_in like '4*'", 1, 'a label column'],
    ['(fan_in = 64', 13, 'allowed: )'],
    ['fan_in = 64)', 12, 'received )'],
    ["input = 'normal", 9, "close the '"],
    ['fan_in = 6x4', 11, 'allowed: a number'],
    ['fan_in ~ 64', 8, 'received "~"'],
    ['fan_in not 64', 12, 'in or like'],
    ['fan_in + = 64', 10, 'a number or a number column'],
    ['fan_in * initializer > 1', 10, 'a number or a number column'],
    ['(fan_in + 1 > 2', 16, 'allowed: )'],
    ['(fan_in + 1 * 2', 16, 'allowed: )'],
    ['fan_in + 1', 11, 'received the end'],
    ['sqrt fan_in > 1', 6, 'allowed: ('],
    ['sqr(fan_in) > 1', 1, 'a column of the table'],
    ['fan_in in (1 + 1)', 14, 'allowed: )'],
    ['', 1, 'received the end'],
  ])('points at the mistake in: %s', (source, column, message) => {
    const problem = (): unknown => compileFilter(source, ROWS);
    expect(problem).toThrow(UsageError);
    expect(problem).toThrow(message);
    expect(problem).toThrow(`--where, column ${column}:`);
    expect(problem).toThrow(`    ${source}\n    ${' '.repeat(column - 1)}^`);
    expect(problem).not.toThrow('; \n');
  });

  it('takes aliases with parameters, and names in a message what was written', () => {
    expect(withoutAlias('input', 'student(df=5)')).toBe('student_t(df=5)');
    expect(withoutAlias('arm', 'linear')).toBe('linear');
    expect(() => matching('activation = sigmoid')).toThrow(
      'received "sigmoid"; allowed: labels of activation: tanh, relu',
    );
  });

  it('is bounded in its depth, in time that grows no faster than its length', () => {
    for (const part of ['(', '-', 'not ', 'abs(', '1+'])
      expect(() => compileFilter(`${part.repeat(100_000)}fan_in > 1`, ROWS)).toThrow(
        'at most 500 operators, functions and parentheses',
      );
  });

  it('answers any text with a filter or a UsageError', () => {
    const words = [
      'fan_in',
      'initializer',
      'and',
      'or',
      'not',
      'in',
      'is',
      'null',
      'like',
      'abs',
      '(',
      ')',
      ',',
      '=',
      '<',
      '+',
      '-',
      '*',
      '/',
      'sqrt',
      '1',
      "'a'",
      ' ',
    ];
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.constantFrom(...words), fc.string()), { maxLength: 12 }), (parts) => {
        try {
          return typeof compileFilter(parts.join(' '), ROWS)(0) === 'boolean';
        } catch (error) {
          return error instanceof UsageError;
        }
      }),
      { seed: 5, numRuns: 2000 },
    );
  });
});
