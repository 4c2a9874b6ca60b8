import type { ReactElement, ReactNode } from 'react';
import type { VendorNames } from '../../data/vendor-names.ts';
import { VendorMark } from '../../ui/vendor-mark.tsx';

const MARK_PX = 16;
const MOST_MARKS = 2000;
const made = new Map<string, ReactElement>();

/** What a vendor is called, with its mark. Its place is there before the mark is, so that no text moves. */
export function vendorCell(id: string | null, names: VendorNames | undefined): ReactNode {
  if (id === null) return null;
  return (
    <>
      {vendorMark(id, names)}
      {vendorName(id, names)}
    </>
  );
}

/** The same element for the same vendor: a list draws it without work. */
export function vendorMark(id: string, names: VendorNames | undefined): ReactElement {
  const known = names?.get(id);
  // Not a letter for a moment, and then the logo.
  const key = names === undefined ? '' : `${known?.logo ?? ''} ${known?.name ?? id} ${id}`;
  let mark = made.get(key);
  if (mark === undefined) {
    mark =
      names === undefined ? (
        <span key="" className="vendor-mark" style={{ width: MARK_PX, height: MARK_PX }} aria-hidden />
      ) : (
        <VendorMark key={id} name={known?.name ?? id} logo={known?.logo ?? null} size={MARK_PX} />
      );
    if (made.size >= MOST_MARKS) made.clear();
    made.set(key, mark);
  }
  return mark;
}

export function vendorName(id: string, names: VendorNames | undefined): string {
  return names?.get(id)?.name ?? id;
}
