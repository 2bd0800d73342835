/** `node functions/src/testing/fuzz/main.ts --seed <n>` runs the same with another seed and says what was asked. */
import { expect, test } from 'vitest';
import { runFuzz } from './run-fuzz.ts';

test('10,000 drawn requests find no 5xx and no answer that the OpenAPI document does not describe', {
  timeout: 240_000,
}, async () => {
  const report = await runFuzz({ requests: 10_000, seed: 1 });
  const told = report.faults.map(({ operation, fault, request }) =>
    `${operation}: ${fault} to ${JSON.stringify(request)}`.slice(0, 1_000),
  );
  expect(told).toEqual([]);
  expect(report.requests).toBe(10_000);
  // they come far enough to do something
  expect(report.statuses['200']).toBeGreaterThan(500);
  expect(report.statuses['201']).toBeGreaterThan(50);
});
