import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forecast } from '../../renderer/views/settings/forecast.ts';
import { readDays, readEntries, readPort, readSize, writeSize } from '../../renderer/views/settings/read-input.ts';

const day = 86_400_000_000;

describe('a field of the settings', () => {
  it('shows a size so that reading it back gives the same', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 40), (bytes) => {
        expect(readSize(writeSize(bytes))).toBe(bytes);
      }),
    );
    expect([0, 10_000_000, 10 * 1024 ** 2, 1536, 2 * 1024 ** 3].map(writeSize)).toEqual([
      '0',
      '10 MB',
      '10 MiB',
      '1.5 KiB',
      '2 GiB',
    ]);
  });

  it('takes sizes as people write them, and refuses what is none', () => {
    expect(['1 GB', '1gb', '1.5 MiB', '0,5 kB', '7'].map(readSize)).toEqual([1e9, 1e9, 1_572_864, 500, 7]);
    for (const text of ['', 'lots', '1 XB', '-1', '1e3', '1 2']) expect(readSize(text), text).toBe(null);
  });

  it('tells an empty port from a bad one', () => {
    expect(['', '80', '0', '65536', '8o', '1.5'].map(readPort)).toEqual([null, 80, ...Array(4).fill(undefined)]);
    expect(['1', '0.5', '0', '4000', ''].map(readDays)).toEqual([1, 0.5, null, null, null]);
  });

  it('takes a pasted list apart, each entry once', () => {
    expect(readEntries(' a.example, b.example\n*.c.example;a.example ')).toEqual([
      'a.example',
      'b.example',
      '*.c.example',
    ]);
  });
});

describe('the forecast of retention', () => {
  const present = {
    calls: 1000,
    callBytes: 400_000,
    bodyBytes: 10_000_000,
    oldest: 0,
    now: 10 * day,
    recent: { calls: 700, us: 7 * day },
  };
  const limits = { callBytes: 4_000_000, callAgeDays: 400, bodyBytes: 500_000_000, bodyAgeDays: 30 };

  it('says what ends first, the room or the age', () => {
    expect(forecast(present, limits)).toMatchObject({
      callsPerDay: 100,
      callBytesPerDay: 40_000,
      calls: { days: 100, by: 'room' },
      bodies: { days: 30, by: 'age' },
    });
  });

  it('takes the rate of the time that was recorded, not of a week that was not', () => {
    const young = { ...present, now: day, recent: { calls: 700, us: 7 * day } };
    expect(forecast(young, limits)?.callsPerDay).toBeCloseTo(700);
  });

  it('claims nothing while too little is known', () => {
    expect(forecast({ ...present, now: day / 1000 }, limits)).toBe(null);
    expect(forecast({ ...present, calls: 0 }, limits)).toBe(null);
    expect(forecast({ ...present, recent: { calls: 0, us: 7 * day } }, limits)).toBe(null);
  });
});
