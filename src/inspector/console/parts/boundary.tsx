import { Component, type ReactNode } from 'react';
import { Notice } from './notice.tsx';

interface BoundaryProps {
  /** The address: a fault at one is over at the next. */
  readonly at: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly thrown: unknown;
}

/** Keeps a fault of one page from taking the others down. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { thrown: undefined };

  static getDerivedStateFromError(thrown: unknown): BoundaryState {
    return { thrown: thrown ?? new Error('nothing was thrown') };
  }

  override componentDidUpdate(before: BoundaryProps): void {
    if (before.at !== this.props.at && this.state.thrown !== undefined) this.setState({ thrown: undefined });
  }

  override render(): ReactNode {
    const { thrown } = this.state;
    if (thrown === undefined) return this.props.children;
    return (
      <Notice
        tone="bad"
        title="This page has failed"
        action={{
          label: 'Load it again',
          onPress: () => {
            location.reload();
          },
        }}
      >
        Calls are not touched by it. {thrown instanceof Error ? thrown.message : ''}
      </Notice>
    );
  }
}
