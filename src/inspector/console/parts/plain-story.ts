/** A story is written in Markdown; its marks are not read here. */
export const plainStory = (story: string): string => story.replaceAll('`', '').replaceAll(/\*\*?/g, '');
