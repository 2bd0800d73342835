/** Kinds of environment variables, each a validator of the variable's text. */
import { featureNames, isFeatureWord } from '@automateos/shared/model/feature';
import { z } from 'zod';

export const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** Features to turn on, or off with `no-` before the name; one that does not exist is a typing error. */
export const featureList = list.refine(
  (words) => words.every(isFeatureWord),
  `has only: ${featureNames.map((name) => `${name}, no-${name}`).join(', ')}`,
);

export const count = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d+$/, 'is a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `is between ${least} and ${most}`);

/** Without a slash at the end. */
export const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));

/** The message names each variable that is wrong and says what it must be. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the variables that the schema names; one that is set to nothing counts as unset. Throws ConfigError. */
export function readVariables<T extends z.ZodObject>(schema: T, environment: Environment): z.infer<T> {
  const given = Object.fromEntries(
    Object.keys(schema.shape).flatMap((name) => (environment[name] ? [[name, environment[name]]] : [])),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) =>
    issue.path.length === 0 ? issue.message : `${issue.path.join('.')} ${issue.message}`,
  );
  throw new ConfigError(`The configuration cannot be used: ${faults.join('; ')}`);
}
