import { Component, type ReactNode } from 'react';
import { Notice } from './notice.tsx';

interface BoundaryProps {
  /** The address of the page; another address clears the error. */
  readonly at: string;
  readonly children: ReactNode;
}

interface BoundaryState {
  readonly thrown: unknown;
}

/** Shows an error in place of a page that throws, so that the other pages go on. */
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
