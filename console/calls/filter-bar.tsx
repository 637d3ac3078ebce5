import { Button, Input, Label, TextField } from 'react-aria-components';
import { Choice } from '../parts/choice.tsx';
import { wordsOf } from '../parts/figures.ts';
import { areSet, type Filters, NO_FILTERS, unfinished } from './filters.ts';

interface FilterBarProps {
  readonly filters: Filters;
  readonly onChange: (filters: Filters) => void;
  readonly agents: readonly string[];
  readonly states: readonly string[];
  readonly tools: readonly string[];
}

const END_REASONS = [
  'completed',
  'caller_hung_up',
  'agent_ended',
  'transferred',
  'idle',
  'max_duration',
  'operator',
  'busy',
  'no_answer',
  'failed',
  'lost',
];

/** The id of the choice "any": a choice cannot have an empty id. */
const ANY = 'any';

export function FilterBar({ filters, onChange, agents, states, tools }: FilterBarProps) {
  const set = (name: keyof Filters) => (value: string) => {
    onChange({ ...filters, [name]: value === ANY ? '' : value });
  };
  const choice = (name: keyof Filters, label: string, values: readonly string[]) => (
    <Choice
      label={label}
      items={[{ id: ANY, label: 'Any' }, ...values.map((id) => ({ id, label: wordsOf(id) }))]}
      value={filters[name] === '' ? ANY : filters[name]}
      onChange={set(name)}
    />
  );
  const problem = unfinished(filters);
  return (
    <search className="filters" aria-label="Find calls">
      <TextField className="field filters-words" value={filters.q} onChange={set('q')}>
        <Label>Words said</Label>
        <Input className="input" placeholder="appointment tomorrow" maxLength={200} />
      </TextField>
      <TextField
        className="field filters-number"
        value={filters.number}
        onChange={set('number')}
        isInvalid={problem !== undefined}
      >
        <Label>Number</Label>
        <Input className="input" placeholder="202 555" inputMode="tel" maxLength={20} title={problem} />
      </TextField>
      {choice('agent', 'Agent', agents)}
      {choice('visited', 'State visited', states)}
      {choice('tool', 'Tool used', tools)}
      {choice('endReason', 'Ended because', END_REASONS)}
      <Choice
        label="Test calls"
        items={[
          { id: ANY, label: 'Shown' },
          { id: 'exclude', label: 'Left out' },
          { id: 'only', label: 'Alone' },
        ]}
        value={filters.tests === '' ? ANY : filters.tests}
        onChange={set('tests')}
      />
      <TextField className="field" value={filters.from} onChange={set('from')} type="date">
        <Label>From</Label>
        <Input className="input" />
      </TextField>
      <TextField className="field" value={filters.to} onChange={set('to')} type="date">
        <Label>To</Label>
        <Input className="input" />
      </TextField>
      <Button
        className="button"
        data-kind="plain"
        isDisabled={!areSet(filters)}
        onPress={() => {
          onChange(NO_FILTERS);
        }}
      >
        Clear
      </Button>
    </search>
  );
}
