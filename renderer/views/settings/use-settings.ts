import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Settings, SettingsAnswer, SettingsChange } from '../../../shared/contract/settings.ts';
import { useApi } from '../../client/api-context.ts';
import { toast } from '../../ui/toasts.tsx';
import { words } from '../../words/index.ts';

export interface Problem {
  path: string;
  says: string;
}

const says = words.settings;

export interface SettingsUse {
  answer: SettingsAnswer | undefined;
  error: Error | null;
  /**
   * Sets one path (`topic.name`) at once and offers to undo it. Gives what is wrong with it, null when nothing is.
   */
  set: (path: string, value: unknown, title: string) => Promise<string | null>;
}

/** The settings as they are in force, and how to change one. */
export function useSettings(): SettingsUse {
  const api = useApi();
  const queries = useQueryClient();
  const { data, error } = useQuery({ queryKey: ['settings'], queryFn: () => api.settings.get() });
  const change = useMutation({
    mutationFn: (next: SettingsChange) => api.settings.change(next),
    onSuccess: (answer) => queries.setQueryData(['settings'], answer),
  });

  async function put(path: string, value: unknown): Promise<string | null> {
    const [topic = '', name = ''] = path.split('.');
    try {
      await change.mutateAsync({ [topic]: { [name]: value } });
      return null;
    } catch (fault) {
      const problems = problemsOf(fault);
      return problems.length > 0
        ? problems.map((one) => one.says).join(' ')
        : fault instanceof Error
          ? fault.message
          : String(fault);
    }
  }

  return {
    answer: data,
    error,
    async set(path, value, title) {
      const before = data && valueAt(data.settings, path);
      if (JSON.stringify(before) === JSON.stringify(value)) return null;
      const problem = await put(path, value);
      if (problem === null) {
        toast(says.changed(title), {
          action: {
            title: words.general.undo,
            run: () => void put(path, before).then(() => toast(says.undone(title))),
          },
        });
      }
      return problem;
    },
  };
}

export function valueAt(settings: Settings, path: string): unknown {
  const [topic = '', name = ''] = path.split('.');
  return (settings as unknown as Record<string, Record<string, unknown>>)[topic]?.[name];
}

function problemsOf(fault: unknown): Problem[] {
  const data: unknown = typeof fault === 'object' && fault !== null && 'data' in fault ? fault.data : null;
  const list: unknown = typeof data === 'object' && data !== null && 'problems' in data ? data.problems : null;
  return Array.isArray(list) ? (list as Problem[]) : [];
}
