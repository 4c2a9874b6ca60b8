/** Nano-dollars as dollars, exactly: 1_500_000 → `0.0015`; null → empty. */
export function dollarsOf(nano: number | null): string {
  if (nano === null) return '';
  const digits = String(Math.abs(nano)).padStart(10, '0');
  const rest = digits.slice(-9).replace(/0+$/, '');
  return `${nano < 0 ? '-' : ''}${digits.slice(0, -9)}${rest === '' ? '' : `.${rest}`}`;
}
