import type { Execute } from '@automateos/shared/ports/node-runtime';

export const execute: Execute = async ({ params }) => ({ output: (params.value as string | undefined) ?? null }); // z.unknown() of a JSON param
