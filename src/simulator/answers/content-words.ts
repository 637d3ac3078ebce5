/** Words that say nothing of what a sentence is about. */
const EMPTY = new Set(
  `a an and any are as ask at be been but by call can could did do does for from get give had has have hello her hi him his
  how i if in is it its just know like look me mine much my no not now of ok on one or our out please so some tell than thank
  thanks that the their them then there they this to us use want was we well what when where which who why will with would yes
  you your`.split(/\s+/),
);

/** What a text is about: its words, small, without those that say nothing, and brought to one form. */
export function contentWords(text: string): string[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  return words.filter((word) => !EMPTY.has(word)).map(stem);
}

/** `fillings` and `filling`, `orders` and `order` are one. Crude: it need only be the same on both sides. */
function stem(word: string): string {
  const bare = word.replace(/(?<=.{3})(ies|es|s)$/, (end) => (end === 'ies' ? 'y' : ''));
  return bare.replace(/(?<=.{3})(ing|ed)$/, '').replace(/(?<=.{3})e$/, '');
}
