import { createSignal, useSignal } from '../client/signal.ts';
import { readPreference, setPreference, usePreference, watchPreference } from './preferences.ts';

export const THEMES = ['dark', 'light', 'system'] as const;
export type ThemeChoice = (typeof THEMES)[number];
export const DENSITIES = ['dense', 'normal', 'relaxed'] as const;
export type Density = (typeof DENSITIES)[number];

/** Height of a list's row in pixels; the same figures as `--row` in ui/tokens.css. */
export const ROW_HEIGHT: Readonly<Record<Density, number>> = { dense: 22, normal: 26, relaxed: 32 };

const isTheme = (value: unknown): value is ThemeChoice => THEMES.includes(value as ThemeChoice);
const isDensity = (value: unknown): value is Density => DENSITIES.includes(value as Density);

const system = window.matchMedia('(prefers-color-scheme: light)');
const theme = createSignal<'dark' | 'light'>('dark');

function apply(): void {
  const choice = readPreference('theme', 'system', isTheme);
  theme.set(choice === 'system' ? (system.matches ? 'light' : 'dark') : choice);
  document.documentElement.dataset['theme'] = theme.get();
  document.documentElement.dataset['density'] = readPreference('density', 'normal', isDensity);
}

/** Follows the choices and the system from now on. */
export function applyAppearance(): void {
  system.addEventListener('change', apply);
  watchPreference('theme', apply);
  watchPreference('density', apply);
  apply();
}

export function useThemeChoice(): [ThemeChoice, (choice: ThemeChoice) => void] {
  return usePreference('theme', 'system', isTheme);
}

export function useDensity(): [Density, (density: Density) => void] {
  return usePreference('density', 'normal', isDensity);
}

export function setTheme(choice: ThemeChoice): void {
  setPreference('theme', choice);
}

export function setDensity(density: Density): void {
  setPreference('density', density);
}

/** The theme as it is shown now; charts draw with it. */
export function useTheme(): 'dark' | 'light' {
  return useSignal(theme);
}
