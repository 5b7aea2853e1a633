/** Who may import whom. The folders of `src`, highest first: a folder may import from the rows below its own. */
const LAYERS = [
  ['cli', 'api'],
  ['run', 'report'],
  ['execute', 'tables'],
  ['experiment'],
  ['derive', 'depth', 'training'],
  ['sweep', 'model', 'config', 'kernel', 'stats', 'theory'],
  ['random', 'memory'],
  ['numeric'],
];

/** Imports inside a row that are allowed as well; none of them closes a circle. */
const SIDEWAYS = {
  // The statistics that a precision may name.
  config: ['model', 'sweep', 'stats'],
  // A plan says what a kernel will be asked for, and holds its version; tallies of zeros are known beforehand.
  sweep: ['model', 'theory', 'kernel', 'stats'],
  theory: ['model'],
  // A kernel fills tallies, which `stats` defines; the reference one evaluates activations as `model` defines them.
  kernel: ['stats', 'model'],
};

/** Packages that one folder or file owns, so that they can be exchanged in one place. */
const OWNERS = {
  commander: '^src/cli/',
  'cli-progress': '^src/cli/',
  piscina: '^src/execute/worker-thread\\.ts$',
  bullmq: '^src/execute/queue/',
  ioredis: '^src/execute/queue/',
  'apache-arrow': '^src/tables/',
  zod: '^src/config/',
  yaml: '^src/config/',
  seedrandom: '^src/random/',
};

const folder = (names) => `^src/(${names.join('|')})/`;

/** Everything in `src` that `name` of row `row` may not touch: the rows above, its own row but for SIDEWAYS, and the entry points. */
function forbiddenTo(name, row) {
  const neighbours = LAYERS[row].filter((other) => other !== name && !(SIDEWAYS[name] ?? []).includes(other));
  return [...LAYERS.slice(0, row).flat(), ...neighbours];
}

const downward = LAYERS.flatMap((names, row) =>
  names.flatMap((name) => {
    const forbidden = forbiddenTo(name, row);
    return forbidden.length === 0
      ? []
      : [
          {
            name: `downward-from-${name}`,
            severity: 'error',
            from: { path: folder([name]) },
            to: { path: folder(forbidden) },
          },
        ];
  }),
);

const owned = Object.entries(OWNERS).map(([library, owner]) => ({
  name: `only-the-owner-imports-${library}`,
  severity: 'error',
  from: { pathNot: owner },
  to: { path: `(^|/)node_modules/(@types/)?${library}(/|$)` },
}));

const known = LAYERS.flat();

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...downward,
    ...owned,
    {
      name: 'known-folder',
      comment: 'A new folder needs a place in LAYERS.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/((${known.join('|')})/|index\\.ts$|errors\\.ts$|version\\.ts$)` },
      to: {},
    },
    {
      name: 'errors-is-the-ground',
      severity: 'error',
      from: { path: '^src/(errors|version)\\.ts$' },
      to: { path: '^(src|workers)/', pathNot: '^src/errors\\.ts$' },
    },
    {
      name: 'nobody-imports-the-entry-points',
      comment: 'index.ts is for other programs, workers/ are loaded by path.',
      severity: 'error',
      from: {},
      to: { path: '^(src/index\\.ts$|workers/)' },
    },
    {
      name: 'index-is-no-command-line',
      severity: 'error',
      from: { path: '^src/index\\.ts$' },
      to: { path: '^src/cli/' },
    },
    {
      name: 'workers-do-tasks-only',
      severity: 'error',
      from: { path: '^workers/' },
      to: { path: folder(['cli', 'api', 'run', 'report', 'config']) },
    },
    {
      name: 'run-knows-the-executor-interface-only',
      comment: 'Whoever calls run chooses the executor.',
      severity: 'error',
      from: { path: '^src/run/' },
      to: { path: '^src/execute/((open|pool|worker-thread|inline)\\.ts$|queue/)' },
    },
    {
      name: 'start-up-is-light',
      comment: 'main.ts loads a verb, and what the verb needs, when it is called: --help must not wait for them.',
      severity: 'error',
      from: { path: '^src/cli/main\\.ts$' },
      to: {
        path: '^src/(config|model|sweep|kernel|stats|theory|execute|derive|tables|run|report)/',
        dynamic: false,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'progress-bar-loads-late',
      severity: 'error',
      from: {},
      to: { path: '(^|/)node_modules/cli-progress/', dynamic: false, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-orphans',
      comment: 'A file that nothing imports and that imports nothing is forgotten.',
      severity: 'error',
      from: { orphan: true, path: '^(src|workers)/', pathNot: '\\.d\\.ts$' },
      to: {},
    },
    {
      name: 'no-tests-in-the-product',
      severity: 'error',
      from: { path: '^(src|workers)/' },
      to: { path: '^(test|bench|dist)/' },
    },
    {
      name: 'declared-packages-only',
      severity: 'error',
      from: { path: '^(src|workers)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['type-only', 'npm-peer'] },
    },
    {
      name: 'resolvable',
      comment: '#kernel and #worker name built files.',
      severity: 'error',
      from: { path: '^(src|workers)/' },
      to: { couldNotResolve: true, pathNot: '^#' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    // Type imports count: a wrong direction is wrong before any code runs.
    tsPreCompilationDeps: true,
    doNotFollow: { path: '(^|/)node_modules/' },
    exclude: { path: '^src/kernel/assembly/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.d.ts'],
    },
  },
};
