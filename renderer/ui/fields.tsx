import { Switch as BaseSwitch } from '@base-ui/react/switch';
import type { InputHTMLAttributes, ReactNode, Ref } from 'react';
import './fields.css';

export interface TextFieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, 'size'> {
  /** What is wrong with what was typed. */
  problem?: string | null;
  ref?: Ref<HTMLInputElement>;
}

export function TextField({ problem = null, className = '', ...rest }: TextFieldProps): ReactNode {
  return (
    <input
      className={`text-field ${className}`}
      spellCheck={false}
      autoComplete="off"
      aria-invalid={problem !== null}
      title={problem ?? undefined}
      {...rest}
    />
  );
}

/** Two to four alternatives side by side. */
export function Choice<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: Value;
  options: readonly { value: Value; title: ReactNode }[];
  onChange: (value: Value) => void;
}): ReactNode {
  // With none chosen the first is where the Tab key arrives.
  const reached = Math.max(
    0,
    options.findIndex((one) => one.value === value),
  );
  return (
    <div role="radiogroup" aria-label={label} className="choice">
      {options.map((option, index) => (
        <button
          key={option.value}
          type="button"
          role="radio"
          aria-checked={option.value === value}
          tabIndex={index === reached ? 0 : -1}
          onClick={() => onChange(option.value)}
          onKeyDown={(event) => {
            const step =
              event.key === 'ArrowRight' || event.key === 'ArrowDown'
                ? 1
                : event.key === 'ArrowLeft' || event.key === 'ArrowUp'
                  ? -1
                  : 0;
            if (step === 0) return;
            event.preventDefault();
            const at = (index + step + options.length) % options.length;
            const next = options[at];
            if (!next) return;
            onChange(next.value);
            (event.currentTarget.parentElement?.children[at] as HTMLElement | undefined)?.focus();
          }}
        >
          {option.title}
        </button>
      ))}
    </div>
  );
}

export function Switch({
  label,
  on,
  onChange,
  disabled = false,
}: {
  label: string;
  on: boolean;
  onChange: (on: boolean) => void;
  disabled?: boolean;
}): ReactNode {
  return (
    <BaseSwitch.Root
      className="switch"
      aria-label={label}
      checked={on}
      disabled={disabled}
      onCheckedChange={(next: boolean) => onChange(next)}
    >
      <BaseSwitch.Thumb className="switch-thumb" />
    </BaseSwitch.Root>
  );
}
