/** ComputeMeter of tests: work takes no time, so that what is stored depends on nothing but the work. */
import type { ComputeMeter, ComputeShare } from '@automateos/shared/ports/compute-meter';

const free: ComputeShare = { takeUs: () => 0, tailUs: () => 0, leave() {} };

export const freeCompute: ComputeMeter = { vcpus: 1, memoryMib: 512, enter: () => free };
