import type { SocketFact } from '../../../machines/session/session.events.ts';
import type { SocketOrder } from '../../../machines/session/session.ports.ts';
import type { ClientEvent } from '../../../protocol/realtime-client-events.ts';
import type { RealtimeSession } from '../../../protocol/realtime-session.ts';
import type { ServerEventOf } from '../../../protocol/realtime-server-events.ts';
import { isFatal } from '../wire/model-errors.ts';
import { OpenCount, type OnMiscount } from '../wire/open-count.ts';
import { repliesUpdate, type SessionNeeds, sessionOf, toolsOf, wrongFormat } from './session-config.ts';
import { farWord, socketEnd } from '../wire/socket-end.ts';

interface SetupDeps extends SessionNeeds {
  readonly send: (event: ClientEvent) => void;
  readonly tell: (fact: SocketFact) => void;
  readonly onMiscount: OnMiscount;
}

type Configure = Extract<SocketOrder, { type: 'configure' }>;

const CONFIGURE = 'configure';

/**
 * The session's configuration in the words of the wire: sent whole once, and later
 * changed in two things only: whether the far end may reply by itself, and
 * which of its tools it still has. What becomes of it is told, and decided by the session's chart.
 */
export class SessionSetup {
  readonly #deps: SetupDeps;
  #asked: Configure | undefined;
  #repliesAllowed = false;
  /** The tools that the far end was told; undefined: all of them. */
  #keptTools: readonly string[] | undefined;
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

  /** The far end knows that it may: a turn that it commits from now on is answered. */
  get isReplySure(): boolean {
    return this.repliesByItself && this.#unconfirmed.open === 0;
  }

  configure(asked: Configure): void {
    this.#asked = asked;
    this.#repliesAllowed = asked.repliesAllowed;
    this.#keptTools = asked.keptTools;
    this.#update(this.#sessionOf(asked), CONFIGURE);
  }

  /** Unchanged, nothing is sent. */
  allowReplies(allowed: boolean): void {
    const before = this.repliesByItself;
    this.#repliesAllowed = allowed;
    if (before !== this.repliesByItself) this.#update(repliesUpdate(this.#deps, allowed));
  }

  /** The model has only these of its tools from now on. Unchanged, nothing is sent. */
  keepTools(names: readonly string[]): void {
    const before = this.#keptTools;
    this.#keptTools = names;
    if (before?.length === names.length && names.every((name) => before.includes(name))) return;
    this.#update({ type: 'realtime', tools: toolsOf({ ...this.#deps, tools: this.#kept(names) }) });
  }

  updated(event: ServerEventOf<'session.updated'>): void {
    this.#unconfirmed.closed();
    const misfit = wrongFormat(event, this.#deps.audio);
    this.#deps.tell({ type: 'socket.updated', ...(misfit !== undefined && { misfit }) });
  }

  /** An event was refused, or the whole session. True when that was the configuration. */
  refused(eventId: string | undefined, code: string | undefined, param: string | undefined): boolean {
    const isOwn = eventId === CONFIGURE;
    if (isOwn) this.#unconfirmed.closed();
    if (isOwn && this.#asked !== undefined && code === 'cannot_update_voice') {
      this.#update(withoutVoice(this.#sessionOf(this.#asked)), CONFIGURE);
    } else if (isOwn || isFatal(code)) {
      const what = code === undefined ? 'without a code' : farWord(code);
      const detail = param === undefined ? what : `${what} at ${farWord(param)}`;
      this.#deps.tell({ type: 'socket.denied', ...socketEnd(detail, code) });
    }
    return isOwn;
  }

  #sessionOf({ repliesAllowed, keptTools }: Configure): RealtimeSession {
    return sessionOf({ ...this.#deps, tools: this.#kept(keptTools) }, repliesAllowed);
  }

  #kept(names: readonly string[] | undefined): SessionNeeds['tools'] {
    const { tools } = this.#deps;
    return names === undefined ? tools : tools.filter(({ name }) => names.includes(name));
  }

  #update(session: RealtimeSession, eventId?: string): void {
    this.#unconfirmed.opened();
    this.#deps.send({
      type: 'session.update',
      ...(eventId !== undefined && { event_id: eventId }),
      session,
    });
  }
}

/** A session that has spoken keeps its voice, and refuses every update that names one. */
function withoutVoice(session: RealtimeSession): RealtimeSession {
  const format = session.audio?.output?.format;
  return { ...session, audio: { ...session.audio, output: format === undefined ? {} : { format } } };
}
