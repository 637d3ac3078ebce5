import type { StatelyInspectionEvent } from '@statelyai/inspect';

/**
 * What leaves for Stately's inspector: which actors there are, which events went
 * between them by their names alone, and which states they led to. Nothing that
 * was said, keyed, dialled or stored: built anew from fields that are known to
 * be plain, so that nothing new can slip through.
 *
 * @param callSid - names the call, which is the actor without a parent: a list of actors called `call` tells none apart.
 */
export function plainEvent(event: StatelyInspectionEvent, callSid: string): StatelyInspectionEvent {
  switch (event.type) {
    case '@xstate.actor': {
      const { name, definition, parentId, snapshot } = event;
      return {
        ...headOf(event),
        type: event.type,
        name: parentId === undefined ? callSid : name,
        definition: definition === undefined ? undefined : withoutContext(definition),
        parentId,
        snapshot: plainSnapshot(snapshot),
      };
    }
    case '@xstate.event':
      return {
        ...headOf(event),
        type: event.type,
        sourceId: event.sourceId,
        event: { type: event.event.type },
      };
    case '@xstate.snapshot':
      return {
        ...headOf(event),
        type: event.type,
        event: { type: event.event.type },
        snapshot: plainSnapshot(event.snapshot) as typeof event.snapshot,
      };
  }
}

/** A chart as written; what a call would begin with is no part of it. */
function withoutContext(definition: string): string {
  const chart: unknown = JSON.parse(definition);
  return JSON.stringify(chart, (key, value: unknown) => (key === 'context' ? undefined : value));
}

function headOf({ rootId, sessionId, createdAt, id, _version }: StatelyInspectionEvent) {
  // Pick types of both halves of the union want a text; a root has one.
  return { rootId: rootId ?? sessionId, sessionId, createdAt, id, _version };
}

function plainSnapshot(snapshot: object): {
  status: 'active' | 'done' | 'error' | 'stopped';
  value?: unknown;
} {
  const { status = 'active', value } = snapshot as {
    status?: 'active' | 'done' | 'error' | 'stopped';
    value?: unknown;
  };
  return { status, ...(value === undefined ? {} : { value }) };
}
