import type { StatelyInspectionEvent } from '@statelyai/inspect';
import type { InspectionEvent } from 'xstate';
import { EngineError } from '../../errors.ts';
import { plainEvent } from './plain-events.ts';
import { StatelyRelay } from './relay.ts';

/** A second outlet for calls, beside the engine's own inspector: `INSPECT=stately`. */
export interface StatelyOutlet {
  /** The page on this machine that shows them. */
  readonly url: string;
  /** Takes the inspection events of one call, which is named by its SID. Never throws. */
  attach(callSid: string): (event: InspectionEvent) => void;
  close(): void;
}

/**
 * Opens the outlet. `@xstate/inspect` cannot serve it: it is of XState 4 and
 * reads no event of XState 5. `@statelyai/inspect` is its named successor.
 *
 * @param load - brings the optional package; a test brings its absence.
 * @throws {EngineError} `CONFIG_INVALID` when the package is not installed.
 */
export async function openStately(load = () => import('@statelyai/inspect')): Promise<StatelyOutlet> {
  const { createInspector } = await load().catch((cause: unknown) => {
    throw new EngineError(
      'CONFIG_INVALID',
      'INSPECT: stately needs the optional package @statelyai/inspect: npm install @statelyai/inspect',
      { cause },
    );
  });
  const relay = await StatelyRelay.open();
  return {
    url: relay.url,
    attach: (callSid) => {
      const adapter = {
        send: (event: StatelyInspectionEvent) => {
          relay.send(event);
        },
      };
      const { inspect } = createInspector(adapter, { serialize: (event) => plainEvent(event, callSid) });
      return (event) => {
        try {
          inspect.next?.(event);
        } catch {
          // What an inspector throws would put the call itself into the error state.
        }
      };
    },
    close: () => {
      relay.close();
    },
  };
}
