/** Cloud Scheduler's calls: one schedule whose job has come, or the minute's tick for all that have no job. */
import { objectOf } from '../../api/push/push-message.ts';
import { answerScheduleCall } from '../../app/schedules/answer-schedule-call.ts';
import { servePush } from '../cloud/serve-push.ts';

servePush('schedule', ({ app }) => async (push) => {
  await answerScheduleCall(app, objectOf(push));
});
