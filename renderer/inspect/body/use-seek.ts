import { useEffect, useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';
import type { BodyReader } from './body-reader.ts';
import type { Sought } from './find-bar.tsx';
import type { Found, Shown } from './protocol.ts';

const NOTHING: Found = { matches: new Uint32Array(), more: false, problem: null };
/** A search that takes longer is stopped. */
const SLOW_MS = 8000;

/** Searching: asked of the worker, which has the text. */
export function useSeek(reader: BodyReader, shown: Shown | null, onStuck: () => void) {
  const [sought, setSought] = useState<Sought | null>(null);
  const [found, setFound] = useState<Found>(NOTHING);
  const [current, setCurrent] = useState(0);
  const [goTo, setGoTo] = useState<{ row: number } | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const stuck = useEffectEvent(onStuck);
  const large = shown?.kind === 'rows';

  useEffect(() => {
    if (!sought || sought.pattern === '' || !shown) {
      setFound(NOTHING);
      return;
    }
    let alive = true;
    // A regular expression can take for ever; then the reader is ended, and the body opened anew.
    const limit = setTimeout(() => {
      if (!alive) return;
      alive = false;
      toast(words.inspect.find.tooSlow);
      stuck();
    }, SLOW_MS);
    const timer = setTimeout(
      () =>
        void reader.ask('find', sought).then(
          (answer) => {
            clearTimeout(limit);
            if (!alive) return;
            setFound(answer);
            setCurrent(0);
          },
          () => clearTimeout(limit),
        ),
      large ? 200 : 60,
    );
    return () => {
      alive = false;
      clearTimeout(timer);
      clearTimeout(limit);
    };
  }, [sought, shown, reader, large]);

  // As soon as the field is there: what is typed next belongs into it.
  const isOpen = sought !== null;
  useLayoutEffect(() => {
    if (isOpen) field.current?.focus();
  }, [isOpen]);

  const offset = found.matches[current * 2];
  useEffect(() => {
    if (!large || offset === undefined) return;
    let alive = true;
    void reader.ask('row', { offset }).then(
      ({ row }) => alive && setGoTo({ row }),
      () => {},
    );
    return () => void (alive = false);
  }, [large, offset, found, reader]);

  const count = found.matches.length / 2;
  return {
    sought,
    found,
    current,
    goTo,
    field,
    seek: setSought,
    open: (): void => {
      setSought((before) => before ?? { pattern: '', regex: false, matchCase: false });
      field.current?.focus();
      field.current?.select();
    },
    close: (): void => setSought(null),
    step: (by: number): void => {
      if (count > 0) setCurrent((at) => (at + by + count) % count);
    },
  };
}
