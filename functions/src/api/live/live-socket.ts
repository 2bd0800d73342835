/**
 * One connection as something to write to: a frame at a time, the next one asked for when the last is with the kernel. So a client that does not
 * read holds back its own streams, which keep newest states and no queue; if it stays so, it is closed as too slow.
 */
import { liveCloseCodes, type ServerMessage } from '@automateos/shared/model/live-message';
import type { Clock } from '@automateos/shared/ports/clock';
import type { WebSocket } from 'ws';

/** A frame that is not taken for so long ends the connection. */
const stalledMs = 30_000;
/** Answers to a client's own messages, which are not held back: bytes that may wait. */
const mostBuffered = 1024 * 1024;
/** A peer that does not answer a close frame. */
const farewellMs = 2_000;

export type LiveSocket = {
  /** An answer: at once. */
  answer(message: ServerMessage): void;
  /** An event: resolves once it is with the kernel, false when the connection is gone. */
  send(message: ServerMessage): Promise<boolean>;
  close(code: number, reason: string): void;
};

export function createLiveSocket(ws: WebSocket, clock: Clock): LiveSocket {
  let last: Promise<unknown> = Promise.resolve();

  function close(code: number, reason: string): void {
    if (ws.readyState !== ws.OPEN) return;
    ws.close(code, reason);
    const stop = clock.after(farewellMs, () => ws.terminate());
    ws.once('close', stop);
  }

  function write(message: ServerMessage): Promise<boolean> {
    if (ws.readyState !== ws.OPEN) return Promise.resolve(false);
    const stop = clock.after(stalledMs, () => {
      close(liveCloseCodes.tooSlow, 'events were not read');
      ws.terminate(); // a close frame would wait behind what is not read
    });
    return new Promise((resolve) => {
      ws.send(JSON.stringify(message), (error) => {
        stop();
        resolve(error === undefined || error === null);
      });
    });
  }

  return {
    answer(message) {
      if (ws.readyState !== ws.OPEN) return;
      if (ws.bufferedAmount > mostBuffered) close(liveCloseCodes.tooSlow, 'answers were not read');
      else ws.send(JSON.stringify(message));
    },
    send(message) {
      const written = last.then(() => write(message));
      last = written;
      return written;
    },
    close,
  };
}
