import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { ReactNode } from 'react';
import { words } from '../words/index.ts';
import { IconButton } from './button.tsx';

/** Copies a text and says so for a moment. */
export function CopyButton({
  text,
  label = words.general.copy,
}: {
  text: string | (() => string);
  label?: string;
}): ReactNode {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <IconButton
      icon={copied ? Check : Copy}
      label={copied ? words.general.copied : label}
      onClick={() => {
        void navigator.clipboard.writeText(typeof text === 'string' ? text : text()).then(() => setCopied(true));
      }}
    />
  );
}
