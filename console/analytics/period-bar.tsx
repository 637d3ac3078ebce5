import { Button, Input, Label, TextField } from 'react-aria-components';
import { now } from '../clock.ts';
import { Chip } from '../parts/chip.tsx';
import { Choice } from '../parts/choice.tsx';
import { lastDays, type Period, periodTrouble } from './period.ts';

const PRESETS: readonly (readonly [label: string, days: number | undefined])[] = [
  ['Today', 1],
  ['7 days', 7],
  ['30 days', 30],
  ['All time', undefined],
];
/** The id of the choice "every agent": a choice cannot have an empty id. */
const ALL = '*';

interface PeriodBarProps {
  readonly period: Period;
  readonly agents: readonly { readonly id: string; readonly name: string }[];
  readonly onChange: (period: Period) => void;
}

/** Chooses the days and the agent whose calls are counted. */
export function PeriodBar({ period, agents, onChange }: PeriodBarProps) {
  const trouble = periodTrouble(period);
  return (
    <div className="period" role="group" aria-label="Period">
      <div className="period-presets">
        {PRESETS.map(([label, days]) => {
          const range = days === undefined ? { from: '', to: '' } : lastDays(days, now());
          const isChosen = range.from === period.from && range.to === period.to;
          return (
            <Button
              key={label}
              className="button"
              data-kind="plain"
              aria-pressed={isChosen}
              onPress={() => {
                onChange({ ...period, ...range });
              }}
            >
              {label}
            </Button>
          );
        })}
      </div>
      <DayField
        label="From"
        value={period.from}
        onChange={(from) => {
          onChange({ ...period, from });
        }}
        isInvalid={trouble !== undefined}
      />
      <DayField
        label="To"
        value={period.to}
        onChange={(to) => {
          onChange({ ...period, to });
        }}
        isInvalid={trouble !== undefined}
      />
      <Choice
        label="Agent"
        items={[{ id: ALL, label: 'All agents' }, ...agents.map(({ id, name }) => ({ id, label: name }))]}
        value={period.agent === '' ? ALL : period.agent}
        onChange={(id) => {
          onChange({ ...period, agent: id === ALL ? '' : id });
        }}
      />
      <Chip
        isSelected={period.withTests}
        onChange={(withTests) => {
          onChange({ ...period, withTests });
        }}
      >
        Test calls, too
      </Chip>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}

interface DayFieldProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (day: string) => void;
  readonly isInvalid: boolean;
}

/** Asks for a day with the browser's calendar, which writes dates as the viewer does. */
function DayField({ label, value, onChange, isInvalid }: DayFieldProps) {
  return (
    <TextField className="field" value={value} onChange={onChange} isInvalid={isInvalid}>
      <Label>{label}</Label>
      <Input className="input" type="date" />
    </TextField>
  );
}
