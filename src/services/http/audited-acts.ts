import type { IncomingMessage } from 'node:http';
import type { ActName, ClientName } from '../../protocol/console-audit.ts';
import { ExportQuery } from '../../protocol/console-queries.ts';
import { PhoneParam } from '../../protocol/rest.ts';
import type { Act, AuditTrail } from '../audit/audit-trail.ts';
import { AGENT_ID } from './agents-api.ts';
import type { Answer } from './answer.ts';
import { type AddressOf, type Credential, socketAddress } from './guard.ts';
import { statusOf } from './problems.ts';
import type { RouteName, RouteRequest } from './routes.ts';

interface AuditedRoute {
  readonly act: ActName;
  /** The act is done only after its audit row is on disk. Whoever must end a call must be able to on any disk. */
  readonly isWrittenFirst: boolean;
  /** Which of its requests are acts. Default: all. */
  readonly isAct?: (request: RouteRequest) => boolean;
}

const writtenFirst = (act: ActName) => ({ act, isWrittenFirst: true });
const writtenBeside = (act: ActName) => ({ act, isWrittenFirst: false });

/** Every route that does something. One that is missing does not compile. */
type ActingRoute = Exclude<RouteName, `GET ${string}`>;

const ACTING: Readonly<Record<ActingRoute, AuditedRoute>> = {
  'POST /api/calls': writtenFirst('placeCall'),
  'POST /api/calls/:callSid/hangup': writtenBeside('hangup'),
  'POST /api/calls/:callSid/transfer': writtenBeside('transfer'),
  'POST /api/calls/:callSid/say': writtenBeside('say'),
  'POST /api/calls/:callSid/whisper': writtenBeside('whisper'),
  'POST /api/calls/:callSid/mute': writtenBeside('mute'),
  'POST /api/calls/:callSid/recording': writtenBeside('pauseRecording'),
  'DELETE /api/callers/:phone': writtenFirst('eraseCaller'),
  'DELETE /api/calls/:callSid': writtenFirst('eraseCall'),
  'PUT /api/blocked/:phone': writtenFirst('blockNumber'),
  'DELETE /api/blocked/:phone': writtenFirst('unblockNumber'),
  'PUT /api/agents/:id': writtenFirst('saveAgent'),
  'POST /api/agents/:id/draft': writtenBeside('draftAgent'),
  'POST /api/agents/:id/preview': writtenBeside('previewAgent'),
  'POST /api/softphone': writtenBeside('softphoneCall'),
  'POST /api/softphone/say': writtenBeside('softphoneSay'),
};

/** The routes that act, and those that hand out what was said. */
const AUDITED: Readonly<Partial<Record<string, AuditedRoute>>> = {
  ...ACTING,
  'GET /api/calls/:callSid/recording': writtenFirst('readRecording'),
  'GET /api/calls/:callSid/export': {
    ...writtenFirst('exportWords'),
    isAct: ({ query }) => ExportQuery.safeParse(Object.fromEntries(query)).data?.words === 'full',
  },
} satisfies Partial<Record<RouteName, AuditedRoute>>;

export interface AuditParts {
  readonly trail: Pick<AuditTrail, 'begin'>;
  readonly addressOf?: AddressOf | undefined;
}

/** A request on its way to its handler. */
export interface Asking {
  /** Method and path, as its table of routes has it. */
  readonly route: string;
  readonly request: RouteRequest;
  readonly incoming: IncomingMessage;
  /** By what it was let in; undefined for routes that let in everybody. */
  readonly who: Credential | undefined;
}

/** Makes the function that answers a request and, where it is an operator's act, has it written down. */
export function auditedAnswers({ trail, addressOf = socketAddress }: AuditParts) {
  return async (
    { route, request, incoming, who }: Asking,
    answer: () => Answer | Promise<Answer>,
  ): Promise<Answer> => {
    const audited = AUDITED[route];
    if (audited === undefined || who === undefined || audited.isAct?.(request) === false) return answer();
    const { act, isWrittenFirst } = audited;
    const address = addressOf(incoming).slice(0, MAX_ADDRESS);
    const begun = trail.begin({
      ...{ who, client: clientOf(incoming), address, act, ...thingOf(request) },
      isUrgent: !isWrittenFirst,
    });
    if (isWrittenFirst) await begun.written;
    try {
      const answered = await answer();
      begun.conclude(answered.status, answered.findings);
      return answered;
    } catch (thrown) {
      begun.conclude(statusOf(thrown));
      throw thrown;
    }
  };
}

/** Longer than an IPv6 address with its zone; a header can say anything. */
const MAX_ADDRESS = 64;

const CALL_SID = /^CA\w{1,62}$/;

/** What a request is about, where it names that properly: an address can hold anything, a number too. */
function thingOf({ params, body }: RouteRequest): Pick<Act, 'callSid' | 'agentId' | 'phone'> {
  const named = typeof body === 'object' && body !== null && 'agentId' in body ? body.agentId : undefined;
  const callSid = params['callSid'];
  const agentId = params['id'] ?? named;
  const phone = PhoneParam.safeParse(params['phone']);
  return {
    ...(callSid !== undefined && CALL_SID.test(callSid) && { callSid }),
    ...(typeof agentId === 'string' && AGENT_ID.test(agentId) && { agentId }),
    ...(phone.success && { phone: phone.data }),
  };
}

function clientOf({ headers }: IncomingMessage): ClientName {
  const agent = headers['user-agent'] ?? '';
  if (agent.startsWith('callchart/')) return 'commandLine';
  return agent.startsWith('Mozilla/') ? 'browser' : 'program';
}
