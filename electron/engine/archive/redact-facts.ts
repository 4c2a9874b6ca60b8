import type { CallEvent } from '../../../shared/events/call-event.ts';
import type { Failure } from '../../../shared/model/failure.ts';
import { boundApp, boundKey, boundSite, boundTags, boundTrace, redactText } from './bound-caller.ts';
import type { CoverageReport } from '../store/coverage-rows.ts';
import type { Redactor } from '../../../shared/redaction/redactor.ts';

/**
 * Takes the secrets out of a fact's texts and holds what programs say of themselves to its bounds, in place (the fact was decoded for us alone). Data facts
 * pass as they are: bodies are redacted when they are whole, see captured-body.ts.
 */
export function redactFact(event: CallEvent, redactor: Redactor): CallEvent {
  switch (event.type) {
    case 'opened':
      event.headers = redactor.headers(event.headers, 'request');
      event.target = redactor.target(event.target);
      event.process = boundKey(event.process);
      if (event.tags !== null) event.tags = boundTags(event.tags, redactor);
      break;
    case 'identified':
      event.app = boundApp(event.app);
      event.process = boundKey(event.process);
      event.site = boundSite(event.site);
      event.trace = boundTrace(event.trace);
      event.tags = boundTags(event.tags, redactor);
      break;
    case 'answered':
      event.headers = redactor.headers(event.headers);
      if (event.reason.length > 16) event.reason = redactor.text(event.reason);
      break;
    case 'informed':
      event.headers = redactor.headers(event.headers);
      break;
    case 'request-ended':
      if (event.trailers !== '') event.trailers = redactor.headers(event.trailers);
      break;
    case 'attempted':
      event.failure = redactFailure(event.failure, redactor);
      if (event.via !== null) event.via = redactor.text(event.via);
      break;
    case 'decided':
      event.sentence = redactor.text(event.sentence);
      break;
    case 'closed':
      if (event.trailers !== '') event.trailers = redactor.headers(event.trailers);
      event.failure = redactFailure(event.failure, redactor);
      break;
    default:
      break;
  }
  return event;
}

function redactFailure(failure: Failure | null, redactor: Redactor): Failure | null {
  return failure === null ? null : { kind: failure.kind, detail: redactor.text(failure.detail) };
}

/** Command lines of programs that were not seen, without their secrets and not longer than those of callers. */
export function redactCoverage(report: CoverageReport, redactor: Redactor): CoverageReport {
  return {
    ...report,
    notSeen: report.notSeen.map((one) => ({
      ...one,
      command: one.command === null ? null : redactText(one.command.slice(0, MOST_COMMAND), redactor),
    })),
  };
}

const MOST_COMMAND = 2000;
