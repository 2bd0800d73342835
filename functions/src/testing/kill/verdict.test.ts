import { describe, expect, it } from 'vitest';
import { type Evidence, judge } from './verdict.ts';
import { expectedSteps } from './workload.ts';

const keysOf = (execution: string) =>
  expectedSteps.map((step): [string, Map<string, number>] => [
    `${execution} ${step}`,
    new Map([[`key-${execution}-${step}`, 1]]),
  ]);

const healthy = (): Omit<Evidence, 'effects' | 'executions'> & {
  effects: Map<string, Map<string, number>>;
  executions: Map<string, string>;
} => ({
  deliveries: [
    { key: 'a', executionIds: ['exe_1', 'exe_1'], unanswered: 1 },
    { key: null, executionIds: ['exe_2'], unanswered: 0 },
  ],
  refusals: [],
  executions: new Map([
    ['exe_1', 'succeeded'],
    ['exe_2', 'succeeded'],
  ]),
  effects: new Map([...keysOf('exe_1'), ...keysOf('exe_2')]),
});

const broken = (evidence: Evidence): readonly string[] =>
  judge(evidence)
    .filter(({ faults }) => faults.length > 0)
    .map(({ guarantee }) => guarantee);

describe('the kill test would notice', () => {
  it('nothing, where all is well', () => {
    expect(broken(healthy())).toEqual([]);
  });

  it('an accepted webhook whose execution is gone', () => {
    const evidence = healthy();
    evidence.executions.delete('exe_2');
    expect(broken(evidence)).toContain('every accepted webhook has an execution');
  });

  it('a delivery that started two executions', () => {
    const { executions, ...rest } = healthy();
    const deliveries = [{ key: 'a', executionIds: ['exe_1', 'exe_2'], unanswered: 1 }];
    expect(broken({ ...rest, deliveries, executions })).toContain('a delivery that is sent again gets the execution it started');
  });

  it('an execution that nobody asked for, and one that never ended', () => {
    const evidence = healthy();
    evidence.executions.set('exe_3', 'running');
    expect(broken(evidence)).toEqual([
      'nothing runs that nobody asked for',
      'every execution has succeeded',
      'no effect is missing',
    ]);
  });

  it('an effect that was lost', () => {
    const evidence = healthy();
    evidence.effects.delete('exe_1 item-2');
    expect(broken(evidence)).toEqual(['no effect is missing']);
  });

  it('a repeated effect under another key, and a key that two steps share', () => {
    const evidence = healthy();
    evidence.effects.get('exe_1 first')?.set('another', 1);
    evidence.effects.set('exe_2 left', new Map([['key-exe_2-right', 1]]));
    expect(broken(evidence)).toEqual(['an effect that is repeated carries the same key', 'no two steps share a key']);
  });
});
