import { type SubmitEvent, useState } from 'react';
import {
  Button,
  Dialog,
  DialogTrigger,
  FieldError,
  Heading,
  Input,
  Label,
  Modal,
  ModalOverlay,
  TextField,
} from 'react-aria-components';
import { useLocation } from 'wouter';
import { AgentProfile } from '../../src/protocol/agent-profile.ts';
import { keepDraft } from './drafts.ts';

/** Asks for the id and the business of a new agent, then opens its editor; the rest has defaults. */
export function NewAgent({ taken }: { readonly taken: readonly string[] }) {
  return (
    <DialogTrigger>
      <Button className="button">New agent</Button>
      <ModalOverlay className="overlay" isDismissable>
        <Modal>
          <Dialog className="dialog">{({ close }) => <NewAgentForm taken={taken} onDone={close} />}</Dialog>
        </Modal>
      </ModalOverlay>
    </DialogTrigger>
  );
}

interface NewAgentFormProps {
  readonly taken: readonly string[];
  readonly onDone: () => void;
}

function NewAgentForm({ taken, onDone }: NewAgentFormProps) {
  const [id, setId] = useState('');
  const [name, setName] = useState('');
  const [, navigate] = useLocation();
  const idProblem = taken.includes(id) ? 'there is one of this name' : idProblemOf(id);
  const canBegin = idProblem === undefined && name.trim() !== '';

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!canBegin) return;
    keepDraft(id, { id, business: { name: name.trim() } });
    navigate(`/agents/${id}`);
    onDone();
  };

  return (
    <form onSubmit={submit} className="new-agent">
      <Heading slot="title">New agent</Heading>
      <TextField
        className="field"
        value={id}
        onChange={setId}
        isInvalid={id !== '' && idProblem !== undefined}
        autoFocus
      >
        <Label>ID</Label>
        <Input className="input mono" autoComplete="off" placeholder="front-desk" />
        <FieldError className="field-error">{idProblem}</FieldError>
      </TextField>
      <TextField className="field" value={name} onChange={setName}>
        <Label>Name of the business</Label>
        <Input className="input" autoComplete="off" />
      </TextField>
      <div className="dialog-actions">
        <Button className="button" data-kind="plain" onPress={onDone}>
          Cancel
        </Button>
        <Button type="submit" className="button" data-kind="primary" isDisabled={!canBegin}>
          Begin
        </Button>
      </div>
    </form>
  );
}

const idProblemOf = (id: string): string | undefined =>
  AgentProfile.shape.id.safeParse(id).error?.issues[0]?.message;
