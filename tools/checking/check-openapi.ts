/** The OpenAPI document holds what linters of the field ask of one, warnings included: the recommended rules of Redocly. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createConfig, lintFromString } from '@redocly/openapi-core';

const file = 'schema/generated/openapi.json';
const source = readFileSync(join(import.meta.dirname, '../..', file), 'utf8');
const config = await createConfig({ extends: ['recommended-strict'] });
const problems = await lintFromString({ source, absoluteRef: file, config });
for (const { ruleId, message, location } of problems) console.log(`${location[0]?.pointer ?? file}: ${message} (${ruleId})`);
process.exitCode = problems.length > 0 ? 1 : 0;
