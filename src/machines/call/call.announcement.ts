/** True when somebody who heard these words has heard the announcement: letters and digits count, in their order. */
export const holdsAnnouncement = (heard: string, announcement: string): boolean =>
  lettersOf(heard).includes(lettersOf(announcement));

const lettersOf = (text: string) =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{M}\p{N}]+/gu, '');
