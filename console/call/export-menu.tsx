import { useMutation } from '@tanstack/react-query';
import { Button, Menu, MenuItem, MenuTrigger, Popover } from 'react-aria-components';
import { askBytes } from '../api/request.ts';

type Words = 'masked' | 'full';

interface ExportMenuProps {
  readonly callSid: string;
  /** True while the engine does not answer. */
  readonly isGone: boolean;
}

/** Saves a call as a file, which any console can open. */
export function ExportMenu({ callSid, isGone }: ExportMenuProps) {
  const save = useMutation({
    mutationFn: async (words: Words) => {
      const bytes = await askBytes(`/api/calls/${encodeURIComponent(callSid)}/export?words=${words}`);
      download(new Blob([bytes], { type: 'application/json' }), `call-${callSid}.json`);
    },
  });
  return (
    <MenuTrigger>
      <Button className="button" isDisabled={save.isPending || isGone}>
        {save.isError ? 'Export failed' : 'Export'}
      </Button>
      <Popover className="popover">
        <Menu
          className="list-box"
          onAction={(key) => {
            save.mutate(key === 'full' ? 'full' : 'masked');
          }}
        >
          <MenuItem id="masked" className="list-box-item">
            Words and numbers as dots
          </MenuItem>
          <MenuItem id="full" className="list-box-item">
            With words and numbers
          </MenuItem>
        </Menu>
      </Popover>
    </MenuTrigger>
  );
}

/** Saves a file, where the browser or the viewer decides. */
function download(file: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
