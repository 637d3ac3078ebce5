import { withoutFinds } from '../cards/card-mask.ts';
import type { CardWatch } from '../cards/card-watch.ts';
import type { Journal } from '../storage/journal.port.ts';
import type { CallFacts } from '../desk/call-facts.ts';
import { carriedNumber } from '../tools/caller-number.ts';

/** Under what name a lead stands whose caller nobody has asked. */
const NAME = 'Voicemail';

/**
 * Stores what a caller has said to the voicemail as a lead, once for each call.
 *
 * @param cards - what it knows of cards is left out. Undefined: nothing is.
 * @returns rejects with `STORAGE_UNAVAILABLE` when the disk refuses.
 */
export function noteKeeper(
  journal: Pick<Journal, 'transact'>,
  call: CallFacts,
  cards: Pick<CardWatch, 'findsIn'> | undefined,
): (text: string) => Promise<void> {
  return async (text) => {
    const { callSid } = call;
    const notes = withoutFinds(text, cards?.findsIn(text) ?? []);
    await journal.transact('createLead', {
      ...{ key: `${callSid} voicemail`, callSid, name: NAME, phone: carriedNumber(call) },
      ...{ email: null, interest: null, notes, at: call.now() },
    });
  };
}
