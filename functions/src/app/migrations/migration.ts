/**
 * A change of stored documents from the form of one release to that of a later one. It must bear being run twice over the same document
 * and being met half done by workers of both releases: the earlier one still serves while it runs, so what it writes the earlier one must
 * be able to read. Once released, a migration is never edited or taken away; a mistake in it is mended by the next.
 */
import type { JsonObject } from '@automateos/shared/model/json';
import type { Snapshot } from '@automateos/shared/ports/document-store';

export type Migration = {
  /** `0001-what-it-does`: the number orders them. */
  readonly id: string;
  /** For whom the command tells what it does: one line. */
  readonly title: string;
  /** Collection groups whose documents it looks at (`executions`), one after the other. */
  readonly groups: readonly string[];
  /**
   * The document as it must be now; null when it is so already. The same data again is a reason to write, too: the store derives its
   * index fields anew.
   */
  change(snapshot: Snapshot): JsonObject | null;
};
