/** Languages by the tags of BCP 47, and by their English names, which some transcriptions tell instead. */

/** A language as a prompt names it: `es`, `es-MX` and `spanish` are all `Spanish`. A word that is none stays as it is. */
export function languageName(tag: string): string {
  try {
    const name = new Intl.DisplayNames('en', { type: 'language' }).of(tag) ?? tag;
    return name.charAt(0).toUpperCase() + name.slice(1);
  } catch {
    return tag; // Not BCP 47: the model may know what is meant.
  }
}

/** A tag without its region: Spanish of any region answers Spanish. */
export const primaryLanguage = (tag: string): string => languageName(tag.split(/[-_]/)[0] ?? tag);
