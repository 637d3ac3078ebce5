import type { StoredEntry } from '../../../src/protocol/call-feed.ts';
import { isWithin } from '../../../src/protocol/state-path.ts';
import type { EngineSettings } from '../golden/hosted-engine.ts';
import { CallWorld, type Left, STEP_MS } from '../killed/call-world.ts';
import type { SessionRefusal } from '../killed/far-sessions.ts';
import type { Speech } from '../turn-taking/far-model.ts';
import { DiskInTrouble } from './disk-in-trouble.ts';
import { Hearing } from './hearing.ts';

/** A process that is to end may take so long, in ms. */
const DRAINS_WITHIN_MS = 20_000;
/** Frames of garbage that come at once. */
const GARBAGE_FRAMES = 25;

/** A call to which something happens, on either side of it or below it. */
export class FaultedCall extends CallWorld {
  readonly disk: DiskInTrouble;
  readonly hearing: Hearing;

  constructor(settings: EngineSettings, sessionLimitMs?: number) {
    const disk = new DiskInTrouble();
    super({
      settings,
      onPoint: () => undefined,
      openJournal: (store, life) => disk.openJournal(store, life),
      ...(sessionLimitMs !== undefined && { sessionLimitMs }),
      tell: (event) => {
        this.hearing.take(event);
      },
    });
    this.disk = disk;
    this.hearing = new Hearing(() => this.clock.now());
  }

  override says(words: string, ms: number, over: Partial<Speech> = {}): void {
    this.hearing.speaks(ms);
    this.atCarrier.speaks(ms);
    super.says(words, ms, over);
  }

  get written(): readonly StoredEntry[] {
    return this.rows;
  }

  get hasEnded(): boolean {
    return this.isOver;
  }

  async until(isSo: () => boolean, withinMs: number): Promise<boolean> {
    for (let waited = 0; !isSo() && waited < withinMs; waited += STEP_MS) await this.run(STEP_MS);
    return isSo();
  }

  /** @throws when it does not come to that. */
  async reaches(state: string, withinMs = 20_000): Promise<void> {
    if (!(await this.until(() => this.isIn(state), withinMs)))
      throw new Error(`the call does not come to ${state}: it is in ${this.state}`);
  }

  isIn(state: string): boolean {
    return isWithin(state, this.state);
  }

  loseSession(...refusals: SessionRefusal[]): void {
    this.sessions.refuseNext(...refusals);
    this.sessions.break(this.writtenResponses());
  }

  freezeSession(): void {
    this.sessions.freeze(this.writtenResponses());
  }

  expireSession(): void {
    this.sessions.current?.complains('session_expired');
    this.loseSession();
  }

  failResponse(errorCode: string): void {
    this.sessions.failNext(errorCode);
  }

  sendGarbage(): void {
    const { current } = this.sessions;
    for (let sent = 0; sent < GARBAGE_FRAMES; sent++)
      current?.emit('message', Buffer.from('{"type":'), false);
  }

  nextToolHangs(): void {
    this.business.hangs();
  }

  get streams() {
    return this.atCarrier;
  }

  kill(): void {
    this.dies();
  }

  /** The process stands still for so long, in ms. */
  stall(ms: number): void {
    this.engine?.life.standsStill(ms);
  }

  /** The process is to end, and another one is there. */
  async restart(): Promise<void> {
    const old = this.engine;
    await this.startsProcess();
    if (old !== undefined)
      void old.drain(DRAINS_WITHIN_MS).then(() => {
        this.isDone(old);
      });
  }

  end(): Left {
    return this.leave();
  }
}
