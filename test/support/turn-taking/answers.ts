import type { Chapter } from './far-model.ts';

/** Responses that answer what the caller said, or what a tool found. */
const ANSWERS = new Set(['own', 'reply', 'toolAnswer']);

/** Answers that nothing called for: the agent says something twice, or answers a noise. */
export function needlessAnswers(story: readonly Chapter[]): string[] {
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
    isOwed = status !== 'completed' || !hasSpoken;
  }
  return faults;
}
