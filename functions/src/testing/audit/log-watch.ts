/** The commits of an API fixture while a request is under way, and the lines of audit logs among their writes. */
import type { Write } from '@automateos/shared/ports/document-store';
import { vi } from 'vitest';
import { AuditEntry } from '../../app/audit/audit-entry.ts';
import type { Answered, ApiFixture } from '../api-fixture.ts';
import { settled } from '../fake-clock.ts';

export type LoggedLine = AuditEntry & {
  /** The other writes of its commit, by path. */
  readonly beside: readonly string[];
};

export type LogWatch = {
  /** Lines that the request has left, and its answer. */
  during(ask: () => Promise<Answered>): Promise<{ readonly answer: Answered; readonly lines: readonly LoggedLine[] }>;
};

export function watchLog({ app }: ApiFixture): LogWatch {
  const commit = vi.spyOn(app.store, 'commit');
  return {
    async during(ask) {
      await settled(); // work of the request before
      commit.mockClear();
      const answer = await ask();
      await settled();
      const id = answer.headers.get('x-request-id');
      const lines: LoggedLine[] = [];
      for (const [at, [writes]] of commit.mock.calls.entries()) {
        const result = await commit.mock.results[at]?.value;
        if (result?.ok === true) lines.push(...linesOf(writes).filter(({ from }) => from?.requestId === id));
      }
      return { answer, lines };
    },
  };
}

function linesOf(writes: readonly Write[]): readonly LoggedLine[] {
  return writes.flatMap((write) => {
    if (write.kind === 'delete' || !write.path.includes('/audit-log/')) return [];
    const beside = writes.map(({ path }) => path).filter((path) => path !== write.path);
    return [{ ...AuditEntry.parse(write.data), beside }];
  });
}
