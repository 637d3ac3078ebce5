import type { ReactNode } from 'react';
import type { SpokenWords } from '../../src/protocol/console-live.ts';
import { lengthText } from '../parts/figures.ts';
import { UnheardWords } from '../parts/unheard-words.tsx';
import { dotted } from '../../src/protocol/word-mask.ts';
import type { TranscriptWords } from '../timeline/transcript-words.ts';
import type { AgentTurn, CallerTurn, DeskTurn, ToolTurn, TransferTurn, Turn } from '../timeline/turns.ts';
import { JsonTree } from './json-tree.tsx';
import { LOSER, lossText } from './loss-words.ts';

interface TurnLineProps {
  readonly turn: Turn;
  readonly words: TranscriptWords;
  /** The words that are being spoken in this turn, until the log has them. */
  readonly spoken: SpokenWords | undefined;
  readonly isRevealed: boolean;
}

/** Shows the words of one turn, or what was done in it. Always as text, never as HTML: it comes from strangers. */
export function TurnLine({ turn, words, spoken, isRevealed }: TurnLineProps) {
  const saying = spoken && <WordsComing {...{ spoken, isRevealed }} />;
  switch (turn.kind) {
    case 'caller':
      return <CallerLine turn={turn} text={shownText(wordsOf(turn, words), isRevealed)} saying={saying} />;
    case 'agent':
      return (
        <AgentLine
          turn={turn}
          text={shownText(wordsOf(turn, words), isRevealed)}
          saying={saying}
          unheard={shownText(turn.unheard && (words.get(turn.itemId)?.unheard ?? turn.unheard), isRevealed)}
        />
      );
    case 'tool':
      return <ToolLine turn={turn} isRevealed={isRevealed} />;
    case 'desk':
      return <DeskLine turn={turn} text={shownText(turn.text, isRevealed)} />;
    case 'transfer':
      return (
        <div className="turn-words">
          <span className="turn-who">Transfer</span>
          {CAME_TO[turn.result]}
        </div>
      );
    case 'loss':
      return (
        <div className="turn-words">
          <span className="turn-who">{LOSER[turn.of]}</span>
          {lossText(turn)}
        </div>
      );
    case 'digits':
      return (
        <div className="turn-words">
          <span className="turn-who">Keypad</span>
          <code>{shownText(turn.digits, isRevealed)}</code>
        </div>
      );
  }
}

/** The words of a turn from the transcript, once the log has the turn's words. */
function wordsOf({ itemId, text }: CallerTurn | AgentTurn, words: TranscriptWords): string | undefined {
  if (text === undefined || text === '') return text;
  return words.get(itemId)?.text ?? text;
}

/** Shows words while they are spoken: those heard, and in pale those to come. Dots when words are hidden. */
function WordsComing({ spoken, isRevealed }: { readonly spoken: SpokenWords; readonly isRevealed: boolean }) {
  return (
    <span dir="auto">
      {shownText(spoken.text, isRevealed)}
      {spoken.ahead !== '' && (
        <span className="turn-ahead" title="Not heard yet">
          {shownText(spoken.ahead, isRevealed)}
        </span>
      )}
    </span>
  );
}

interface CallerLineProps {
  readonly turn: CallerTurn;
  readonly text: string | undefined;
  readonly saying: ReactNode;
}

function CallerLine({ turn, text, saying }: CallerLineProps) {
  return (
    <div className="turn-words">
      <span className="turn-who">
        Caller
        {turn.isBargeIn && (
          <span className="turn-mark" data-tone="bad" title="The caller spoke over the agent, who gave way">
            barge-in
          </span>
        )}
        {turn.language !== undefined && <span className="turn-mark">{turn.language}</span>}
      </span>
      {text !== undefined && text !== '' && <span dir="auto">{text}</span>}
      {text === undefined && saying}
      {text === undefined && saying === undefined && (
        <span className="turn-pending">{pendingText(turn)}</span>
      )}
      {text === '' && <span className="turn-pending">no words</span>}
    </div>
  );
}

function pendingText({ isUnclear, isBrokenOff, stoppedAt }: CallerTurn): string {
  if (isUnclear) return 'not understood';
  if (isBrokenOff === true) return 'broken off, the words were lost';
  return stoppedAt === undefined ? 'speaking…' : 'words are on their way…';
}

interface AgentLineProps {
  readonly turn: AgentTurn;
  readonly text: string | undefined;
  readonly saying: ReactNode;
  readonly unheard: string | undefined;
}

function AgentLine({ turn, text, saying, unheard }: AgentLineProps) {
  const { isCut, heardMs } = turn;
  const isSettled = turn.text !== undefined;
  return (
    <div className="turn-words">
      <span className="turn-who">
        Agent
        {isCut && (
          <span className="turn-mark" data-tone="bad">
            {heardMs === 0 ? 'not heard' : `cut after ${lengthText(heardMs ?? 0)}`}
          </span>
        )}
      </span>
      {isSettled && text !== undefined && text !== '' && <span dir="auto">{text}</span>}
      {unheard !== undefined && unheard !== '' && (
        <>
          {' '}
          <UnheardWords text={unheard} />
        </>
      )}
      {isCut && unheard === undefined && heardMs !== 0 && <span aria-hidden="true"> —</span>}
      {!isSettled &&
        (saying ?? (
          <span className="turn-pending">
            {turn.isBrokenOff === true ? 'broken off, the words were lost' : 'speaking…'}
          </span>
        ))}
    </div>
  );
}

function ToolLine({ turn, isRevealed }: { readonly turn: ToolTurn; readonly isRevealed: boolean }) {
  const { name, argumentsJson, outcome } = turn;
  return (
    <div className="turn-words">
      <span className="turn-who">
        <code>{name}</code>
        <span className="turn-mark" data-tone={toneOf(outcome?.status)}>
          {outcome === undefined
            ? turn.isBrokenOff === true
              ? 'broken off'
              : 'running…'
            : `${outcome.status}, ${lengthText(outcome.durationMs)}`}
        </span>
      </span>
      <details className="turn-tool">
        <summary>Arguments{outcome !== undefined && ' and result'}</summary>
        <h3>Arguments</h3>
        <JsonTree text={argumentsJson} isRevealed={isRevealed} />
        {outcome !== undefined && (
          <>
            <h3>Result</h3>
            <JsonTree text={outcome.output} isRevealed={isRevealed} />
          </>
        )}
      </details>
    </div>
  );
}

const DONE: Record<DeskTurn['command'], string> = {
  say: 'had the agent say',
  whisper: 'whispered to the agent',
  mute: 'muted the agent',
  unmute: 'unmuted the agent',
  pause: 'paused the recording',
  resume: 'let the recording go on',
  transfer: 'asked for a transfer',
  'hang up': 'hung up',
};

const CAME_TO: Record<TransferTurn['result'], string> = {
  reached: 'the person was reached',
  busy: 'the line was busy',
  noAnswer: 'nobody answered',
  failed: 'the person could not be called',
  cancelled: 'the ringing was stopped before anybody answered',
};

function DeskLine({ turn, text }: { readonly turn: DeskTurn; readonly text: string | undefined }) {
  return (
    <div className="turn-words">
      <span className="turn-who">Operator</span>
      {DONE[turn.command]}
      {text !== undefined && <span dir="auto">: {text}</span>}
    </div>
  );
}

function toneOf(status: string | undefined): string | undefined {
  if (status === undefined) return undefined;
  return status === 'ok' ? 'good' : 'bad';
}

/** The text, or dots in its place when words are hidden. */
function shownText(text: string | undefined, isRevealed: boolean): string | undefined {
  return text === undefined || isRevealed ? text : dotted(text);
}
