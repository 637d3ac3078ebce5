import type { FaultedCall } from './faulted-call.ts';

/** Something that goes wrong, as the far ends and the machine do it. */
export interface Fault {
  /** In a table's words. */
  readonly says: string;
  readonly befalls: (call: FaultedCall) => unknown;
  /** How much longer than otherwise the caller may hear nothing, in ms. */
  readonly withinMs: number;
  /** What becomes of a call of which nothing else is decided. Default: it goes on. */
  readonly then?: 'person';
}

/** How long a disk is in trouble, in ms: longer than anybody waits for an effect. */
const DISK_TROUBLE_MS = 6000;
/** A status that says when to come again, in s. */
const TOO_MANY = { statusCode: 429, headers: { 'retry-after': '1' } };

const diskTrouble = (trouble: 'locked' | 'full' | 'slow') => (call: FaultedCall) => {
  call.disk.befalls(trouble);
  call.clock.setTimeout(() => {
    call.disk.recovers();
  }, DISK_TROUBLE_MS);
};

/** Faults by name: of the session with the model, the phone's stream, the carrier's webhooks, a tool, the disk, the process. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'session unreachable': {
    says: 'The session is lost, and three attempts at the next one find nobody',
    withinMs: 3000,
    befalls: (call) => {
      call.loseSession('unreachable', 'unreachable', 'unreachable');
    },
  },
  'session limited': {
    says: 'The session is lost, and the next one is refused with 429 and `Retry-After: 1`',
    withinMs: 2000,
    befalls: (call) => {
      call.loseSession(TOO_MANY);
    },
  },
  'quota used up': {
    says: 'The next response fails with `insufficient_quota`',
    then: 'person',
    withinMs: 1000,
    befalls: (call) => {
      call.failResponse('insufficient_quota');
    },
  },
  'session lost': {
    says: 'The socket to the model breaks',
    withinMs: 1000,
    befalls: (call) => {
      call.loseSession();
    },
  },
  'session stalled': {
    says: 'The socket to the model stays open, and nothing comes any more',
    withinMs: 15_000,
    befalls: (call) => {
      call.freezeSession();
    },
  },
  'session garbled': {
    says: 'The model sends 25 frames that cannot be read',
    withinMs: 1000,
    befalls: (call) => {
      call.sendGarbage();
    },
  },
  'session expired': {
    says: 'The model ends the session with `session_expired`',
    withinMs: 1000,
    befalls: (call) => {
      call.expireSession();
    },
  },
  'token used again': {
    says: 'A stream comes with a token that was used',
    withinMs: 500,
    befalls: (call) => {
      call.streams.isImpersonated();
    },
  },
  'second stream': {
    says: 'The carrier asks for the call again, and opens one more stream',
    withinMs: 1000,
    befalls: (call) => {
      call.streams.ringsAgain();
    },
  },
  'stream closed': {
    says: 'The stream is closed without `stop`',
    withinMs: 1000,
    befalls: (call) => {
      call.streams.closesStream();
    },
  },
  'stream reset': {
    says: 'The stream breaks',
    withinMs: 1000,
    befalls: (call) => {
      call.streams.loses();
    },
  },
  'stream half-open': {
    says: 'The stream stays open, and nothing comes any more',
    withinMs: 12_000,
    befalls: (call) => {
      call.streams.stream?.blackOut();
    },
  },
  'stream clogged': {
    says: 'The stream takes nothing more',
    withinMs: 10_000,
    befalls: (call) => {
      call.streams.clogs();
    },
  },
  'status late': {
    says: 'Status callbacks come late and out of order',
    withinMs: 500,
    befalls: (call) => {
      call.streams.tellsAgain();
    },
  },
  'asked early': {
    says: 'The carrier asks what comes next while the stream looks open',
    withinMs: 1000,
    befalls: (call) => {
      call.streams.asksEarly();
    },
  },
  'tool hangs': {
    says: 'The next tool does not come back within its time',
    withinMs: 2000,
    befalls: (call) => {
      call.nextToolHangs();
    },
  },
  'disk locked': {
    says: 'Another program locks the database for six seconds',
    withinMs: 2000,
    befalls: diskTrouble('locked'),
  },
  'disk full': { says: 'The disk is full for six seconds', withinMs: 500, befalls: diskTrouble('full') },
  'disk slow': {
    says: 'For six seconds every write takes two',
    withinMs: 6000,
    befalls: diskTrouble('slow'),
  },
  'process killed': {
    says: 'The process is killed; another one is there after 0.8 s',
    withinMs: 2000,
    befalls: (call) => {
      call.kill();
    },
  },
  'process restarted': {
    says: 'The process is to end, and another one is there',
    withinMs: 1000,
    befalls: (call) => call.restart(),
  },
  'process stands still': {
    says: 'The process stands still for a second',
    withinMs: 1000,
    befalls: (call) => {
      call.stall(1000);
    },
  },
};
