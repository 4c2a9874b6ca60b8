import { Select as Base } from '@base-ui/react/select';
import { Switch as BaseSwitch } from '@base-ui/react/switch';
import { ChevronDown, Check } from 'lucide-react';
import type { InputHTMLAttributes, ReactNode, Ref } from 'react';
import './fields.css';
import './floating.css';

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

/** One of a few; for two to four short ones use `Choice`. */
export function Select<Value extends string>({
  label,
  value,
  options,
  onChange,
}: {
  label: string;
  value: Value;
  options: readonly { value: Value; title: string }[];
  onChange: (value: Value) => void;
}): ReactNode {
  return (
    <Base.Root
      items={options.map(({ value: one, title }) => ({ value: one, label: title }))}
      value={value}
      onValueChange={(next: Value | null) => next !== null && onChange(next)}
    >
      <Base.Trigger className="button select" aria-label={label}>
        <Base.Value />
        <Base.Icon className="select-icon">
          <ChevronDown size={14} aria-hidden />
        </Base.Icon>
      </Base.Trigger>
      <Base.Portal>
        <Base.Positioner className="floating-positioner" alignItemWithTrigger={false} sideOffset={4}>
          <Base.Popup className="menu">
            {options.map((option) => (
              <Base.Item key={option.value} value={option.value} className="menu-item">
                <span className="menu-item-mark">
                  <Base.ItemIndicator>
                    <Check size={14} aria-hidden />
                  </Base.ItemIndicator>
                </span>
                <Base.ItemText>{option.title}</Base.ItemText>
              </Base.Item>
            ))}
          </Base.Popup>
        </Base.Positioner>
      </Base.Portal>
    </Base.Root>
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
