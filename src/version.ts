import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** The version of this package. */
export const VERSION: string = (require('initsweep/package.json') as { version: string }).version;
