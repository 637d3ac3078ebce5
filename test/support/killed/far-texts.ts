import type { Sender } from '../../../src/services/outbox/sender.port.ts';
import type { Life } from './life.ts';

/** Whoever carries texts: what it has taken it keeps, whatever becomes of the process that gave it. */
export class FarTexts {
  readonly taken: string[] = [];

  /** As one process reaches it. */
  senderFor(life: Life): Sender {
    const found = (id: string) =>
      this.taken.includes(id) ? [{ providerSid: `SM${id}`, status: 'queued' }] : [];
    return {
      send: ({ id }) =>
        new Promise((resolve) => {
          life.act('a text to the carrier', () => {
            this.taken.push(id);
          });
          life.act('the answer to a text', () => {
            resolve({ outcome: 'accepted', providerSid: `SM${id}`, status: 'queued' });
          });
        }),
      find: ({ id }) => Promise.resolve({ outcome: 'looked', candidates: found(id) }),
    };
  }
}
