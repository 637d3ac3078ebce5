import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Agents } from '../../../src/services/agents/agents.ts';
import { temporaryFolder } from '../../support/journal.ts';

const TEXT = `${JSON.stringify({ $schema: './agent.schema.json', id: 'default', business: { name: 'Bäckerei' }, tools: [] }, null, 2)}\n`;

function folderWith(bytes: Buffer): string {
  const folder = join(temporaryFolder(), 'agents');
  mkdirSync(folder);
  writeFileSync(join(folder, 'default.json'), bytes);
  return folder;
}

describe('a profile that an editor saved', () => {
  test.each([
    ['as it is', Buffer.from(TEXT)],
    ['with a mark of byte order', Buffer.from(`\ufeff${TEXT}`)],
    ['with the line ends of Windows', Buffer.from(TEXT.replaceAll('\n', '\r\n'))],
    ['as UTF-16', Buffer.from(`\ufeff${TEXT}`, 'utf16le')],
    ['as UTF-16 the other way', Buffer.from(`\ufeff${TEXT}`, 'utf16le').swap16()],
  ])('a profile that an editor saved is read %s', async (_, bytes) => {
    const agents = await Agents.load(folderWith(bytes), []);
    expect(agents.find('default')?.business.name).toBe('Bäckerei');
    expect(agents.stored('default')?.written).not.toHaveProperty('$schema');
  });

  test.each([
    ['Latin-1', Buffer.from(TEXT, 'latin1')],
    ['UTF-16 without a mark', Buffer.from(TEXT, 'utf16le')],
  ])(
    'a profile that an editor saved in %s is refused by its name, and not read as nonsense',
    async (_, bytes) => {
      const folder = folderWith(bytes);
      await expect(Agents.load(folder, [])).rejects.toMatchObject({
        code: 'PROFILE_INVALID',
        message: expect.stringContaining(`${join(folder, 'default.json')}: is not UTF-8`) as string,
      });
    },
  );
});
