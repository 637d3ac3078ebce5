import { CheckboxButton, CheckboxField, type CheckboxFieldProps } from 'react-aria-components';
import './chip.css';

interface ChipProps extends Pick<CheckboxFieldProps, 'value' | 'isSelected' | 'onChange'> {
  readonly children: string;
}

/** A word that can be switched on and off, alone or in a checkbox group. */
export function Chip({ children, ...choice }: ChipProps) {
  return (
    <CheckboxField {...choice}>
      <CheckboxButton className="chip">{children}</CheckboxButton>
    </CheckboxField>
  );
}
