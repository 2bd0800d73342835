/**
 * The acceptance scenario: what a user does with AutomateOS, from creating a workflow to sending it rubbish, told over HTTP alone. It is
 * the same for every way to run it; `start` says where one is and lets go of it.
 */
import { afterAll, beforeAll, describe, test } from 'vitest';
import { openBlackBox, type Target } from './black-box.ts';
import type { Chapter, Stage } from './chapter.ts';
import { controls } from './controls.ts';
import { life } from './life.ts';
import { startOutside } from './outside.ts';
import { refusals } from './refusals.ts';
import { repeats } from './repeats.ts';
import { shapes } from './shapes.ts';
import { sockets } from './sockets.ts';
import { waits } from './waits.ts';

const chapters: Readonly<Record<string, Chapter>> = { life, waits, controls, shapes, sockets, repeats, refusals };

/** The server must allow requests to 127.0.0.1. */
export function acceptance(start: () => Promise<Target & AsyncDisposable>): void {
  let target: Target & AsyncDisposable;
  let stage: Stage;
  beforeAll(async () => {
    target = await start();
    stage = { box: await openBlackBox(target), outside: await startOutside() };
  });
  afterAll(async () => {
    await stage?.outside[Symbol.asyncDispose]();
    await target?.[Symbol.asyncDispose]();
  });

  for (const [name, chapter] of Object.entries(chapters)) {
    describe(name, () => {
      for (const [title, attempt] of Object.entries(chapter)) test(title, () => attempt(stage));
    });
  }
}
