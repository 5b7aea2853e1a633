import * as z from 'zod';
import type { ModelSpec } from '../model/spec.ts';
import { numberField, say } from './fields.ts';
import { modelList, type RegistryEntry } from './model-schema.ts';

const NAME = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}$/;
const NAME_TEXT = '1 to 64 letters, digits, ".", "_" or "-", not starting with "."';
const SEED_TEXT = say('a string or an integer');

/** The name of a run and its directory. */
export const nameField = () =>
  z
    .string({ error: say(NAME_TEXT, 'put numbers in quotes') })
    .regex(NAME, { error: say(NAME_TEXT) })
    .describe('Names the run and its directory');

/** The seed is a label: any text; integers stand for their digits. */
export const seedField = () =>
  z
    .union([z.string(), z.int({ error: SEED_TEXT }).transform(String)], { error: SEED_TEXT })
    .default('initsweep')
    .describe('Any text; the same seed gives the same bytes');

/** ε of the saturated share. Smaller ones are not resolved: |g′| reaches its limit, and exactly so in double precision. */
export const saturationField = () =>
  numberField({ min: 1e-9, exclusiveMax: 1 })
    .default(0.1)
    .describe('A unit counts as saturated where |derivative| is under this share of its maximum');

/** A list of registry entries that take nothing but their parameters. */
export const plainModels = (
  noun: string,
  entries: readonly RegistryEntry[],
  doc: string,
): z.ZodType<readonly ModelSpec[]> =>
  modelList<RegistryEntry, ModelSpec>(
    { noun, entries, keys: () => ({}), build: (_, model) => model, problem: () => null },
    doc,
  );
