/** Where the documents are, for commands that need nothing else: with GOOGLE_CLOUD_PROJECT in Firestore, else in the data folder. */
import { z } from 'zod';
import { readVariables } from './variable-kinds.ts';

const StoreConfig = z
  .object({
    GOOGLE_CLOUD_PROJECT: z.string().min(1).optional(),
    AUTOMATEOS_DATABASE: z.string().min(1).default('(default)'),
    AUTOMATEOS_DATA_DIR: z.string().min(1).default('.automateos'),
    FIRESTORE_EMULATOR_HOST: z.string().min(1).optional(),
  })
  .refine(
    (config) => config.FIRESTORE_EMULATOR_HOST === undefined || config.GOOGLE_CLOUD_PROJECT?.startsWith('demo-') === true,
    'the emulator is for projects whose id begins with demo-: unset FIRESTORE_EMULATOR_HOST',
  );
export type StoreConfig = Readonly<z.infer<typeof StoreConfig>>;

export function readStoreConfig(environment: Readonly<Record<string, string | undefined>> = process.env): StoreConfig {
  return readVariables(StoreConfig, environment);
}
