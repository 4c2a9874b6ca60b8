import { describe, expect, it, onTestFinished } from 'vitest';
import { patternOfTemplate, templatePath } from '../../../shared/endpoints/template.ts';
import { createDataDir, startRecorder } from '../../harness/recorder.ts';

const minute = 60_000_000;
const now = 1_795_000_020_000_000 - (1_795_000_020_000_000 % minute);
const failed = { kind: 'timeout-head' as const, detail: '' };

describe('an overview', () => {
  it('counts a call as an error once, however it went wrong', async () => {
    const recorder = await startRecorder(createDataDir(onTestFinished));
    onTestFinished(() => recorder.stop());
    const opened = { startedAt: now };
    recorder.record({ opened });
    recorder.record({ opened, answered: { status: 404 } });
    recorder.record({ opened, answered: { status: 503 }, closed: { failure: failed } });
    recorder.record({ opened, answered: { status: 200 }, closed: { failure: failed } });
    await recorder.archive.flush();
    const overview = (await recorder.reader.overview({ since: now, until: now + minute }))!;
    expect(overview.totals).toMatchObject({ calls: 4, failures: 2, errors: 3 });
  });

  it('compares with the span of the same length right before, and with nothing older', async () => {
    const recorder = await startRecorder(createDataDir(onTestFinished));
    onTestFinished(() => recorder.stop());
    const ago = [0, 1, 14, 15, 16, 29, 30, 40];
    for (const minutes of ago) recorder.record({ opened: { startedAt: now - minutes * minute } });
    await recorder.archive.flush();
    const overview = (await recorder.reader.overview({ since: now - 14 * minute, until: now + minute }))!;
    expect(overview.totals.calls).toBe(3);
    expect(overview.previous.calls).toBe(3);
    expect(overview.step).toBe(minute);
  });

  it('has steps that a chart can show apart, whatever the span', async () => {
    const recorder = await startRecorder(createDataDir(onTestFinished));
    onTestFinished(() => recorder.stop());
    recorder.record({ opened: { startedAt: now } });
    await recorder.archive.flush();
    for (const hours of [0.25, 1, 6, 24, 7 * 24, 30 * 24]) {
      const since = now - hours * 60 * minute;
      const overview = (await recorder.reader.overview({ since, until: now }))!;
      expect((overview.until - overview.since) / overview.step).toBeLessThanOrEqual(182);
      expect(overview.since).toBeLessThanOrEqual(since);
    }
  });
});

describe('endpoints', () => {
  it('are methods with templated paths: the slowest by percentile, the failing by their errors, within the span', async () => {
    const recorder = await startRecorder(createDataDir(onTestFinished));
    onTestFinished(() => recorder.stop());
    for (let i = 0; i < 10; i += 1) {
      const opened = { startedAt: now, target: `/v1/charges/ch_${1000 + i}` };
      recorder.record({ opened, closed: { at: 2_000_000 } });
      recorder.record({
        opened: { startedAt: now, method: 'POST', target: '/v1/refunds?a=b' },
        answered: { status: i < 6 ? 429 : 200 },
        closed: { at: 3000 },
      });
    }
    recorder.record({ opened: { startedAt: now - 60 * minute, target: '/long-ago' }, closed: { at: 9_000_000 } });
    await recorder.archive.flush();
    const found = (await recorder.reader.endpoints({ since: now - minute, until: now + minute }))!;
    expect(found).toMatchObject({ looked: 20, complete: true, oldest: now });
    expect(found.slowest.map(({ method, path, calls }) => [method, path, calls])).toEqual([
      ['GET', '/v1/charges/{id}', 10],
      ['POST', '/v1/refunds', 10],
    ]);
    expect(found.failing).toMatchObject([{ path: '/v1/refunds', errors: 6, commonest: '429' }]);
  });

  it('take out of a path what differs from call to call, and leave words', () => {
    const templates: Record<string, string> = {
      '/v1/customers/cus_9XyTq1AbCdEfGh': '/v1/customers/{id}',
      '/repos/acme/app/issues/42': '/repos/acme/app/issues/{id}',
      '/v1/chat/completions': '/v1/chat/completions',
      '/2010-04-01/Accounts/AC0123456789abcdef0123456789abcdef/Messages.json':
        '/2010-04-01/Accounts/{id}/Messages.json',
      '/raw/2026-11-23/6f1c2b3a-1111-4222-8333-444455556666': '/raw/{date}/{id}',
      '/oauth2/v2.0/token': '/oauth2/v2.0/token',
      '/services/data/v61.0/query': '/services/data/v61.0/query',
      '/': '/',
      '*': '*',
    };
    for (const [path, template] of Object.entries(templates)) expect(templatePath(path), path).toBe(template);
    expect(patternOfTemplate('/v1/customers/{id}/cards/{id}')).toBe('/v1/customers/*/cards/*');
  });
});
