// Bundles the entry points over what tsc wrote: hundreds of small modules cost more time to open than to run.
// Piscina stays outside, because it finds its own worker file by `__dirname`, and so do the optional packages.
import { readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { build } from 'rolldown';
import { commitOf } from './commit.mjs';

const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
const facts = Object.entries({ VERSION: version, COMMIT: commitOf('.') })
  .map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};`)
  .join('');

rmSync('dist/chunks', { recursive: true, force: true });
await build({
  input: { 'src/cli/main': 'src/cli/main.ts', 'src/index': 'src/index.ts', 'workers/block': 'workers/block.ts' },
  platform: 'node',
  external: ['piscina', 'bullmq', 'ioredis'],
  // For Node it is CommonJS, which no bundler can take apart; this is the same library as ES modules.
  resolve: { alias: { yaml: resolve('node_modules/yaml/browser/index.js') } },
  transform: { target: 'node20.19' },
  plugins: [
    {
      name: 'version',
      // Known here, so that no start looks for it.
      load: (id) => (id.endsWith('/src/version.ts') ? facts : null),
    },
    {
      name: 'no-subprocess',
      // Commander loads it for verbs that are programs of their own, of which there are none; it takes a tenth of the start.
      resolveId: (source, importer) =>
        source === 'node:child_process' && importer?.includes('/commander/') ? '\0no-subprocess' : null,
      load: (id) => (id === '\0no-subprocess' ? 'export {};' : null),
    },
  ],
  logLevel: 'warn',
  output: {
    dir: 'dist',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name]-[hash].js',
    // Less to parse at every start; names stay, for stack traces.
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    // What is needed together lies together: to open a file takes longer than to parse a small one.
    codeSplitting: {
      groups: [
        // What the command line shares with the rest.
        {
          name: 'base',
          test: /\/src\/(errors|version|model\/expect-spec|random\/canonical|run\/(faults|precision-text)|sweep\/shard)\./,
          priority: 5,
        },
        // All that a worker thread needs is here, and no large library.
        {
          name: 'worker',
          test: /\/(seedrandom|ml-matrix)\/|\/src\/(depth|derive|execute\/(perform|heartbeat|failure|task)|experiment|kernel|memory|model|numeric|random|stats|sweep|theory|training)/,
          priority: 4,
        },
        {
          name: 'command',
          test: /\/commander\/|\/src\/cli\/(?!main|load-config|verify-runs|claim-of-run|shown-run|.*-text)/,
          priority: 3,
        },
        { name: 'config', test: /\/(yaml|zod)\/|\/src\/config\/(?!data\/)/, priority: 2 },
        {
          name: 'sweep',
          test: /\/src\/(execute\/(?!pool|worker-thread|queue\/)|run\/(?!derive|extend|finished|merge|replay|verify)|tables\/disk)/,
          priority: 1,
        },
        { name: 'pool', test: /\/src\/execute\/(pool|worker-thread)/, priority: 1 },
        { name: 'queue', test: /\/src\/execute\/queue\// },
        { name: 'tables', test: /\/(apache-arrow|flatbuffers|tslib)\/|\/src\/tables\// },
      ],
    },
  },
});
