import type { UpgradeAnswer } from '../../../src/services/openai/wire/model-socket.ts';
import { SILENCE } from '../../../src/media/mu-law.ts';
import { AgentVoice, type AudioMode } from '../turn-taking/agent-voice.ts';
import { Chance } from '../turn-taking/chance.ts';
import { FarModel, type Speech } from '../turn-taking/far-model.ts';
import type { Refusal } from '../turn-taking/model-memory.ts';
import { PLAIN_PLAN, type ResponsePlan } from '../turn-taking/response-plan.ts';
import type { VirtualClock } from '../virtual-clock.ts';

const none = () => 0;
/** From the upgrade to an open socket, in ms, once the first one was let open. */
const OPENS_AFTER_MS = 120;
/** Words that come all at once are over as soon, in ms. */
const KEPT_SPEECH_MS = 100;
/** From an attempt to its refusal. */
const REFUSES_AFTER_MS = 40;

/** How an attempt at a session comes to nothing: nobody is there, or the upgrade is answered with a status. */
export type SessionRefusal = 'unreachable' | Pick<UpgradeAnswer, 'statusCode' | 'headers'>;

/** What a response is for that a caller's turn leads to. */
const ASKED: readonly string[] = ['own', 'reply', 'resumption'];

/** What the model says to whatever nobody has planned. */
const PLAIN: ResponsePlan = {
  ...PLAIN_PLAN,
  deltaBytes: [4000, 4000],
  outputs: [{ kind: 'speech', ms: 900, words: ['Certainly', 'go', 'on'] }],
};

/** The sessions of one call at a model, the one after the other; what is planned for the one goes over to the next. */
export class FarSessions {
  readonly sessions: FarModel[] = [];
  readonly #clock: VirtualClock;
  readonly #audio: AudioMode;
  readonly #planned = new Map<string, (ResponsePlan | Refusal)[]>();
  /** Of the responses that the newest session has begun. */
  #begun: ResponsePlan[] = [];
  /** What a session was about to do whose engine does not know of it. */
  #again: ResponsePlan | undefined;
  #mayOpen = false;
  /** How the next attempts at a session come to nothing. */
  readonly #refusals: SessionRefusal[] = [];
  #breaksNext: Partial<ResponsePlan> | undefined;
  /** What the caller said last, until when, and the session that has heard it. */
  #said: { readonly speech: Speech; readonly until: number; heardBy: FarModel | undefined } | undefined;

  constructor(clock: VirtualClock, audio: AudioMode) {
    this.#clock = clock;
    this.#audio = audio;
  }

  get current(): FarModel | undefined {
    return this.sessions.at(-1);
  }

  connect(): FarModel {
    const session: FarModel = new FarModel({
      clock: this.#clock,
      voice: new AgentVoice(this.#audio),
      chance: new Chance(1),
      toEngine: none,
      fromEngine: none,
      shorterByMs: 0,
      countsFrom: this.#countOf(this.sessions.length),
      // A session that is cut off thinks on by itself, and takes nothing from the next one.
      planFor: (purpose) => (session.readyState === 1 ? this.#next(purpose) : PLAIN),
      around: (_type, _itemId, deliver) => {
        deliver();
      },
    });
    this.sessions.push(session);
    this.#begun = [];
    const refusal = this.#refusals.shift();
    if (refusal !== undefined) this.#refuseSoon(session, refusal);
    else if (this.#mayOpen) this.#openSoon(session);
    return session;
  }

  /** The far end answers from now on. */
  open(): void {
    this.#mayOpen = true;
    if (this.current?.readyState === 0) this.current.open();
  }

  put(purpose: string, plan: ResponsePlan | Refusal): void {
    this.#planned.set(purpose, [...(this.#planned.get(purpose) ?? []), plan]);
  }

  /** The caller speaks to whoever listens. */
  hears(speech: Speech): void {
    const { current } = this;
    const heardBy = current?.readyState === 1 ? current : undefined;
    this.#said = { speech, until: this.#clock.now() + speech.ms, heardBy };
    heardBy?.hears(speech);
  }

  /**
   * The caller's audio, in base64. A session that was not there when the caller spoke hears what it is sent of it: the rest
   * of what is being said, or what was kept for it.
   */
  takesAudio(session: FarModel, audio: string): void {
    const said = this.#said;
    if (said === undefined || said.heardBy === session || session.readyState !== 1) return;
    if (Buffer.from(audio, 'base64').every((byte) => byte === SILENCE)) return;
    said.heardBy = session;
    session.hears({ ...said.speech, ms: Math.max(KEPT_SPEECH_MS, said.until - this.#clock.now()) });
  }

  /** The next attempts come to nothing, each in its way. */
  refuseNext(...refusals: SessionRefusal[]): void {
    this.#refusals.push(...refusals);
  }

  /** The next response comes to nothing, with this code. */
  failNext(errorCode: string): void {
    this.#breaksNext = { outputs: [], status: 'failed', reason: errorCode, errorCode };
  }

  /** The sessions stay connected, and say nothing any more. Who comes after them is asked again, as with {@link break}. */
  freeze(isKnown: (responseId: string) => boolean): void {
    this.#findUnknown(isKnown);
    for (const session of this.sessions) session.freeze();
  }

  /**
   * All are cut off. A model that is asked once more does what the engine has not heard of.
   * @param isKnown - of a response, by its id: it was written down to its end.
   */
  break(isKnown: (responseId: string) => boolean): void {
    this.#findUnknown(isKnown);
    // One that is lost is followed at once: that one stays.
    for (const session of [...this.sessions]) session.terminate();
  }

  #findUnknown(isKnown: (responseId: string) => boolean): void {
    const first = this.#countOf(this.sessions.length - 1) + 1;
    this.#again = this.#begun.find((_, index) => !isKnown(`resp_${String(first + index)}`));
  }

  #countOf(session: number): number {
    return 1000 * session;
  }

  #openSoon(session: FarModel): void {
    this.#clock.setTimeout(() => {
      if (session.readyState === 0) session.open();
    }, OPENS_AFTER_MS);
  }

  #refuseSoon(session: FarModel, refusal: SessionRefusal): void {
    this.#clock.setTimeout(() => {
      if (session.readyState !== 0) return;
      if (refusal === 'unreachable')
        session.emit('error', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }));
      else session.emit('unexpected-response', undefined, refusal);
    }, REFUSES_AFTER_MS);
  }

  #next(purpose: string): ResponsePlan | Refusal {
    const isAsked = ASKED.includes(purpose);
    const plan = (isAsked ? this.#again : undefined) ?? this.#planned.get(purpose)?.shift() ?? PLAIN;
    if (isAsked) this.#again = undefined;
    const broken = this.#breaksNext;
    this.#breaksNext = undefined;
    if ('code' in plan) return plan;
    const made = { ...plan, ...broken };
    this.#begun.push(made);
    return made;
  }
}
