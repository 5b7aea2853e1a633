import { NOTES, STATISTICS, type Statistic, THEORY_KINDS } from './statistics.ts';

/**
 * The columns of `estimates.arrow`, in order. Rows in flight are one column-major `Float64Array` over this list; NaN stands
 * for null there (and only there: the table holds nulls). Dictionary columns hold the index into their dictionary.
 */
export interface EstimateColumn {
  readonly name: string;
  readonly type: 'f64' | 'u32' | 'u64' | 'dictionary';
  /** For dictionary columns: the fixed values, or null where they come from the sweep (labels of its levels). */
  readonly values?: readonly string[] | null;
  readonly nullable: boolean;
  readonly description: string;
  readonly unit?: string;
  readonly formula?: string;
}

const level = (name: string, description: string): EstimateColumn => ({
  name,
  type: 'dictionary',
  values: null,
  nullable: false,
  description,
});

const AXES: readonly EstimateColumn[] = [
  level('initializer', 'Weight rule'),
  level('input', 'Distribution of the inputs x'),
  level('activation', 'Activation function g'),
  { name: 'fan_in', type: 'u32', nullable: false, description: 'Inputs of the neuron', unit: 'inputs' },
  {
    name: 'fan_out',
    type: 'u32',
    nullable: false,
    description: 'Units the layer feeds, as initializers see it',
    unit: 'units',
  },
  { name: 'beta', type: 'f64', nullable: false, description: 'Slope β of the activation g(βz)', unit: '1' },
  {
    name: 'weight_std',
    type: 'f64',
    nullable: false,
    description: 'Standard deviation of a weight',
    unit: 'units of w',
  },
  { name: 'samples', type: 'u64', nullable: false, description: 'Pre-activations simulated', unit: 'count' },
  { name: 'replicates', type: 'u64', nullable: false, description: 'Independent random layers', unit: 'count' },
  { name: 'blocks', type: 'u32', nullable: false, description: 'Blocks behind the standard errors', unit: 'count' },
];

/** The columns of one statistic: its value and, where it has them, error, upper limit, theory, z-score and note. */
export function statisticColumns(s: Statistic): EstimateColumn[] {
  const columns: EstimateColumn[] = [
    { name: s.name, type: 'f64', nullable: true, description: s.description, unit: s.unit, formula: s.formula },
  ];
  if (s.mcse)
    columns.push({
      name: `${s.name}_mcse`,
      type: 'f64',
      nullable: true,
      description: `Monte Carlo standard error of ${s.name}`,
      unit: s.unit,
    });
  if (s.fraction)
    columns.push({
      name: `${s.name}_upper`,
      type: 'f64',
      nullable: true,
      description: `Upper 95% limit of ${s.name}, given where events are too rare for a standard error`,
      unit: s.unit,
    });
  if (s.theory) {
    columns.push(
      { name: `${s.name}_theory`, type: 'f64', nullable: true, description: `Theory of ${s.name}`, unit: s.unit },
      {
        name: `${s.name}_theory_kind`,
        type: 'dictionary',
        values: THEORY_KINDS,
        nullable: true,
        description: 'exact: true at this fan-in; gaussian: the limit of large fan-in',
      },
      {
        name: `${s.name}_zscore`,
        type: 'f64',
        nullable: true,
        description: `(${s.name} − theory) / mcse, exact theory only`,
        unit: '1',
      },
    );
  }
  if (s.mcse)
    columns.push({
      name: `${s.name}_note`,
      type: 'dictionary',
      values: NOTES,
      nullable: true,
      description: 'Why the standard error or z-score is missing or doubtful',
    });
  return columns;
}

export const ESTIMATE_COLUMNS: readonly EstimateColumn[] = [...AXES, ...STATISTICS.flatMap(statisticColumns)];

const INDEX = new Map(ESTIMATE_COLUMNS.map((c, i) => [c.name, i]));

/** Position of a column in {@link ESTIMATE_COLUMNS}; throws on a name that is not there. */
export function columnIndex(name: string): number {
  const i = INDEX.get(name);
  if (i === undefined) throw new Error(`no column ${name}`);
  return i;
}

/** The columns that say which cell a row is. */
export const CELL_COLUMNS = {
  initializer: columnIndex('initializer'),
  input: columnIndex('input'),
  activation: columnIndex('activation'),
  fanIn: columnIndex('fan_in'),
  fanOut: columnIndex('fan_out'),
  beta: columnIndex('beta'),
};
