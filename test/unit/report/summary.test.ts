import { describe, expect, it } from 'vitest';
import { summaryLines } from '../../../src/report/summary.ts';
import { type EstimateCells, estimateRows } from '../../support/estimate-rows.ts';

const PIPE = { columns: null, color: false };

function grid(
  rules: number,
  inputs: number,
  fanIns: readonly number[],
  betas: readonly number[] = [0.5, 1],
): EstimateCells[] {
  const cells: EstimateCells[] = [];
  for (let rule = 0; rule < rules; rule++)
    for (let input = 0; input < inputs; input++)
      for (const activation of ['logistic', 'tanh'])
        for (const fan_in of fanIns)
          for (const beta of betas)
            cells.push({
              initializer: `rule${rule}`,
              input: `input${input}`,
              activation,
              fan_in,
              beta,
              z_var: 1 / 3 + 0.0001,
              z_var_mcse: 0.00012,
              z_var_theory: 1 / 3,
              z_var_theory_kind: 'exact',
              d_mean: activation === 'logistic' && beta === 1 ? 0.2321 : 99,
              d_mean_mcse: 0.0002,
              d_mean_theory: 0.232003,
              d_mean_theory_kind: 'gaussian',
              saturated: 0,
              saturated_upper: 0.00003,
            });
  return cells;
}

describe('summaryLines', () => {
  it('puts theory beside simulation, at the first activation and the slope nearest 1', () => {
    const lines = summaryLines(estimateRows(grid(1, 2, [1, 4096], [0.1, 0.9, 1, 10])), PIPE);
    expect(lines).toEqual([
      'logistic at β = 1: simulation ± standard error, and theory',
      '',
      '          fan_in              z_var   theory             d_mean    theory      saturated  theory',
      '────────  ──────  ─────────────────  ───────  ─────────────────  ────────  ─────────────  ──────',
      'rule0',
      '  input0       1  0.33343 ± 0.00012  0.33333  0.23210 ± 0.00020  ~0.23200  0 (≤ 0.00003)       –',
      '            4096  0.33343 ± 0.00012  0.33333  0.23210 ± 0.00020  ~0.23200  0 (≤ 0.00003)       –',
      '  input1       1  0.33343 ± 0.00012  0.33333  0.23210 ± 0.00020  ~0.23200  0 (≤ 0.00003)       –',
      '            4096  0.33343 ± 0.00012  0.33333  0.23210 ± 0.00020  ~0.23200  0 (≤ 0.00003)       –',
      '~ theory of the limit of large fan-in; the others are exact',
    ]);
  });

  it('stays within its lines, largest fan-in always shown, and says what it left out', () => {
    const fanIns = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096];
    for (const [rules, inputs] of [
      [1, 1],
      [2, 3],
      [4, 6],
      [6, 7],
      [12, 8],
      [1, 60],
      [40, 1],
    ] as const)
      for (const limit of [20, 40]) {
        const lines = summaryLines(estimateRows(grid(rules, inputs, fanIns, [1])), { ...PIPE, lines: limit });
        const shown = lines.filter((line) => line.startsWith('rule')).length;
        expect(lines.length, `${rules} rules, ${inputs} inputs`).toBeLessThanOrEqual(limit);
        expect(lines.some((line) => / 4096 /.test(line))).toBe(true);
        expect(shown).toBeGreaterThan(0);
        if (shown < rules)
          expect(lines.at(-1)).toBe(`… and ${rules - shown} more initializer${rules - shown > 1 ? 's' : ''}`);
      }
  });

  it('spreads several fan-ins over the axis where there is room', () => {
    const lines = summaryLines(estimateRows(grid(1, 1, [1, 4, 16, 64, 256, 1024, 4096], [1])), PIPE);
    expect(lines.flatMap((line) => /^ +(?:input0 +)?(\d+) {2}/.exec(line)?.[1] ?? [])).toEqual([
      '1',
      '16',
      '256',
      '4096',
    ]);
  });

  it('counts a cell once where fan_out is an axis of its own', () => {
    const cells = grid(1, 1, [8], [1]).flatMap((cell) => [16, 32].map((fan_out) => ({ ...cell, fan_out })));
    expect(summaryLines(estimateRows(cells), PIPE).filter((line) => line.includes(' 8 '))).toHaveLength(1);
  });

  it('shows every initializer of the main job in a pipe', () => {
    const lines = summaryLines(estimateRows(grid(5, 6, [1, 64, 4096], [1])), PIPE);
    expect(lines).toHaveLength(40);
    expect(lines.at(-1)).toMatch(/^~ theory/);
  });

  it('stays within a narrow terminal', () => {
    const lines = summaryLines(estimateRows(grid(6, 7, [1, 4096], [1])), { columns: 70, color: false });
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(lines.filter((line) => line.startsWith('  input')).every((line) => line.length <= 70)).toBe(true);
    expect(lines.some((line) => line.startsWith('(no room for'))).toBe(true);
  });

  it('has nothing to say of no rows', () => {
    expect(summaryLines(estimateRows([]), PIPE)).toEqual([]);
  });
});
