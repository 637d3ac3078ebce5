import type { EventObject } from 'xstate';
import { said } from './step-in-words.ts';

/** An event, what a chart does of it, in words, and the events that are told it next: each one is the beginning of another way. */
export interface WalkNode {
  readonly event: EventObject;
  readonly does: readonly string[];
  readonly then: readonly WalkNode[];
}

const INDENT = '  ';
const DOES = '= ';
/** XState tells the failure of a child by these; an `Error` cannot be written down. */
const FAILURE = 'xstate.error.actor.';

/** An event on a line, what follows it below, each step further in. */
export function textOf({ event, does, then }: WalkNode, depth = 0): string {
  const indent = INDENT.repeat(depth);
  const lines = [`${indent}${said(event)}`, ...does.map((line) => `${indent}${DOES}${line}`)];
  return [...lines.map((line) => `${line}\n`), ...then.map((next) => textOf(next, depth + 1))].join('');
}

/**
 * The ways of a chart from its beginning, whose event says with what it begins.
 * @throws {Error} when a line stands further in than the one before it allows.
 */
export function treeOf(text: string): WalkNode {
  const way: Growing[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const words = line.trimStart();
    if (words === '') continue;
    const depth = (line.length - words.length) / INDENT.length;
    if (words.startsWith(DOES)) {
      nodeAt(way, depth, index).does.push(words.slice(DOES.length));
      continue;
    }
    const node: Growing = { event: eventOf(words), does: [], then: [] };
    if (depth > 0) nodeAt(way, depth - 1, index).then.push(node);
    way.splice(depth, way.length, node);
  }
  return nodeAt(way, 0, 0);
}

interface Growing extends WalkNode {
  readonly does: string[];
  readonly then: Growing[];
}

function nodeAt(way: readonly Growing[], depth: number, index: number): Growing {
  const node = way[depth];
  if (node === undefined) throw new Error(`line ${String(index + 1)} belongs to no step`);
  return node;
}

function eventOf(words: string): EventObject {
  const at = words.indexOf(' ');
  if (at === -1) return whole({ type: words });
  return whole({ ...(JSON.parse(words.slice(at)) as object), type: words.slice(0, at) });
}

const whole = (event: EventObject): EventObject =>
  event.type.startsWith(FAILURE)
    ? ({ ...event, error: new Error('the child failed') } as EventObject)
    : event;
