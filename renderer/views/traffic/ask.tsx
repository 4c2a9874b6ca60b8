import { useState } from 'react';
import type { ReactNode } from 'react';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { TextField } from '../../ui/fields.tsx';
import { words } from '../../words/index.ts';

export interface AskProps {
  open: boolean;
  title: string;
  says: string;
  label: string;
  /** A verb: what the button does. */
  action: string;
  initial?: string;
  /** What is wrong with a text; null when nothing is. */
  problem: (text: string) => string | null;
  onAnswer: (text: string | null) => void;
}

/** Asks for one line of text. */
export function Ask({ open, onAnswer, ...rest }: AskProps): ReactNode {
  return (
    <Dialog open={open} onClose={() => onAnswer(null)} title={rest.title}>
      {open && <Form {...rest} onAnswer={onAnswer} />}
    </Dialog>
  );
}

function Form({ says, label, action, initial = '', problem, onAnswer }: Omit<AskProps, 'open'>): ReactNode {
  const [text, setText] = useState(initial);
  const [tried, setTried] = useState(false);
  const wrong = problem(text);
  return (
    <form
      className="traffic-ask"
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (wrong === null) onAnswer(text);
      }}
    >
      <p className="dialog-says">{says}</p>
      <TextField
        aria-label={label}
        autoFocus
        value={text}
        problem={tried ? wrong : null}
        onChange={(event) => setText(event.target.value)}
      />
      {tried && wrong !== null && (
        <p className="traffic-ask-wrong" role="alert">
          {wrong}
        </p>
      )}
      <div className="dialog-buttons">
        <Button onClick={() => onAnswer(null)}>{words.general.cancel}</Button>
        <Button look="primary" type="submit">
          {action}
        </Button>
      </div>
    </form>
  );
}
