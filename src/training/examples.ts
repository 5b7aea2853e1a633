import { TaskError } from '../errors.ts';
import type { Datasets } from '../model/spec.ts';
import { type ExampleSize, exampleSize, type TeacherSpec, type TrainingSpec } from '../model/training-spec.ts';
import { cos, sin } from '../numeric/elementary.ts';
import { DrawStream } from './draw-stream.ts';

/** Examples to learn from. */
export interface Examples {
  readonly rows: number;
  /** rows × inputs, row-major. */
  readonly inputs: Float64Array;
  /** rows × outputs, row-major: 0 or 1 for classes (one of them 1 where there are several outputs), or the value. */
  readonly targets: Float64Array;
}

/** The examples of one replicate, the same in every arm. @param outputs of the network */
export function examplesOf(
  spec: TrainingSpec,
  datasets: Datasets,
  outputs: number,
  block: number,
  replicate: number,
): Examples {
  const { data } = spec;
  if (data.kind === 'file') return fromFile(datasets.get(data.facts.digest), exampleSize(data), outputs);
  const draws = (part: string) => new DrawStream(spec, block, replicate, { role: 'inputs', part, details: data });
  if (data.kind === 'teacher') return teacher(data, draws('examples'), draws('teacher'), outputs);
  const rows = data.points;
  const positives = Math.round(data.positive * rows);
  const inputs = draws('examples')
    .normals(2 * rows)
    .map((u) => data.noise * u);
  const place = data.kind === 'xor' ? onCorner : onSpiral(data.turns, draws('places').uniforms(rows));
  const classes = new Float64Array(rows).fill(1, 0, positives);
  for (let i = 0; i < rows; i++) {
    const [x, y] = place(i < positives, i);
    inputs[2 * i] = (inputs[2 * i] as number) + x;
    inputs[2 * i + 1] = (inputs[2 * i + 1] as number) + y;
  }
  return { rows, inputs, targets: encode(classes, outputs) };
}

/** Where example `index` of a class lies but for the noise. */
type Place = (positive: boolean, index: number) => readonly [number, number];

/** The two clouds of a class by turns: (1, −1) and (−1, 1) of class 1, (1, 1) and (−1, −1) of class 0. */
const onCorner: Place = (positive, index) => {
  const x = index % 2 === 0 ? 1 : -1;
  return [x, positive ? -x : x];
};

/** Radius at the end of a spiral: with t uniform on (0, 1), E (r·t)²/2, about the variance of an input, is then 1. */
const SPIRAL_RADIUS = Math.sqrt(6);

/** The radius grows with the angle, and class 1 is turned by π. @param places U(−1, 1) along the spiral, by example */
function onSpiral(turns: number, places: Float64Array): Place {
  return (positive, index) => {
    const t = 0.5 + 0.5 * (places[index] as number);
    const angle = 2 * Math.PI * turns * t + (positive ? Math.PI : 0);
    return [SPIRAL_RADIUS * t * cos(angle), SPIRAL_RADIUS * t * sin(angle)];
  };
}

function teacher(data: TeacherSpec, stream: DrawStream, own: DrawStream, outputs: number): Examples {
  const { points: rows, inputs: width, noise, labels } = data;
  const draws = stream.normals(rows * (width + 1));
  const inputs = draws.slice(0, rows * width);
  const direction = own.normals(width);
  let square = 0;
  for (const v of direction) square += v * v;
  const length = Math.sqrt(square);
  const targets = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    let sum = 0;
    for (let k = 0; k < width; k++) sum += (direction[k] as number) * (inputs[i * width + k] as number);
    const y = sum / length + noise * (draws[rows * width + i] as number);
    targets[i] = labels === 'values' ? y : y > 0 ? 1 : 0;
  }
  return { rows, inputs, targets: labels === 'values' ? targets : encode(targets, outputs) };
}

/** @param values rows of the inputs and the target, as the config has read them */
function fromFile(values: Float32Array | undefined, size: ExampleSize, outputs: number): Examples {
  const { rows, inputs: width, classes } = size;
  if (values === undefined || values.length !== rows * (width + 1))
    throw new TaskError({ where: 'examples', received: 'no values of the data file', remedy: 'pass its dataset' });
  const inputs = new Float64Array(rows * width);
  const targets = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < width; k++) inputs[i * width + k] = values[i * (width + 1) + k] as number;
    targets[i] = values[i * (width + 1) + width] as number;
  }
  return { rows, inputs, targets: classes > 0 ? encode(targets, outputs) : targets };
}

/** One output: the class itself, 0 or 1. Several: 1 in the place of the class. */
function encode(classes: Float64Array, outputs: number): Float64Array {
  if (outputs === 1) return classes;
  const targets = new Float64Array(classes.length * outputs);
  classes.forEach((label, i) => {
    targets[i * outputs + label] = 1;
  });
  return targets;
}
