import { aptHook } from './apt.ts';
import { gitHook } from './git.ts';
import type { Hook } from './hook.ts';
import { javaHook } from './java.ts';
import { nodeHook } from './node.ts';
import { phpHook } from './php.ts';
import { pythonHook } from './python.ts';
import { rubyHook } from './ruby.ts';

/** Every runtime that needs more than variables of one value. */
export const RUNTIME_HOOKS: readonly Hook[] = [nodeHook, javaHook, pythonHook, rubyHook, phpHook, aptHook, gitHook];
