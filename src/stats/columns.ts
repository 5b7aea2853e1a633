import { countColumn, type EstimateColumn, levelColumn, settingColumn } from './estimate-column.ts';
import { NOTES, STATISTICS, type Statistic, THEORY_KINDS } from './statistics.ts';

const AXES: readonly EstimateColumn[] = [
  levelColumn('initializer', 'Weight rule'),
  levelColumn('input', 'Distribution of the inputs x'),
  levelColumn('activation', 'Activation function g'),
  countColumn('fan_in', 'u32', 'Inputs of the neuron', 'inputs'),
  countColumn('fan_out', 'u32', 'Units of the layer, as initializers see them', 'units'),
  settingColumn('beta', 'Slope β of the activation g(βz)'),
  settingColumn('weight_std', 'Standard deviation of a weight', 'units of w'),
  countColumn('samples', 'u64', 'Pre-activations simulated', 'count'),
  countColumn('replicates', 'u64', 'Independent random layers', 'count'),
  countColumn('blocks', 'u32', 'Blocks behind the standard errors', 'count'),
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
        description: 'exact: true at this size; gaussian: the limit of large fan-in or width',
      },
      {
        name: `${s.name}_zscore`,
        type: 'f64',
        nullable: true,
        description: `(${s.name} − theory) / mcse, exact theory only; where the error is 0: 0, or ±∞ if they differ`,
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
