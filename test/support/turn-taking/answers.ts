import type { Chapter } from './far-model.ts';
import type { ModelMemory } from './model-memory.ts';

/** Responses that answer what the caller said, or what a tool found. */
const ANSWERS = new Set(['own', 'reply', 'toolAnswer']);

/** Answers that nothing called for: the agent says something twice, or answers a noise. */
export function needlessAnswers(story: readonly Chapter[], memory: ModelMemory): string[] {
  const faults: string[] = [];
  let isOwed = false;
  let areToolsOwed = false;
  for (const [index, chapter] of story.entries()) {
    if (chapter.what === 'turn') {
      isOwed ||= !chapter.isNoise();
      continue;
    }
    const { plan, purpose, status } = chapter;
    const hasSpoken = plan.outputs.some(({ kind }) => kind === 'speech');
    const hasCalled = plan.outputs.some(({ kind }) => kind === 'tool');
    if (!ANSWERS.has(purpose)) {
      // What was cut, or failed, may be made up for by an answer.
      isOwed ||= status !== 'completed' || hasCalled;
      continue;
    }
    const isWanted = purpose === 'toolAnswer' ? areToolsOwed : isOwed || areToolsOwed;
    if (status === 'completed' && hasSpoken && !isWanted) {
      faults.push(`response ${String(index)} (${purpose}) answers nothing`);
    }
    if (purpose === 'toolAnswer' && status === 'completed') areToolsOwed = false;
    areToolsOwed ||= hasCalled;
    // What nobody heard to its end may be said again.
    const isCut = chapter.itemIds.some((id) => {
      const item = memory.items.get(id);
      return item?.isDeleted === true || item?.isTruncated === true;
    });
    isOwed = status !== 'completed' || !hasSpoken || isCut;
  }
  return faults;
}
