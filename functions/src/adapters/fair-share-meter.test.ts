import { describe, expect, it } from 'vitest';
import { createFairShareMeter } from './fair-share-meter.ts';

function meterAt() {
  let now = 1_000;
  const meter = createFairShareMeter({ vcpus: 1, memoryMib: 512, now: () => now });
  const pass = (ms: number): void => {
    now += ms;
  };
  return { meter, pass };
}

describe('instance time', () => {
  it('is divided evenly among the work that is under way, and none of it twice', () => {
    const { meter, pass } = meterAt();
    const first = meter.enter();
    pass(10);
    const second = meter.enter();
    pass(20);
    expect(second.takeUs()).toBeCloseTo(10_000, 6);
    second.leave();
    pass(5);
    expect(first.takeUs()).toBeCloseTo(10_000 + 10_000 + 5_000, 6);
    first.leave();
  });

  it('that nobody works in belongs to nobody', () => {
    const { meter, pass } = meterAt();
    meter.enter().leave();
    pass(1_000);
    const share = meter.enter();
    pass(3);
    expect(share.takeUs()).toBeCloseTo(3_000, 6);
  });

  it('after the last taking is expected as experience has it', () => {
    const { meter, pass } = meterAt();
    for (let turn = 0; turn < 400; turn += 1) {
      const share = meter.enter();
      share.takeUs();
      pass(4);
      share.leave();
      share.leave();
    }
    expect(meter.enter().tailUs()).toBeCloseTo(4_000, 0);
  });
});
