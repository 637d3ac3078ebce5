import { useState } from 'react';
import {
  Button,
  Dialog,
  DialogTrigger,
  Heading,
  Label,
  Modal,
  ModalOverlay,
  TextArea,
  TextField,
} from 'react-aria-components';

interface CommandDialogProps {
  readonly label: string;
  /** What the command does, as in "ends the call". */
  readonly meaning: string;
  readonly takesText: boolean;
  /** True when the command cannot be undone. */
  readonly isFinal: boolean;
  /** True while the engine does not answer. */
  readonly isDisabled: boolean;
  readonly onGive: (text: string | undefined) => void;
}

/** The longest text that the engine takes. */
const MAX_CHARACTERS = 2000;

/** A button for a command that first asks for its text, or for a confirmation. */
export function CommandDialog({
  label,
  meaning,
  takesText,
  isFinal,
  isDisabled,
  onGive,
}: CommandDialogProps) {
  const [text, setText] = useState('');
  const isReady = !isDisabled && (!takesText || text.trim() !== '');
  return (
    <DialogTrigger
      onOpenChange={() => {
        setText('');
      }}
    >
      <Button className="button" data-kind={isFinal ? 'danger' : undefined} isDisabled={isDisabled}>
        {label}
      </Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal>
          <Dialog className="dialog" role={isFinal ? 'alertdialog' : 'dialog'}>
            {({ close }) => (
              <form
                className="command-form"
                onSubmit={(event) => {
                  event.preventDefault();
                  if (!isReady) return;
                  onGive(takesText ? text.trim() : undefined);
                  close();
                }}
              >
                <Heading slot="title">{label}</Heading>
                <p className="quiet">
                  This {meaning}.{isFinal && ' It cannot be taken back.'}
                </p>
                {takesText && (
                  <TextField
                    className="field"
                    value={text}
                    onChange={setText}
                    autoFocus
                    maxLength={MAX_CHARACTERS}
                  >
                    <Label>Words</Label>
                    <TextArea className="input" rows={3} />
                  </TextField>
                )}
                <div className="dialog-actions">
                  <Button className="button" onPress={close}>
                    Cancel
                  </Button>
                  <Button
                    type="submit"
                    className="button"
                    data-kind={isFinal ? 'danger' : 'primary'}
                    isDisabled={!isReady}
                    autoFocus={!takesText}
                  >
                    {label}
                  </Button>
                </div>
              </form>
            )}
          </Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}
