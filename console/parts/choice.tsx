import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components';
import './choice.css';

export interface ChoiceItem {
  readonly id: string;
  readonly label: string;
}

interface ChoiceProps {
  readonly label: string;
  readonly items: readonly ChoiceItem[];
  readonly value: string;
  readonly onChange: (id: string) => void;
  readonly isDisabled?: boolean;
  /** True: the label is only for screen readers. */
  readonly isLabelHidden?: boolean;
}

/** Lets the viewer choose one of a few options from a list. */
export function Choice({
  label,
  items,
  value,
  onChange,
  isDisabled = false,
  isLabelHidden = false,
}: ChoiceProps) {
  return (
    <Select
      className="field choice"
      value={value}
      onChange={(key) => {
        if (key !== null) onChange(String(key));
      }}
      isDisabled={isDisabled}
      {...(isLabelHidden && { 'aria-label': label })}
    >
      {!isLabelHidden && <Label>{label}</Label>}
      <Button className="input choice-button">
        <SelectValue className="choice-value" />
        <svg viewBox="0 0 10 6" width="10" height="6" aria-hidden="true" className="choice-arrow">
          <path d="M1 1l4 4 4-4" />
        </svg>
      </Button>
      <Popover className="popover">
        <ListBox className="list-box" items={items}>
          {({ id, label: words }) => (
            <ListBoxItem id={id} className="list-box-item" textValue={words}>
              {words}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
