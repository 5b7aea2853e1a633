import * as z from 'zod';
import { say } from './fields.ts';

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;
const NAME_TEXT = '1 to 64 letters, digits, ".", "_" or "-", not starting with "."';
const SEED_TEXT = say('a string or an integer');

/** Keys that the configs of every experiment have. */
export const runKeys = () => ({
  $schema: z.string().optional().describe('For editors; ignored'),
  name: z
    .string({ error: say(NAME_TEXT, 'put numbers in quotes') })
    .regex(NAME, { error: say(NAME_TEXT) })
    .describe('Names the run and its directory'),
  seed: z
    .union([z.string(), z.int({ error: SEED_TEXT }).transform(String)], { error: SEED_TEXT })
    .default('initsweep')
    .describe('Any text; the same seed gives the same bytes'),
});
