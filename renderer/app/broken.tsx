import { Component } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { words } from '../words/index.ts';

/** Keeps a view's fault inside the view. */
export class Broken extends Component<{ children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div className="broken" role="alert">
        <h1>{words.frame.brokenTitle}</h1>
        <p className="dim">{words.frame.brokenSays}</p>
        <pre>{error.stack ?? error.message}</pre>
        <Button look="primary" onClick={() => this.setState({ error: null })}>
          {words.general.retry}
        </Button>
      </div>
    );
  }
}
