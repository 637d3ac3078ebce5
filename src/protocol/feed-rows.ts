/** Rows of a feed that come from a disk or over a network: where they are proved to be what their names promise. */

import type { z } from 'zod';
import { FEED, type FeedEvent, NUMEROUS, type UnreadEvent } from './call-feed.ts';
import { upcastBody } from './feed-upcasts.ts';

type Body = Readonly<Record<string, unknown>>;

/**
 * An event of any version, as today's has it. Fields that today's does not name are kept: they are shown. One of an
 * unknown name, or whose body lacks what its name promises, is told as unread; nothing is ever thrown.
 */
export function readFeedEvent(version: number, event: string, body: Body): FeedEvent | UnreadEvent {
  const upcast = upcastBody(version, event, body);
  const schema = Object.hasOwn(FEED, event) ? (FEED as Record<string, z.ZodType>)[event] : undefined;
  const isRead = schema === undefined ? NUMEROUS.test(event) : schema.safeParse(upcast).success;
  return isRead ? ({ event, body: upcast } as FeedEvent) : { event: 'unread', name: event, body: upcast };
}
