import type { ReactNode } from 'react';
import type { SpokenWords } from '../../../protocol/console-live.ts';
import { lengthText } from '../parts/figures.ts';
import { UnheardWords } from '../parts/unheard-words.tsx';
import { dotted } from '../../../protocol/word-mask.ts';
import type { TranscriptWords } from '../timeline/transcript-words.ts';
import type { AgentTurn, CallerTurn, DeskTurn, ToolTurn, Turn } from '../timeline/turns.ts';
import { JsonTree } from './json-tree.tsx';

interface TurnLineProps {
  readonly turn: Turn;
  readonly words: TranscriptWords;
  /** The turn's words as far as they are spoken, while the log does not have them. */
  readonly spoken: SpokenWords | undefined;
  readonly isRevealed: boolean;
}

/** One turn's words, or what was done. All of it is somebody's text, and only ever text. */
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
    case 'digits':
      return (
        <div className="turn-words">
          <span className="turn-who">Keypad</span>
          <code>{shownText(turn.digits, isRevealed)}</code>
        </div>
      );
  }
}

/** The words as the transcript has them, once the log has told them. */
function wordsOf({ itemId, text }: CallerTurn | AgentTurn, words: TranscriptWords): string | undefined {
  if (text === undefined || text === '') return text;
  return words.get(itemId)?.text ?? text;
}

/** Words while they are spoken: those that were heard, and paler those that come next. Dots until they are asked for. */
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
  const isSpeaking = turn.stoppedAt === undefined && text === undefined;
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
        <span className="turn-pending">
          {turn.isUnclear ? 'not understood' : isSpeaking ? 'speaking…' : 'words are on their way…'}
        </span>
      )}
      {text === '' && <span className="turn-pending">no words</span>}
    </div>
  );
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
      {!isSettled && (saying ?? <span className="turn-pending">speaking…</span>)}
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
          {outcome === undefined ? 'running…' : `${outcome.status}, ${lengthText(outcome.durationMs)}`}
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

/** A text as it may be shown. */
function shownText(text: string | undefined, isRevealed: boolean): string | undefined {
  return text === undefined || isRevealed ? text : dotted(text);
}
