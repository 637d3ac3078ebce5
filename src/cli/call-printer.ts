import type { Wait } from '../protocol/turn-times.ts';
import type { CallNews, NewsPrinter } from './call-news.ts';
import type { Latencies } from './latencies.ts';
import type { Terminal } from './terminal.ts';
import { visible, visibleJson } from './visible-text.ts';

/** ANSI codes: dim, bold, and one colour for each who speaks. */
const STYLES = { dim: 2, bold: 1, caller: 36, agent: 32, tool: 33, state: 35 } as const;

/** The news of a call for people: a line for each, with the seconds since the call was placed. */
export function callPrinter(terminal: Terminal): NewsPrinter {
  const style = (name: keyof typeof STYLES, text: string) =>
    terminal.hasColours ? `\u001b[${String(STYLES[name])}m${text}\u001b[0m` : text;

  let showsTools = false;

  const line = (news: CallNews): string | undefined => {
    switch (news.type) {
      case 'calling':
        return `calling ${news.to} from ${news.from} at ${news.url}${news.isStarted ? ' (started for this call)' : ''}  ${news.callSid}`;
      case 'state':
        return style('state', `● ${visible(news.state)}`);
      case 'said':
        // It says the same in fewer words.
        if (news.role === 'tool' && showsTools) return undefined;
        return `  ${style(news.role, news.role.padEnd(6))} ${visible(news.text)}${news.interrupted ? ' —' : ''}`;
      case 'toolCalled':
        showsTools = true;
        return `  ${style('tool', 'tool  ')} ${visible(news.name)} ${visible(visibleJson(news.arguments))}`;
      case 'toolSettled':
        return `  ${style('tool', 'tool  ')} ${visible(news.name)}: ${visible(news.status)} after ${seconds(news.tookMs)} s ${visible(visibleJson(news.result))}`;
      case 'speaking':
        return news.lines
          .filter(({ text }) => text !== '')
          .map(({ role, text }) => `  ${role.padEnd(6)} ${visible(text)}`)
          .at(-1);
      case 'floor':
        return style('dim', `  ${news.who} ${news.isHeard ? 'speaks' : 'is silent'}`);
      case 'cleared':
        return news.droppedMs > 0
          ? style('dim', `  ${seconds(news.droppedMs)} s of the agent were cut off`)
          : undefined;
      case 'pressed':
        return `  ${style('caller', 'caller')} presses ${news.digits}`;
      case 'gap':
        return style(
          'dim',
          `  the agent is heard again after ${seconds(news.gapMs)} s of silence; ${seconds(news.streamlessMs)} s of it there was no stream`,
        );
      case 'note':
        return style('dim', `  ${visible(news.text)}`);
      case 'ended':
        return [
          `the call has ended: ${visible(news.endReason ?? news.outcome.status)}, by the ${news.outcome.by}`,
          ...latencyLines(news.latencies),
        ].join(`\n${' '.repeat(10)}`);
    }
  };

  return (news) => {
    const text = line(news);
    if (news.type === 'speaking') {
      terminal.show?.(text === undefined ? '' : `${seconds(news.atMs).padStart(6)} s  ${text}`);
      return;
    }
    if (text !== undefined) terminal.print(`${style('dim', `${seconds(news.atMs).padStart(6)} s`)}  ${text}`);
  };
}

function latencyLines({ countedBy, greetingMs, answersMs, answers }: Latencies): string[] {
  const lines = [];
  if (greetingMs !== undefined) lines.push(`greeting heard ${String(greetingMs)} ms after the stream began`);
  if (countedBy === 'line' && answersMs.length > 0) {
    lines.push(`agent heard ${answersMs.join(', ')} ms after the caller fell silent, by the line`);
  }
  return [...lines, ...answers.map(answerLine)];
}

function answerLine({ totalMs, noticedMs, modelMs, toolsMs, playbackMs, isAtLeast }: Wait): string {
  const parts = { noticed: noticedMs, model: modelMs, tools: toolsMs, playback: playbackMs };
  const spent = Object.entries(parts)
    .filter(([, ms]) => ms > 0)
    .map(([part, ms]) => `${part} ${String(ms)}`);
  const total = `${isAtLeast ? 'at least ' : ''}${String(totalMs)} ms`;
  return `agent heard ${total} after the caller fell silent (${spent.join(', ')})`;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}
