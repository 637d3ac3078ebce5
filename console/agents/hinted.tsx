/** Shows a hint of the schema; text between backticks is shown as code. */
export function Hinted({ text }: { readonly text: string }) {
  return text.split('`').map((part, index) => (index % 2 === 1 ? <code key={index}>{part}</code> : part));
}
