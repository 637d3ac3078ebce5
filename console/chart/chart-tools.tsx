import { Button } from 'react-aria-components';

interface ChartToolsProps {
  readonly onZoom: (factor: number) => void;
  readonly onFit: () => void;
}

export function ChartTools({ onZoom, onFit }: ChartToolsProps) {
  return (
    <div className="chart-tools" role="group" aria-label="Size of the drawing">
      <Button
        className="button"
        data-kind="plain"
        data-icon-only=""
        aria-label="Larger"
        onPress={() => {
          onZoom(1.25);
        }}
      >
        +
      </Button>
      <Button
        className="button"
        data-kind="plain"
        data-icon-only=""
        aria-label="Smaller"
        onPress={() => {
          onZoom(0.8);
        }}
      >
        −
      </Button>
      <Button className="button" data-kind="plain" onPress={onFit}>
        Fit
      </Button>
    </div>
  );
}
