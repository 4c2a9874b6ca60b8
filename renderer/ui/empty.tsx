import type { ReactNode } from 'react';
import './empty.css';

/** What stands where there is nothing: what that means, and the one thing to do. */
export function Empty({ title, says, children }: { title: string; says?: ReactNode; children?: ReactNode }): ReactNode {
  return (
    <div className="empty" role="status">
      <h2>{title}</h2>
      {says !== undefined && <p>{says}</p>}
      {children}
    </div>
  );
}
