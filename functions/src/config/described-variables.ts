/** The variables of both configurations as data: for .env.example, for Terraform, for whoever must know them all. */
import type { z } from 'zod';
import { CloudConfig, emulatorVariables } from './cloud-config.ts';
import { EmbeddedConfig } from './embedded-config.ts';

export type ConfigVariable = {
  readonly name: string;
  /** It has no default and nothing starts without it. */
  readonly required: boolean;
  /** What it is when unset; null where it is then absent. */
  readonly fallback: string | null;
};

export const embeddedVariables = (): readonly ConfigVariable[] => describe(EmbeddedConfig);

/** Without those that lead to emulators: they are no one's to set by hand. */
export const cloudVariables = (): readonly ConfigVariable[] =>
  describe(CloudConfig).filter(({ name }) => !emulatorVariables.includes(name));

function describe(schema: z.ZodObject): readonly ConfigVariable[] {
  return Object.entries(schema.shape).map(([name, kind]) => {
    const { success, data } = (kind as z.ZodType).safeParse(undefined); // the shape of an object holds types
    return { name, required: !success, fallback: success && data !== undefined ? String(data) : null };
  });
}
