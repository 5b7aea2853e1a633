import { dirname, join, resolve } from 'node:path';
import type { Plugin } from 'vitest/config';

const ROOT = resolve(import.meta.dirname, '../..');
const SOURCE = join(ROOT, 'src/');
const BUILT = join(ROOT, 'dist/src/');

/**
 * Tests import sources, and get what was built of them (`build.ts` sees to that), which Node then loads by itself. Through Vitest's own
 * modules every call of an imported function is a look-up, which made loops of simulations six times slower. A module that a test
 * replaces (`vi.mock`) has to be the source.
 */
export const built: Plugin = {
  name: 'built',
  enforce: 'pre',
  resolveId(source, importer) {
    const file = source.startsWith('.') && importer !== undefined ? resolve(dirname(importer), source) : '';
    return file.startsWith(SOURCE) ? join(BUILT, file.slice(SOURCE.length)).replace(/\.ts$/, '.js') : null;
  },
};

/** Leaves to Node what `built` points at. */
export const builtDeps = { deps: { external: [/\/dist\/src\//] } };
