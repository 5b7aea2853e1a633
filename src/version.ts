import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The version of this package. */
export const VERSION: string = (require('initsweep/package.json') as { version: string }).version;

/**
 * The commit that the build was made from, with `-dirty` where files differed from it; null where it was made outside a repository.
 * `scripts/bundle.mjs` puts it here.
 */
export const COMMIT: string | null = null;
