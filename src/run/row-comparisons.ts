import type { RowTable } from '../tables/row-reader.ts';
import { type Comparison, rowScore } from './comparison.ts';

/** Relative accuracy of what is computed in single precision. */
const ACCURACY = 1e-5;

/** Digits to which copies of a number agree that were scaled in single precision. */
const COPY_DIGITS = 5;

/**
 * The rows of a table with an exact theory, one statistic after the other: a few columns in memory at a time. Each row states its z-score;
 * its value, theory and error are held against it. Series share their draws, so that some of their numbers are one number up to scale: one
 * test for each.
 */
export function* rowComparisons(table: RowTable): Generator<Comparison> {
  const blocks = table.numbers('blocks');
  const widths = table.columns.includes('width') ? table.numbers('width') : null;
  const labels = table.fields
    .filter(({ name, values, nullable }) => values !== undefined && !nullable && name !== 'input')
    .map(({ name }) => table.labels(name));
  const inputs = table.columns.includes('input') ? table.labels('input') : null;
  const numbers = ['beta', 'layer', 'step']
    .filter((name) => table.columns.includes(name))
    .map((name) => ({ name, values: table.numbers(name) }));
  // The slope tells series apart, the others the numbers of one.
  const places = numbers.filter(({ name }) => name !== 'beta');
  for (const column of table.columns) {
    const statistic = /^(.*)_zscore$/.exec(column)?.[1];
    if (statistic === undefined) continue;
    const [scores, values] = [table.numbers(column), table.numbers(statistic)];
    const [theories, errors] = [table.numbers(`${statistic}_theory`), table.numbers(`${statistic}_mcse`)];
    const tested = new Set<string>();
    for (let row = 0; row < table.rows; row++) {
      const [stated, value, theory, mcse] = [scores[row], values[row], theories[row], errors[row]] as [
        number,
        number,
        number,
        number,
      ];
      if ([stated, value, theory, mcse].some(Number.isNaN)) continue;
      const allowance = ACCURACY * Math.max(Math.abs(value), Math.abs(theory));
      const unit = theory === 0 ? 1 : theory;
      const relative = [value / unit, mcse / unit].map((number) => number.toPrecision(COPY_DIGITS));
      const copy = [widths?.[row], ...places.map((axis) => axis.values[row]), ...relative, stated.toFixed(2)].join(' ');
      if (tested.has(copy)) continue;
      tested.add(copy);
      const levels = numbers.map((axis) => `${axis.name} ${axis.values[row]}`);
      yield {
        ensemble: inputs?.[row] ?? '',
        fanIn: widths?.[row] ?? null,
        statistic,
        cell: [...labels.map((label) => label[row]), ...levels].join(', '),
        ...{ value, theory, mcse },
        zscore: rowScore(stated, value, theory, mcse, allowance),
        blocks: blocks[row] as number,
      };
    }
  }
}
