import { EXIT, Fault } from './fault.ts';

/** A refusal of the contract as the command line says it; anything else is given back as it is. */
export function refusalFault(error: unknown, query = ''): unknown {
  if (!(error instanceof Error) || error instanceof Fault) return error;
  if (isDamage(error)) {
    return new Fault(
      `The records cannot be read: ${error.message}. Start an engine on the folder (sallyport serve): it sets a damaged file aside and goes on with a new one.`,
      EXIT.engine,
    );
  }
  if (!('code' in error)) return error;
  const { data } = error as { data?: unknown };
  switch (error.code) {
    case 'BAD_QUERY':
      return new Fault(queryFault(query, error.message, data as Mistake), EXIT.usage);
    case 'CALL_NOT_FOUND':
      return new Fault(`${error.message} List what is there with: sallyport calls`, EXIT.failed);
    case 'BODY_NOT_KEPT':
      return new Fault(error.message, EXIT.failed);
    case 'APP_NOT_FOUND':
      return new Fault(
        `There is no app, name or secret “${(data as { name: string }).name}”. List what there is with: sallyport apps`,
        EXIT.failed,
      );
    case 'BAD_COSTS':
    case 'BAD_MAP':
      return new Fault(error.message, EXIT.usage);
    case 'VENDOR_NOT_FOUND':
      return new Fault(
        `There is no vendor “${(data as { id: string }).id}”. List what there is with: sallyport vendors`,
        EXIT.failed,
      );
    case 'POLICY_NOT_FOUND':
    case 'POLICIES_CHANGED':
      return new Fault(error.message, EXIT.failed);
    case 'BAD_POLICIES':
    case 'BAD_WHAT_IF':
      return new Fault(error.message, EXIT.usage);
    case 'BAD_APP':
    case 'BAD_VENDOR':
      return new Fault(error.message, EXIT.failed);
    case 'ENGINE_NOT_RUNNING':
      return new Fault(error.message, EXIT.engine);
    case 'INTERNAL_SERVER_ERROR':
      return new Fault('The engine could not answer; what it printed where it runs says why.', EXIT.engine);
    case 'BAD_REQUEST':
      return new Fault(`The engine does not take this: ${error.message}`, EXIT.usage);
    default:
      return error;
  }
}

/** SQLite's words for a file that is not, or no longer, a database. */
export function isDamage(error: Error): boolean {
  return /not a database|malformed|disk I\/O error|database corruption/i.test(error.message);
}

interface Mistake {
  start: number;
  end: number;
  suggestion: string | null;
}

/** The query with a caret under the mistake, and what was probably meant. */
export function queryFault(query: string, message: string, { start, end, suggestion }: Mistake): string {
  // One line, so that the caret stands below the right character.
  const line = query.replace(/\s/g, ' ');
  const width = [...line.slice(start, end)].length;
  const caret = `${' '.repeat([...line.slice(0, start)].length)}${'^'.repeat(Math.max(1, width))}`;
  const better = suggestion === null ? '' : `\nPerhaps: ${line.slice(0, start)}${suggestion}${line.slice(end)}`;
  return `The filter cannot be read: ${message}\n  ${line}\n  ${caret}${better}`;
}
