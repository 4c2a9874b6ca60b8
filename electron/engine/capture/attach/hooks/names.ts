/** What `--without` may name: runtimes that get variables alone, and no hook. */
export const HOOK_NAMES = ['node', 'java', 'python', 'ruby', 'php', 'apt', 'git'] as const;
export type HookName = (typeof HOOK_NAMES)[number];
