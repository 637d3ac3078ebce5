import { type SubmitEvent, useState } from 'react';
import { Button, Input, Label, TextField } from 'react-aria-components';
import type { Softphone } from './softphone.ts';

/** As much as the built-in voice takes in one go. */
const MAX_CHARACTERS = 500;

interface SayBoxProps {
  readonly phone: Softphone;
  /** Sentences that are not out yet. */
  readonly toSay: number;
}

/** For callers without a microphone: the built-in voice says it for them. */
export function SayBox({ phone, toSay }: SayBoxProps) {
  const [text, setText] = useState('');

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    const words = text.trim();
    if (words === '') return;
    setText('');
    void phone.say(words);
  };

  return (
    <form className="say" onSubmit={submit}>
      <TextField className="field" value={text} onChange={setText} maxLength={MAX_CHARACTERS}>
        <Label>Say without a microphone</Label>
        <Input className="input" placeholder="What are your opening hours?" autoComplete="off" />
      </TextField>
      <Button type="submit" className="button" isDisabled={text.trim() === ''}>
        Say
      </Button>
      <p className="say-state label" role="status">
        {toSay > 0 ? 'Speaking for you…' : ''}
      </p>
    </form>
  );
}
