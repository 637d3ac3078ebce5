import { type SubmitEvent, useState } from 'react';
import { Button, Input, Label, TextField } from 'react-aria-components';
import { setToken, useAccess } from '../api/token.ts';
import './token-entry.css';

/** Asks for the operator's token, and says when the engine has refused one. */
export function TokenEntry() {
  const { token } = useAccess();
  const [typed, setTyped] = useState('');

  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (typed.trim() !== '') setToken(typed.trim());
  };

  return (
    <form className="token-entry panel" onSubmit={submit} aria-labelledby="token-entry-title">
      <h1 id="token-entry-title">This engine asks for a token</h1>
      <p className="quiet">
        It is the value of <code>ADMIN_TOKEN</code>. This tab keeps it until it is closed.
      </p>
      <TextField className="field" value={typed} onChange={setTyped} type="password" autoFocus isRequired>
        <Label>Token</Label>
        <Input className="input mono" autoComplete="off" spellCheck="false" />
      </TextField>
      {token !== undefined && typed === '' && (
        <p className="field-error" role="alert">
          The engine refused the last one.
        </p>
      )}
      <Button type="submit" className="button" data-kind="primary" isDisabled={typed.trim() === ''}>
        Open the console
      </Button>
    </form>
  );
}
