import { randomBytes } from 'node:crypto';
import type { AgentProfile } from '../../protocol/agent-profile.ts';
import { SoftphoneBody, type SoftphoneCall, SoftphoneSayBody } from '../../protocol/console-softphone.ts';
import { REFUSAL_CAUSES } from '../../protocol/refusal-causes.ts';
import type { AgentDrafts } from '../agents/agent-drafts.ts';
import type { AgentStore } from './agents-api.ts';
import { json } from './answer.ts';
import type { Desk } from '../desk/desk.ts';
import { RequestProblem } from './problems.ts';
import { readBody } from './request-schema.ts';
import type { Handler } from './routes.ts';

export interface SoftphoneApiDeps {
  readonly desk: Desk;
  readonly agents: Pick<AgentStore, 'stored'>;
  readonly drafts: Pick<AgentDrafts, 'find'>;
  /** Says a sentence in the built-in voice: mu-law at 8000 Hz. Throws `SPEECH_UNAVAILABLE` when it is not installed. */
  readonly speak: (text: string) => Promise<Uint8Array>;
}

/** Where a browser opens its media stream. Told without a host: a page may speak only to where it came from. */
export const SOFTPHONE_STREAM_PATH = '/api/softphone/stream';

/** As the carrier names callers that have no number. */
const CALLER = 'client:softphone';

/** Calls from the browser: to try an agent, or a draft of one, without a telephone. */
export function softphoneApi({ desk, agents, drafts, speak }: SoftphoneApiDeps) {
  const profileOf = (agentId: string | undefined, draftId: string | undefined): AgentProfile => {
    if (draftId !== undefined) {
      const draft = drafts.find(draftId);
      if (draft !== undefined) return draft;
      throw new RequestProblem('NOT_FOUND', { detail: 'the draft has expired: create it again' });
    }
    const stored = agents.stored(agentId ?? 'default');
    if (stored === undefined) throw new RequestProblem('NOT_FOUND', { detail: 'no agent has this id' });
    return stored.profile;
  };

  return {
    'POST /api/softphone': async ({ body }) => {
      const { agentId, draftId } = readBody(SoftphoneBody, body);
      const profile = withoutPerson(profileOf(agentId, draftId));
      const callSid = `CA${randomBytes(16).toString('hex')}`;
      const step = await desk.answer({
        ...{ callSid, direction: 'inbound', from: CALLER, to: `client:${profile.id}` },
        ...{ peer: 'page', profile, isTest: true },
      });
      if (step.kind !== 'stream') {
        const detail = step.kind === 'busy' ? REFUSAL_CAUSES[step.cause] : 'the call was not taken';
        throw new RequestProblem('CONFLICT', { detail });
      }
      const call: SoftphoneCall = { callSid, streamUrl: SOFTPHONE_STREAM_PATH, token: step.token };
      const answer = json(201, call, { Location: `/api/calls/${callSid}` });
      return { ...answer, findings: { callSid, agentId: profile.id } };
    },

    'POST /api/softphone/say': async ({ body }) => {
      const { text } = readBody(SoftphoneSayBody, body);
      return { status: 200, type: 'audio/basic', text: '', bytes: await speak(text) };
    },
  } satisfies Record<string, Handler>;
}

/** Nobody can be dialled from a browser: such a call is never handed to a person. */
function withoutPerson(profile: AgentProfile): AgentProfile {
  const alone = { ...profile };
  delete alone.escalation;
  return alone;
}
