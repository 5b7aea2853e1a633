import { describe, expect, it } from 'vitest';
import { renderTable, type TextColumn, terminalOf } from '../../../src/report/terminal.ts';

const PLAIN = { columns: null, color: false };
const COLUMNS: readonly TextColumn[] = [
  { title: 'input', align: 'left', cells: ['normal', 'bernoulli(p=0.1, raw)'] },
  { title: 'z_var', align: 'decimal', cells: ['0.3334 ± 0.0012', '12.3 ± 1.3'] },
  { title: 'theory', align: 'decimal', cells: ['0.333333', '–'] },
];

describe('renderTable', () => {
  it('puts decimal points under each other', () => {
    expect(renderTable(COLUMNS, PLAIN)).toEqual([
      'input                             z_var    theory',
      '─────────────────────  ────────────────  ────────',
      'normal                  0.3334 ± 0.0012  0.333333',
      'bernoulli(p=0.1, raw)  12.3 ± 1.3        –',
    ]);
  });

  it('fits the terminal: labels shrink first, then columns go, and are named', () => {
    expect(renderTable(COLUMNS, { columns: 42, color: false })).toEqual([
      'input                      z_var    theory',
      '──────────────  ────────────────  ────────',
      'normal           0.3334 ± 0.0012  0.333333',
      'bernoulli(p=0…  12.3 ± 1.3        –',
    ]);
    const narrow = renderTable(COLUMNS, { columns: 40, color: false });
    expect(narrow.slice(0, -1).every((line) => line.length <= 40)).toBe(true);
    expect(narrow.at(-1)).toContain('no room for theory');
  });

  it('cuts nothing in a pipe', () => {
    const wide = { title: 'input', align: 'left', cells: ['x'.repeat(500)] } as const;
    expect(renderTable([wide, wide], PLAIN)[2]).toHaveLength(1002);
  });

  it('lets no label steer the terminal', () => {
    const lines = renderTable([{ title: 'input', align: 'left', cells: ['a\u001b[31mb\nc'] }], PLAIN);
    expect(lines[2]).toBe('a�[31mb�c');
  });

  it('adds colour without moving a column', () => {
    const colored = renderTable(COLUMNS, { columns: null, color: true });
    expect(colored[0]).toContain('\u001b[1m');
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape codes are what this is about
    const bare = colored.map((line) => line.replace(/\u001b\[\d+m/g, '').trimEnd());
    expect(bare).toEqual(renderTable(COLUMNS, PLAIN));
  });

  it('shows a table without rows as its header', () => {
    expect(renderTable([{ title: 'beta', align: 'decimal', cells: [] }], PLAIN)).toEqual(['beta', '────']);
  });
});

describe('terminalOf', () => {
  it('has a width and colours on a terminal only, and no colours under NO_COLOR', () => {
    expect(terminalOf({ isTTY: true, columns: 90 }, {})).toEqual({ columns: 90, color: true });
    expect(terminalOf({ isTTY: true, columns: 90 }, { NO_COLOR: '1' })).toEqual({ columns: 90, color: false });
    expect(terminalOf({ isTTY: true, columns: 90 }, { TERM: 'dumb' })).toEqual({ columns: 90, color: false });
    expect(terminalOf({ isTTY: true, columns: 0 }, {})).toEqual({ columns: null, color: true });
    expect(terminalOf({ columns: 90 }, {})).toEqual({ columns: null, color: false });
  });
});
