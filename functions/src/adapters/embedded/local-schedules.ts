/** The embedded server looks at its schedules all the time (entry/rounds.ts): nothing outside need call it. */
import type { Schedules } from '@automateos/shared/ports/schedules';

export function createLocalSchedules(): Schedules {
  return { others: 'process', jobLimit: 0, put: async () => {}, remove: async () => {}, list: async () => [] };
}
