import { call } from './call.ts';
import { charts } from './charts.ts';
import { compare } from './compare.ts';
import { frame } from './frame.ts';
import { general } from './general.ts';
import { inspect } from './inspect.ts';
import { overview } from './overview.ts';

/**
 * Every English sentence of the workspace, by view. Texts with figures in them are functions. A translation is another
 * object of the same type.
 */
export const words = {
  call,
  charts,
  compare,
  frame,
  general,
  inspect,
  overview,
};
