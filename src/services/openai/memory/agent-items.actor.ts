import { type CallbackActorLogic, type CallbackLogicFunction, fromCallback } from 'xstate';
import type { ModelFact } from '../../../machines/call/call.events.ts';
import type { ItemFact } from '../../../machines/session/session.events.ts';
import type { ItemOrder, SessionInput } from '../../../machines/session/session.ports.ts';
import type { HeardItem } from '../../../media/heard.ts';
import type { CallMemory } from './call-memory.ts';

/**
 * What the agent has said in a call, over every socket of its session: tells the words of each item that were heard,
 * once, and what the session's memory is to know of it.
 *
 * @param find - the memory of that call. The logic is made once per process.
 */
export function agentItems(
  find: (callSid: string) => Pick<CallMemory, 'items'>,
): CallbackActorLogic<ItemOrder, SessionInput> {
  const run: CallbackLogicFunction<ItemOrder, ModelFact | ItemFact, SessionInput> = ({
    input,
    sendBack,
    receive,
  }) => {
    const { items } = find(input.callSid);
    receive((order) => {
      if (order.type === 'rememberClip') {
        items.clip(order.itemId, order.text);
        sendBack({ type: 'agent.startedItem', itemId: order.itemId, responseId: order.itemId });
        return;
      }
      for (const [itemId, parts] of byItem(order.heard)) {
        const settled = items.settle(itemId, parts);
        if (settled === undefined) continue;
        const { text, interrupted, unheard, isClip, isInMemory, isOfEarlier, isWhole, hasDropped } = settled;
        const fate = { itemId, parts, text, isClip, isInMemory, isOfEarlier, isWhole, hasDropped };
        sendBack({ type: 'item.settled', item: fate });
        sendBack({
          type: 'agent.said',
          itemId,
          text,
          interrupted,
          heardMs: parts.reduce((sum, { heardMs }) => sum + heardMs, 0),
          ...(unheard !== '' && { unheard }),
        });
      }
    });
  };
  return fromCallback(run);
}

/** Parts of one item together, items in the order in which they were heard. */
function byItem(heard: readonly HeardItem[]): Map<string, HeardItem[]> {
  const items = new Map<string, HeardItem[]>();
  for (const part of heard) {
    const parts = items.get(part.itemId);
    if (parts === undefined) items.set(part.itemId, [part]);
    else parts.push(part);
  }
  return items;
}
