import { createFakeSchedules } from './fake-schedules.ts';
import { describeSchedules } from './schedules.conformance.ts';

describeSchedules('the fake', () => ({ schedules: createFakeSchedules(), close: async () => {} }));
