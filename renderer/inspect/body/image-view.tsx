import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { words } from '../../words/index.ts';
import type { Shown } from './protocol.ts';

const say = words.inspect.viewer;

/** An image from its bytes. As an `<img>` nothing in it can run, not even in SVG. */
export function ImageView({ shown }: { shown: Shown & { kind: 'image' } }): ReactNode {
  const [address, setAddress] = useState<string | null>(null);
  const [size, setSize] = useState<string | null>(null);
  const [broken, setBroken] = useState(false);
  useEffect(() => {
    const made = URL.createObjectURL(new Blob([shown.bytes], { type: shown.mediaType }));
    setAddress(made);
    setBroken(false);
    setSize(null);
    return () => URL.revokeObjectURL(made);
  }, [shown]);
  return (
    <figure className="image-view">
      {broken ? (
        <p className="dim">{say.imageBroken}</p>
      ) : (
        address !== null && (
          <img
            src={address}
            alt={say.image}
            onLoad={({ currentTarget: { naturalWidth, naturalHeight } }) =>
              setSize(`${naturalWidth} × ${naturalHeight}`)
            }
            onError={() => setBroken(true)}
          />
        )
      )}
      <figcaption className="dim">
        {shown.mediaType}
        {size !== null && ` · ${size}`}
      </figcaption>
    </figure>
  );
}
