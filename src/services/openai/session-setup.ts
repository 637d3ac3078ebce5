import type { ErrorCode } from '../../errors.ts';
import type { ClientEvent } from '../../protocol/realtime-client-events.ts';
import type { RealtimeSession } from '../../protocol/realtime-session.ts';
import type { ServerEventOf } from '../../protocol/realtime-server-events.ts';
import { isFatalAtSetup } from './model-errors.ts';
import { OpenCount, type OnMiscount } from './open-count.ts';
import { repliesUpdate, type SessionNeeds, sessionOf, toolsOf, wrongFormat } from './session-config.ts';

interface SetupDeps extends SessionNeeds {
  readonly send: (event: ClientEvent) => void;
  readonly onMiscount: OnMiscount;
  readonly onConfigured: () => void;
  /** The far end will not have the session. Told once. */
  readonly onRefused: (code: ErrorCode, detail: string, cause?: string) => void;
}

const CONFIGURE = 'configure';

/**
 * The session's configuration: sent once, checked when it comes back, and later
 * changed in two things only: whether the far end may reply by itself, and
 * which of its tools it still has.
 */
export class SessionSetup {
  readonly #deps: SetupDeps;
  #stage: 'new' | 'asked' | 'configured' | 'refused' = 'new';
  #repliesAllowed = false;
  /** Undefined: all of them. */
  #kept: readonly string[] | undefined;
  /** Updates that the far end has not confirmed. */
  readonly #unconfirmed: OpenCount;

  constructor(deps: SetupDeps) {
    this.#deps = deps;
    this.#unconfirmed = new OpenCount('unconfirmed updates', deps.onMiscount);
  }

  /** The far end may begin a response whenever the caller's turn ends. */
  get repliesByItself(): boolean {
    return this.#deps.capabilities.ownsReplies && this.#repliesAllowed;
  }

  get #needs(): SessionNeeds {
    const { tools } = this.#deps;
    const kept = this.#kept;
    return kept === undefined
      ? this.#deps
      : { ...this.#deps, tools: tools.filter(({ name }) => kept.includes(name)) };
  }

  /** The far end knows that it may: a turn that it commits from now on is answered. */
  get isReplySure(): boolean {
    return this.repliesByItself && this.#unconfirmed.open === 0;
  }

  configure(): void {
    this.#stage = 'asked';
    this.#ask(sessionOf(this.#needs, this.#repliesAllowed));
  }

  /** Before the configuration it is a part of it; after it, an update of its own. Unchanged, nothing is sent. */
  allowReplies(allowed: boolean): void {
    const before = this.repliesByItself;
    this.#repliesAllowed = allowed;
    if (this.#stage === 'new' || before === this.repliesByItself) return;
    this.#unconfirmed.opened();
    this.#deps.send({ type: 'session.update', session: repliesUpdate(this.#deps, allowed) });
  }

  /** The model has only these of its tools from now on. Before the configuration it is a part of it. */
  keepTools(names: readonly string[]): void {
    this.#kept = names;
    if (this.#stage === 'new') return;
    this.#unconfirmed.opened();
    this.#deps.send({ type: 'session.update', session: { type: 'realtime', tools: toolsOf(this.#needs) } });
  }

  updated(event: ServerEventOf<'session.updated'>): void {
    if (this.#stage === 'configured') this.#unconfirmed.closed();
    if (this.#stage !== 'asked') return;
    const wrong = wrongFormat(event, this.#deps.audio);
    if (wrong !== undefined) {
      this.#refuse('MODEL_FORMAT', wrong);
      return;
    }
    this.#stage = 'configured';
    this.#deps.onConfigured();
  }

  /** An event was refused, or the whole session. True when that is settled here. */
  refused(eventId: string | undefined, code: string | undefined, param: string | undefined): boolean {
    if (this.#stage === 'configured' || this.#stage === 'refused') return false;
    const isOwn = eventId === CONFIGURE;
    if (isOwn && code === 'cannot_update_voice') {
      this.#ask(withoutVoice(sessionOf(this.#needs, this.#repliesAllowed)));
      return true;
    }
    if (!isOwn && !isFatalAtSetup(code)) return false;
    this.#refuse(
      'MODEL_REFUSED',
      [code ?? 'no code', param].filter((part) => part !== undefined).join(' at '),
      code,
    );
    return true;
  }

  #ask(session: RealtimeSession): void {
    this.#deps.send({ type: 'session.update', event_id: CONFIGURE, session });
  }

  #refuse(code: ErrorCode, detail: string, cause?: string): void {
    this.#stage = 'refused';
    this.#deps.onRefused(code, detail, cause);
  }
}

/** A session that has spoken keeps its voice, and refuses every update that names one. */
function withoutVoice(session: RealtimeSession): RealtimeSession {
  const format = session.audio?.output?.format;
  return { ...session, audio: { ...session.audio, output: format === undefined ? {} : { format } } };
}
