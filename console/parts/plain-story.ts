/** A story, which is Markdown, as plain text. */
export const plainStory = (story: string): string => story.replaceAll('`', '').replaceAll(/\*\*?/g, '');
