import { textColumn } from './cells.ts';
import { type EstimateRows, getField } from './estimate-rows.ts';
import { formatNumber, NULL_TEXT } from './number-format.ts';
import { renderTable, type Terminal, type TextColumn } from './terminal.ts';
import { theoryTexts } from './theory-text.ts';

const LINES = 40;
/** Layers of a cell that are shown, at most. */
const MOST_LAYERS = 6;
/** Title, blank, header, rule, blank. */
const FRAME_LINES = 5;

/** Rows of one network in `layers.arrow`: its layers, from the input on. */
interface Network {
  readonly label: string;
  readonly rows: readonly number[];
}

/**
 * What closes a depth run: what each network makes of a gradient, then, for as many as there is room, its layers.
 *
 * @param table `layers.arrow`
 * @returns lines without line ends, some 40 at most but for runs of more networks than that
 */
export function depthSummary(table: EstimateRows, terminal: Terminal): string[] {
  if (table.rows === 0) return [];
  const networks = networksOf(table);
  const shown = networks.slice(0, LINES - FRAME_LINES - 1);
  const lines = [
    'Deep networks: simulation ± standard error, ~ theory of infinite width',
    '',
    ...renderTable(overview(table, shown, terminal), terminal),
  ];
  if (shown.length < networks.length) lines.push(`… and ${networks.length - shown.length} more networks`);
  lines.push('kept: share of its size that a gradient keeps at each layer deep inside, √χ');
  for (const network of networks) {
    const layers = byLayer(table, network, terminal);
    if (lines.length + layers.length > LINES) break;
    lines.push(...layers);
  }
  return lines;
}

/** Cells in table order. */
function networksOf(table: EstimateRows): Network[] {
  const [initializers, inputs, activations] = ['initializer', 'input', 'activation'].map((name) =>
    table.labels(name),
  ) as [readonly (string | null)[], readonly (string | null)[], readonly (string | null)[]];
  const [widths, betas, layers] = ['width', 'beta', 'layer'].map((name) => table.numbers(name)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const several = (values: ArrayLike<unknown>): boolean => new Set(Array.from(values)).size > 1;
  const named = { width: several(widths), beta: several(betas), input: several(inputs) };
  const networks: { label: string; rows: number[] }[] = [];
  for (let row = 0; row < table.rows; row++) {
    if (layers[row] === 1) {
      const parts = [
        `${initializers[row] ?? NULL_TEXT} ${activations[row] ?? NULL_TEXT}`,
        named.beta ? `β=${formatNumber(betas[row] as number)}` : '',
        named.width ? `n=${widths[row]}` : '',
        named.input ? `${inputs[row]}` : '',
      ];
      networks.push({ label: parts.filter((part) => part !== '').join(' '), rows: [] });
    }
    networks.at(-1)?.rows.push(row);
  }
  return networks;
}

/** Columns from which on a terminal has room for what can be read off elsewhere. Labels would be cut before columns are left out. */
const ROOMY = 100;

function overview(table: EstimateRows, networks: readonly Network[], { columns }: Terminal): TextColumn[] {
  const roomy = columns === null || columns >= ROOMY;
  const first = Uint32Array.from(networks, ({ rows }) => rows[0] as number);
  const last = Uint32Array.from(networks, ({ rows }) => rows.at(-1) as number);
  const limit = table.numbers('chi_fixed');
  const scales = table.numbers('depth_scale');
  const text = (value: number | undefined): string => formatNumber(value ?? Number.NaN, 3);
  return [
    { title: 'network', align: 'left', cells: networks.map(({ label }) => label) },
    { title: 'kept', align: 'decimal', cells: Array.from(last, (row) => text(Math.sqrt(limit[row] as number))) },
    statistic(table, 'grad_var', first, 'grad_var, layer 1'),
    { title: 'theory', align: 'decimal', cells: theoryTexts(table, 'grad_var', first) },
    { title: 'depth_scale', align: 'decimal', cells: Array.from(last, (row) => text(scales[row])) },
    ...(roomy && !jacobians(table) ? [statistic(table, 'chi', last, 'chi, last layer')] : []),
    ...(roomy && jacobians(table) ? ['jac_max', 'jac_median'].map((name) => statistic(table, name, last, name)) : []),
  ];
}

const jacobians = (table: EstimateRows): boolean => table.numbers('jac_max').some((value) => !Number.isNaN(value));

function statistic(table: EstimateRows, name: string, rows: Uint32Array, title: string): TextColumn {
  return { ...textColumn(table, getField(table, name, 'summary'), rows), title };
}

/** Some layers of a network, from the input to the output. */
function byLayer(table: EstimateRows, { label, rows }: Network, terminal: Terminal): string[] {
  const count = Math.min(MOST_LAYERS, rows.length);
  const picked = Uint32Array.from(
    { length: count },
    (_, i) => rows[Math.round((i * (rows.length - 1)) / Math.max(1, count - 1))] as number,
  );
  const layers = table.numbers('layer');
  const pair = (name: string): TextColumn[] => [
    statistic(table, name, picked, name),
    { title: 'theory', align: 'decimal', cells: theoryTexts(table, name, picked) },
  ];
  const plain = (name: string): TextColumn => {
    const values = table.numbers(name);
    return {
      title: name,
      align: 'decimal',
      cells: Array.from(picked, (row) => formatNumber(values[row] as number, 4)),
    };
  };
  const columns: TextColumn[] = [
    { title: 'layer', align: 'decimal', cells: Array.from(picked, (row) => String(layers[row])) },
    ...pair('z_var'),
    ...pair('grad_var'),
    plain('correlation'),
    plain('saturated'),
  ];
  return ['', label, ...renderTable(columns, terminal)];
}
