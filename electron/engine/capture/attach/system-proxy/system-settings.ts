import type { Runner } from '../run-tool.ts';

/** Settings of a system, each as the text by which its tool reads and writes it. Null: it is not set. */
export type Values = Record<string, string | null>;

/** A system's own proxy settings. */
export interface SystemSettings {
  /** Whose they are: “GNOME”. */
  name: string;
  /** Why they cannot be changed here; null when they can. */
  obstacle(): Promise<{ why: string; remedy: string } | null>;
  /** All settings that matter, as they are now. Throws when they cannot be read. */
  read(): Promise<Values>;
  /** The settings to change, in the order of changing, so that programs go through the proxy. */
  wanted(proxy: { host: string; port: number }, now: Values): Values;
  /** Another proxy that programs go through now, as `host:port`, or null. */
  otherProxy(now: Values): string | null;
  /** `host:port` that programs go through by these values; null when none. */
  proxyIn(now: Values): string | null;
  write(key: string, value: string | null): Promise<void>;
  /** Tells running programs, where the system does not do so by itself. */
  announce?(): Promise<void>;
}

/** Runs a tool and throws what it said when it fails. */
export async function runOrThrow(runner: Runner, file: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runner.run(file, args);
  if (code !== 0)
    throw new Error(`${file} ${args.join(' ')}: ${stderr.trim() || stdout.trim() || `exit code ${code ?? 'none'}`}`);
  return stdout;
}
