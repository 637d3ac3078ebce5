/** What the generated pages are put together from. */

/** A page that `npm run docs:write` writes: its title, and its parts with a line between them. */
export function page(title: string, ...parts: string[]): string {
  return [`# ${title}`, '<!-- Written by npm run docs:write. -->', ...parts, ''].join('\n\n');
}

/** A table of Markdown; what stands in a cell is Markdown, too. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** As code. */
export function code(text: string): string {
  return `\`${text}\``;
}
