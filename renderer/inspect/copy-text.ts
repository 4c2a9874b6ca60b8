import { toast } from '../ui/toasts.tsx';
import { words } from '../words/index.ts';

/** Copies and says so; a browser may refuse, then it says that. */
export function copyText(text: string, says: string): void {
  navigator.clipboard.writeText(text).then(
    () => toast(says),
    () => toast(words.inspect.copyFailed),
  );
}
