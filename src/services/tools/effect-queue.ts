/** Runs tasks one after another, in the order in which they were given. A failed one does not hold up the next. */
export class EffectQueue {
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param givenUp - the next task does not wait for this one any longer when it resolves; the task itself goes on.
   */
  run<Result>(task: () => Promise<Result>, givenUp?: Promise<unknown>): Promise<Result> {
    const result = this.#last.then(task);
    const isOver = result.then(ignore, ignore);
    this.#last = givenUp === undefined ? isOver : Promise.race([isOver, this.#last.then(() => givenUp)]);
    return result;
  }
}

const ignore = () => undefined;
