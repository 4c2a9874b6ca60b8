import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createCalendar, createWallClock, isTimeZone, type Period } from '../../../shared/policies/calendar.ts';

const at = (text: string): number => Date.parse(text) * 1000;
const shown = ({ start, end }: { start: number; end: number }): [string, string] => [
  new Date(start / 1000).toISOString(),
  new Date(end / 1000).toISOString(),
];

test('a day is as long as its clocks make it', () => {
  const vienna = createCalendar('day', 'Europe/Vienna');
  expect(shown(vienna.at(at('2026-03-29T12:00:00Z')))).toEqual([
    '2026-03-28T23:00:00.000Z',
    '2026-03-29T22:00:00.000Z',
  ]);
  expect(shown(vienna.at(at('2026-10-25T12:00:00Z')))).toEqual([
    '2026-10-24T22:00:00.000Z',
    '2026-10-25T23:00:00.000Z',
  ]);
  // In Lebanon clocks go from 00:00 to 01:00: that day begins at one.
  const beirut = createCalendar('day', 'Asia/Beirut');
  expect(shown(beirut.at(at('2022-03-27T10:00:00Z')))).toEqual([
    '2022-03-26T22:00:00.000Z',
    '2022-03-27T21:00:00.000Z',
  ]);
  // In Cuba the hour before one comes twice: the day begins the first time.
  const havana = createCalendar('day', 'America/Havana');
  expect(shown(havana.at(at('2024-11-03T12:00:00Z')))).toEqual([
    '2024-11-03T04:00:00.000Z',
    '2024-11-04T05:00:00.000Z',
  ]);
});

test('a month begins on the billing day, in short months on their last', () => {
  const billed = createCalendar('month', 'UTC', 31);
  expect(shown(billed.at(at('2026-02-27T23:00:00Z')))).toEqual([
    '2026-01-31T00:00:00.000Z',
    '2026-02-28T00:00:00.000Z',
  ]);
  expect(shown(billed.at(at('2026-02-28T00:00:00Z')))).toEqual([
    '2026-02-28T00:00:00.000Z',
    '2026-03-31T00:00:00.000Z',
  ]);
  expect(shown(createCalendar('month', 'Asia/Tokyo', 15).at(at('2026-01-14T16:00:00Z')))).toEqual([
    '2026-01-14T15:00:00.000Z',
    '2026-02-14T15:00:00.000Z',
  ]);
});

test('weeks begin on Monday, or on the day that is said; hours follow zones of half hours', () => {
  expect(shown(createCalendar('week', 'UTC').at(at('2026-11-23T00:00:00Z')))[0]).toBe('2026-11-23T00:00:00.000Z');
  expect(shown(createCalendar('week', 'UTC').at(at('2026-11-22T23:59:59Z')))[0]).toBe('2026-11-16T00:00:00.000Z');
  expect(shown(createCalendar('week', 'UTC', 7).at(at('2026-11-23T00:00:00Z')))[0]).toBe('2026-11-22T00:00:00.000Z');
  expect(shown(createCalendar('hour', 'Asia/Kolkata').at(at('2026-11-23T10:10:00Z')))).toEqual([
    '2026-11-23T09:30:00.000Z',
    '2026-11-23T10:30:00.000Z',
  ]);
});

const ZONES = [
  'UTC',
  'Europe/Vienna',
  'America/New_York',
  'America/St_Johns',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'America/Havana',
  'Asia/Beirut',
  'America/Asuncion',
  'Africa/Casablanca',
  'Asia/Tehran',
  'Pacific/Chatham',
  'America/Sao_Paulo',
  'Atlantic/Azores',
];

const LENGTHS: Record<Period, [number, number]> = {
  hour: [0, 1],
  day: [20, 50],
  week: [6.9 * 24, 7.1 * 24],
  month: [26.9 * 24, 32.1 * 24],
};

test('periods follow each other without a gap or an overlap, in every zone, whatever is asked first', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.constantFrom<Period>('hour', 'day', 'week', 'month'),
      fc.integer({ min: 1, max: 31 }),
      fc.integer({ min: at('2005-01-01T00:00:00Z') / 1e6, max: at('2030-01-01T00:00:00Z') / 1e6 }),
      (zone, period, day, seconds) => {
        const startDay = period === 'week' ? ((day - 1) % 7) + 1 : day;
        const moment = seconds * 1e6;
        const calendar = createCalendar(period, zone, startDay);
        const { start, end } = calendar.at(moment);
        expect(start).toBeLessThanOrEqual(moment);
        expect(end).toBeGreaterThan(moment);
        const hours = (end - start) / 3.6e9;
        const [least, most] = LENGTHS[period];
        expect(hours).toBeGreaterThan(least);
        // Apia left out a day, and months with it.
        expect(hours).toBeLessThanOrEqual(most);
        for (const inside of [start, end - 1, Math.floor((start + end) / 2)]) {
          expect({ ...createCalendar(period, zone, startDay).at(inside) }).toEqual({ start, end });
        }
        expect(createCalendar(period, zone, startDay).at(start - 1).end).toBe(start);
        expect(createCalendar(period, zone, startDay).at(end).start).toBe(end);
      },
    ),
    { numRuns: 250, interruptAfterTimeLimit: 6000 },
  );
});

test('the clock on the wall shows what Intl shows', () => {
  fc.assert(
    fc.property(fc.constantFrom(...ZONES), fc.integer({ min: 1.1e9, max: 1.9e9 }), (zone, seconds) => {
      const minute = createWallClock(zone).minuteOfWeek(seconds * 1e6);
      const text = new Intl.DateTimeFormat('en-GB', {
        timeZone: zone,
        weekday: 'short',
        hour: '2-digit',
        minute: '2-digit',
        hourCycle: 'h23',
      }).format(seconds * 1000);
      const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
      const [, day = '', hours, minutes] = /^(\w+)\W+(\d+):(\d+)$/.exec(text) ?? [];
      expect(minute).toBe(days.indexOf(day) * 1440 + Number(hours) * 60 + Number(minutes));
    }),
    { numRuns: 200, interruptAfterTimeLimit: 3000 },
  );
});

test('zones are known by name', () => {
  expect(['Europe/Vienna', 'UTC', 'Europe/Wien', ''].map(isTimeZone)).toEqual([true, true, false, false]);
});
