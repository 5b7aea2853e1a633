import type { DepthSpec } from '../model/depth-spec.ts';
import { resolveInput } from '../model/inputs.ts';
import { LARGEST_JACOBIAN, MOST_REPLICATES } from '../model/network-limits.ts';
import type { Problem } from './problems.ts';
import { repeatedModels } from './sweep-problems.ts';

/** Rows come in cells of `depth` rows, each held in memory whole. */
const MOST_ROWS = 2_000_000;
/** Of the derivatives that a network keeps for the way back, in every thread. */
const MOST_BYTES = 2 ** 30;

/**
 * What is wrong with the checked keys of a depth experiment put together.
 * @param allInputs whether the facts of every data file are there
 */
export function depthProblems(spec: DepthSpec, allInputs = true): readonly Problem[] {
  return [
    ...rowProblems(spec),
    ...repeatedModels(spec, allInputs),
    ...blockProblems(spec),
    ...jacobianProblems(spec),
    ...memoryProblems(spec),
    ...(allInputs ? pairProblems(spec) : []),
  ];
}

function rowProblems({ width, depth, inputs, initializers, activations, beta }: DepthSpec): readonly Problem[] {
  const rows = [width, inputs, initializers, activations, beta].reduce(
    (product, { length }) => product * length,
    depth,
  );
  if (rows <= MOST_ROWS) return [];
  return [
    {
      path: [],
      received: `${rows} rows (cells × depth)`,
      allowed: `at most ${MOST_ROWS} rows`,
      remedy: 'shorten an axis, or split the experiment in two',
    },
  ];
}

function blockProblems({ samples, blocks }: DepthSpec): readonly Problem[] {
  if (Math.ceil(samples / blocks) <= MOST_REPLICATES) return [];
  return [
    {
      path: ['blocks'],
      received: `${blocks} blocks for ${samples} networks`,
      allowed: `at most ${MOST_REPLICATES} networks a block`,
      remedy: `use blocks: ${Math.ceil(samples / MOST_REPLICATES)} or more`,
    },
  ];
}

function jacobianProblems({ jacobian, width }: DepthSpec): readonly Problem[] {
  const largest = Math.max(...width);
  if (!jacobian || largest <= LARGEST_JACOBIAN) return [];
  return [
    {
      path: ['jacobian'],
      received: `true with a width of ${largest}`,
      allowed: `widths up to ${LARGEST_JACOBIAN} with jacobian: true`,
      remedy: 'put the smaller widths into a config of their own',
    },
  ];
}

function memoryProblems({ width, depth, batch }: DepthSpec): readonly Problem[] {
  const largest = Math.max(...width);
  const bytes = 4 * largest * depth * batch;
  if (bytes <= MOST_BYTES) return [];
  return [
    {
      path: ['depth'],
      received: `${depth} layers of width ${largest} for a batch of ${batch}: ${Math.ceil(bytes / 2 ** 20)} MiB a thread`,
      allowed: `at most ${MOST_BYTES / 2 ** 20} MiB a thread`,
      remedy: 'use fewer layers, a smaller width or a smaller batch',
    },
  ];
}

/** x′ = c·x + √(1 − c²)·x″ has the variance of x only where each component has mean 0; of standardised rows all have it together. */
function pairProblems({ correlation, inputs }: DepthSpec): readonly Problem[] {
  if (correlation === 0) return [];
  return inputs.flatMap((input, i): readonly Problem[] => {
    const centred = input.dataset === null ? resolveInput(input).moments[1] === 0 : input.standardize;
    if (centred && input.dataset?.draw !== 'rows') return [];
    return [
      {
        path: ['inputs', i],
        received: `${resolveInput(input).label} with correlation: ${correlation}`,
        allowed: 'inputs whose components all have mean 0 where correlation is not 0',
        remedy: centred ? 'draw single values, or leave correlation out' : 'standardise it, or leave correlation out',
      },
    ];
  });
}
