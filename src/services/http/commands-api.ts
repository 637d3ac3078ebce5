import type { z } from 'zod';
import {
  EmptyBody,
  MuteBody,
  RecordingBody,
  SayBody,
  TransferBody,
  WhisperBody,
} from '../../protocol/rest.ts';
import type { Journal } from '../storage/journal.port.ts';
import { json } from './answer.ts';
import type { DeskCommand, Desk } from '../desk/desk.ts';
import { RequestProblem } from './problems.ts';
import { readBody } from './request-schema.ts';
import type { Handler } from './routes.ts';

export interface CommandsApiDeps {
  readonly desk: Desk;
  readonly journal: Journal;
}

/**
 * An operator's commands to a live call.
 *
 * 202 says that the call has been told, not that it is done.
 */
export function commandsApi({ desk, journal }: CommandsApiDeps) {
  const command = <Body>(schema: z.ZodType<Body>, commandOf: (body: Body) => DeskCommand): Handler => {
    return async ({ params, body }) => {
      const order = commandOf(readBody(schema, body));
      const callSid = params['callSid'] ?? '';
      const answer = await desk.command(callSid, order);
      if (answer === 'accepted') return json(202, { callSid, command: order.type });
      throw answer === 'unknown' ? await notLive(callSid) : conflict(order, answer.conflict);
    };
  };

  /** A call that the desk does not have is over, or was never there. */
  const notLive = async (callSid: string) => {
    const record = await journal.query('call', { callSid });
    return record === undefined
      ? new RequestProblem('NOT_FOUND', { detail: 'no call has this callSid' })
      : new RequestProblem('CONFLICT', { detail: `the call is ${record.state}`, state: record.state });
  };

  return {
    'POST /api/calls/:callSid/hangup': command(EmptyBody, () => ({ type: 'hangup' })),
    'POST /api/calls/:callSid/transfer': command(TransferBody, ({ to }) => ({
      type: 'transfer',
      ...(to === undefined ? {} : { to }),
    })),
    'POST /api/calls/:callSid/say': command(SayBody, ({ text }) => ({ type: 'say', text })),
    'POST /api/calls/:callSid/whisper': command(WhisperBody, ({ text }) => ({ type: 'whisper', text })),
    'POST /api/calls/:callSid/mute': command(MuteBody, ({ muted }) => ({ type: 'mute', muted })),
    'POST /api/calls/:callSid/recording': command(RecordingBody, ({ paused }) => ({
      type: 'recording',
      paused,
    })),
  } satisfies Record<string, Handler>;
}

function conflict({ type }: DeskCommand, state: string): RequestProblem {
  return new RequestProblem('CONFLICT', { detail: `${type} is not possible in state ${state}`, state });
}
