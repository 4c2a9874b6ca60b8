/** A policy as it is written in the file: keys and plain values. */
export type Written = Readonly<Record<string, unknown>>;

/** What a policy does, in one sentence made of what is written; what it does not say, the sentence leaves out. */
export function sayPolicy(policy: Written): string {
  const settings = mapOf(policy['settings']);
  const calls = aboutOf(policy);
  switch (policy['kind']) {
    case 'access':
      return `${sayAccess(settings, calls)}.`;
    case 'limit':
      return `${sayLimit(settings, calls)}.`;
    case 'quota':
      return `At most ${textOf(settings['limit'])} ${unitOf(settings['unit'])} a ${textOf(settings['period']) || 'period'}${perOf(settings)} for ${calls}.`;
    case 'budget':
      return `${sayBudget(settings, calls)}.`;
    case 'alert':
      return `${sayAlert(settings, calls)}.`;
    default:
      return `Rules ${calls}.`;
  }
}

function sayAccess(settings: Written, calls: string): string {
  const said: string[] = [];
  if (settings['action'] === 'ask') {
    const hold = textOf(settings['hold']);
    said.push(
      `Asks a person about ${calls}${hold ? `, for ${hold}` : ''}${settings['otherwise'] ? `, else ${textOf(settings['otherwise'])}` : ''}`,
    );
  } else if (settings['action'] !== undefined)
    said.push(`${settings['action'] === 'deny' ? 'Refuses' : 'Allows'} ${calls}`);
  else said.push(`Looks at ${calls}`);
  if (settings['methods'] !== undefined) said.push(`only ${listOf(settings['methods'])}`);
  if (settings['https'] !== undefined) said.push('only over HTTPS');
  if (settings['tls'] !== undefined) said.push(`at least TLS ${textOf(settings['tls'])}`);
  if (settings['destinations'] !== undefined) said.push('not everywhere they could connect to');
  if (settings['unapproved'] !== undefined) said.push(`unapproved vendors: ${textOf(settings['unapproved'])}`);
  return said.join(', ');
}

function sayLimit(settings: Written, calls: string): string {
  const { limit, window, algorithm, min, max, reserve } = settings as Record<string, unknown>;
  const per = perOf(settings);
  const then = settings['action'] === 'wait' ? `more wait${waitOf(settings)}` : 'more are refused';
  if (algorithm === 'vendor-pacing')
    return `Keeps ${calls} under what the vendor itself allows${reserve === undefined ? '' : `, with ${textOf(reserve)} in reserve`}${per}`;
  if (algorithm === 'adaptive')
    return `Follows latency and errors of ${calls}: ${textOf(min) || '…'} to ${textOf(max) || '…'} at once${per}; ${then}`;
  const unit = unitOf(settings['cost'] === 'units' ? settings['unit'] : (settings['cost'] ?? 'calls'));
  if (algorithm === 'concurrency') return `At most ${textOf(limit)} at once${per} of ${calls}; ${then}`;
  const burst = settings['burst'] === undefined ? '' : `, ${textOf(settings['burst'])} in a burst`;
  return `At most ${textOf(limit)} ${unit}${window === undefined ? '' : ` in ${textOf(window)}`}${burst}${per} of ${calls}; ${then}`;
}

function sayBudget(settings: Written, calls: string): string {
  const period = textOf(settings['period']);
  const span = period === 'total' || period === '' ? 'in all' : `a ${period}`;
  const soft = settings['soft'] === undefined ? '' : `; said from ${textOf(settings['soft'])} on`;
  const cut = settings['cut'] === true ? '; streams over it are cut' : '';
  return `At most ${textOf(settings['limit'])} ${span}${perOf(settings)} for ${calls}${soft}${cut}`;
}

function sayAlert(settings: Written, calls: string): string {
  const burn = mapOf(settings['burnRate']);
  const over = settings['over'] === undefined ? '' : ` over ${textOf(settings['over'])}`;
  const held = settings['for'] === undefined ? '' : ` for ${textOf(settings['for'])}`;
  if (Object.keys(burn).length > 0)
    return `Tells when “${textOf(burn['budget'])}” is spent ${textOf(burn['factor'])} times too fast by ${calls}${held}`;
  const bound =
    settings['above'] !== undefined
      ? `above ${textOf(settings['above'])}`
      : settings['below'] !== undefined
        ? `below ${textOf(settings['below'])}`
        : 'out of bounds';
  return `Tells when ${textOf(settings['metric'])}${over} of ${calls} is ${bound}${held}${perOf(settings)}`;
}

/** Which calls, in words: `every call`, `calls with vendor openai, app billing`. */
function aboutOf(policy: Written): string {
  const parts: string[] = [];
  for (const [key, value] of Object.entries(mapOf(policy['match']))) {
    if (key === 'when') continue;
    if (key === 'time') parts.push('at certain times');
    else if ((key === 'header' || key === 'tag') && typeof value === 'object')
      for (const [name, patterns] of Object.entries(mapOf(value))) parts.push(`${key} ${name} ${listOf(patterns)}`);
    else parts.push(`${key} ${listOf(value)}`);
  }
  if (policy['when'] !== undefined || mapOf(policy['match'])['when'] !== undefined)
    parts.push('a condition of its own');
  return parts.length === 0 ? 'every call' : `calls with ${parts.join(', ')}`;
}

function perOf(settings: Written): string {
  const per = settings['per'];
  if (per === undefined || (Array.isArray(per) && per.length === 0)) return '';
  const names = (Array.isArray(per) ? per : [per]).map(textOf);
  return ` for each ${names.join(' and ')}`;
}

function waitOf(settings: Written): string {
  return settings['maxWait'] === undefined ? '' : ` up to ${textOf(settings['maxWait'])}`;
}

function unitOf(unit: unknown): string {
  return unit === undefined ? 'calls' : textOf(unit);
}

function mapOf(value: unknown): Written {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Written) : {};
}

function listOf(value: unknown): string {
  return Array.isArray(value) ? value.map(textOf).join(' or ') : textOf(value);
}

/** Short, and of one line. */
function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
