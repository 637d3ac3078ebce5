import { historyAfter, withWords } from '../../../machines/session/history.ts';
import type { History, RememberedTool } from '../../../machines/session/session.events.ts';
import type { BodyOf, StoredEntry } from '../../../protocol/call-feed.ts';

/**
 * The conversation of a call by its rows: what its session had come to know, or would have. An item whose words were not
 * told has its place, and no words: nothing that was heard is made up.
 */
export const conversationOf = (rows: readonly StoredEntry[]): History => rows.reduce(conversationAfter, []);

function conversationAfter(history: History, row: StoredEntry): History {
  switch (row.event) {
    case 'agent.startedItem':
      return historyAfter(history, { type: row.event, ...row.body });
    case 'agent.said':
      return historyAfter(history, { type: row.event, ...row.body });
    case 'caller.committed':
      return historyAfter(history, { type: row.event, ...row.body });
    case 'caller.said':
      return historyAfter(history, { type: row.event, ...row.body });
    case 'tool.requested':
      return historyAfter(history, { type: row.event, ...row.body });
    case 'addMessage':
      return historyAfter(history, { type: row.event, ...row.body });
    case 'answerTool':
      return historyAfter(history, { type: row.event, ...row.body });
    // Words that were held back at first.
    case 'agent.reworded':
      return withWords(history, 'assistant', row.body.itemId, row.body.text);
    case 'caller.reworded':
      return withWords(history, 'user', row.body.itemId, row.body.text);
    case 'call.resumed':
      return row.body.answers.reduce(withAnswer, history);
    default:
      return history;
  }
}

/** A tool that was at work when its call's process ended has its answer from the next one. */
export const withAnswer = (history: History, answer: BodyOf<'call.resumed'>['answers'][number]): History =>
  historyAfter(history, { type: 'answerTool', ...answer });

/** The tools of a conversation that have no output. */
export const unansweredIn = (history: History): RememberedTool[] =>
  history.filter((one): one is RememberedTool => 'request' in one && one.output === undefined);
