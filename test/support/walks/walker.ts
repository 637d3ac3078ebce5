import { isDeepStrictEqual } from 'node:util';
import type { AnyMachineSnapshot, AnyStateMachine, EventObject } from 'xstate';
import { PureMachine, type PureStep } from '../../../src/testing/pure-machine.ts';
import { inWords, said } from './step-in-words.ts';
import type { WalkNode } from './walk-tree.ts';

/** One step of a way through a chart. */
export interface WalkedStep extends PureStep {
  /** Undefined of the first. */
  readonly before: AnyMachineSnapshot | undefined;
  readonly event: EventObject;
}

/** What is told each step that is walked. */
export type Watcher = (step: WalkedStep) => void;

/** Walks through a chart on ways that are written down. Nothing is carried out. */
export class Walker {
  readonly #pure: PureMachine;
  readonly #watch: Watcher;

  /** @param input - what the chart begins with. */
  constructor(machine: AnyStateMachine, input: unknown, watch: Watcher = () => undefined) {
    this.#pure = new PureMachine(machine, input);
    this.#watch = watch;
  }

  /** The same ways with what this chart does on them. */
  walked(node: WalkNode, before?: AnyMachineSnapshot): WalkNode {
    const { snapshot, does } = this.#step(node, before);
    return { event: node.event, does, then: node.then.map((next) => this.walked(next, snapshot)) };
  }

  /** Where this chart does not do what is written, one by one: the way, what was, and what is. Nobody goes on behind it. */
  *partings(node: WalkNode, before?: AnyMachineSnapshot, way: readonly string[] = []): Generator<string> {
    const { snapshot, does } = this.#step(node, before);
    const here = [...way, said(node.event)];
    if (isDeepStrictEqual(does, node.does)) {
      for (const next of node.then) yield* this.partings(next, snapshot, here);
      return;
    }
    yield [
      here.join('\n'),
      ...node.does.filter((line) => !does.includes(line)).map((line) => `- ${line}`),
      ...does.filter((line) => !node.does.includes(line)).map((line) => `+ ${line}`),
      ...(does.length === node.does.length && does.every((line) => node.does.includes(line))
        ? [`in another order: ${does.join('; ')}`]
        : []),
    ].join('\n');
  }

  #step({ event }: WalkNode, before: AnyMachineSnapshot | undefined) {
    const step = before === undefined ? this.#pure.first() : this.#pure.next(before, event);
    this.#watch({ ...step, before, event });
    return { snapshot: step.snapshot, does: inWords(before, event, step) };
  }
}
