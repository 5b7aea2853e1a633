import { UsageError } from '../errors.ts';
import { type EstimateRows, findField } from './estimate-rows.ts';
import { wildcard } from './filter.ts';
import { type Filter, parseFilter } from './filter-parser.ts';

/**
 * Whether the labels of a table leave an expression a row to match, whatever its numbers.
 *
 * @param option that the expression was given with, for messages
 * @throws UsageError where they do not, and for syntax and unknown columns
 */
export function checkLabels(text: string, table: Pick<EstimateRows, 'fields'>, option: string): void {
  const levels = new Map<string, readonly string[]>();
  const levelsOf = (column: string): readonly string[] => {
    const values = findField(table, column)?.values ?? [];
    levels.set(column, values);
    return values;
  };
  if (possible(parseFilter({ text, option }, table.fields), levelsOf).holds) return;
  throw new UsageError({
    where: option,
    received: text,
    allowed: 'an expression that some row of the table will match',
    remedy: [...levels].map(([column, values]) => `labels of ${column} are ${values.join(', ')}`).join('; '),
  });
}

/** Whether some row may meet a filter, and whether some row may not. */
interface Possible {
  readonly holds: boolean;
  readonly fails: boolean;
}

function possible(filter: Filter, levelsOf: (column: string) => readonly string[]): Possible {
  switch (filter.kind) {
    case 'and': {
      const [left, right] = [possible(filter.left, levelsOf), possible(filter.right, levelsOf)];
      return { holds: left.holds && right.holds, fails: left.fails || right.fails };
    }
    case 'or': {
      const [left, right] = [possible(filter.left, levelsOf), possible(filter.right, levelsOf)];
      return { holds: left.holds || right.holds, fails: left.fails && right.fails };
    }
    case 'not': {
      const { holds, fails } = possible(filter.inner, levelsOf);
      return { holds: fails, fails: holds };
    }
    case 'labels':
      return among(levelsOf(filter.column), (level) => filter.values.some(({ label }) => label === level));
    case 'like': {
      const pattern = wildcard(filter.pattern);
      return among(levelsOf(filter.column), (level) => pattern.test(level));
    }
    default:
      return { holds: true, fails: true };
  }
}

function among(levels: readonly string[], matches: (level: string) => boolean): Possible {
  // A column may not say what its labels are.
  return { holds: levels.length === 0 || levels.some(matches), fails: levels.length === 0 || !levels.every(matches) };
}
