import { AgentVoice, type AudioMode } from '../turn-taking/agent-voice.ts';
import { Chance } from '../turn-taking/chance.ts';
import { FarModel, type Speech } from '../turn-taking/far-model.ts';
import type { Refusal } from '../turn-taking/model-memory.ts';
import { PLAIN_PLAN, type ResponsePlan } from '../turn-taking/response-plan.ts';
import type { VirtualClock } from '../virtual-clock.ts';

const none = () => 0;
/** From the upgrade to an open socket, in ms, once the first one was let open. */
const OPENS_AFTER_MS = 120;

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
    if (this.#mayOpen) this.#openSoon(session);
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
    if (this.current?.readyState === 1) this.current.hears(speech);
  }

  /**
   * All are cut off. A model that is asked once more does what the engine has not heard of.
   * @param isKnown - of a response, by its id: it was written down to its end.
   */
  break(isKnown: (responseId: string) => boolean): void {
    const first = this.#countOf(this.sessions.length - 1) + 1;
    this.#again = this.#begun.find((_, index) => !isKnown(`resp_${String(first + index)}`));
    for (const session of this.sessions) session.terminate();
  }

  #countOf(session: number): number {
    return 1000 * session;
  }

  #openSoon(session: FarModel): void {
    this.#clock.setTimeout(() => {
      if (session.readyState === 0) session.open();
    }, OPENS_AFTER_MS);
  }

  #next(purpose: string): ResponsePlan | Refusal {
    const isAsked = ASKED.includes(purpose);
    const plan = (isAsked ? this.#again : undefined) ?? this.#planned.get(purpose)?.shift() ?? PLAIN;
    if (isAsked) this.#again = undefined;
    if (!('code' in plan)) this.#begun.push(plan);
    return plan;
  }
}
