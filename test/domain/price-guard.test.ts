import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { guardPrice, parseRate, rateText } from '../../domain/price-guard.js'
import type { Rates } from '../../domain/price-guard.js'
import { readPlan } from '../../persistence/plan-files.js'

const terms = readPlan('mahomet')
const DEFAULTS: Rates = { 'DS-1': 8613, 'DS-2': 8402, 'DS-3': 7900 }

describe('a rate is an integer of thousandths of a cent per kWh', () => {
  test.each([
    [7.29, 7290],
    ['7.29', 7290],
    ['7.290', 7290],
    [8.613, 8613],
    [7, 7000],
    ['10.628', 10628],
    [0.001, 1],
    [4.055, 4055],
  ])('%s ¢/kWh is %i', (text, rate) => {
    expect(parseRate(text)).toEqual({ ok: true, value: rate })
  })

  test.each([
    '7.2901',
    7.2901,
    0.1 + 0.2,
    '7,29',
    '-7.29',
    -1,
    '',
    '.5',
    '7.',
    ' 7.29',
    '7.29 ',
    '1e1',
    1e21,
    Number.NaN,
    Infinity,
    0,
    '0.000',
    '12345',
  ])('%s is refused', (text) => {
    expect(parseRate(text)).toMatchObject({ ok: false, refusal: { code: 'RATE_UNREADABLE' } })
  })

  test('what is printed is read back as the same rate', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999_999 }), (rate) => {
        expect(parseRate(rateText(rate))).toEqual({ ok: true, value: rate })
      }),
    )
  })

  test.each([
    [7290, '7.29'],
    [7400, '7.40'],
    [7000, '7.00'],
    [7295, '7.295'],
    [5, '0.005'],
    [12236, '12.236'],
  ])('%i is printed %s', (rate, text) => {
    expect(rateText(rate)).toBe(text)
  })
})

describe('Mahomet, Power Supply Agreement B and ruling R-008: strictly below the default rate at signing', () => {
  test.each([
    ['a thousandth below', 8612, true],
    ['equal', 8613, false],
    ['a thousandth above', 8614, false],
  ])('award at a rate %s', (_name, rate, ok) => {
    expect(guardPrice({ 'DS-1': rate }, { 'DS-1': 8613 }, 'award', terms).ok).toBe(ok)
  })

  test.each([
    ['a thousandth below', 8612, true],
    ['equal', 8613, true],
    ['a thousandth above', 8614, false],
  ])('during the term a rate %s', (_name, rate, ok) => {
    expect(guardPrice({ 'DS-1': rate }, { 'DS-1': 8613 }, 'term', terms).ok).toBe(ok)
  })

  test('one class at the default rate refuses the whole award and is named with both rates', () => {
    const outcome = guardPrice({ 'DS-1': 7290, 'DS-2': 8402 }, DEFAULTS, 'award', terms)
    expect(outcome).toMatchObject({ ok: false, refusal: { code: 'RATE_NOT_BELOW_DEFAULT' } })
    if (outcome.ok) return
    expect(outcome.refusal.message).toContain('DS-2 8.402 against 8.402')
    expect(outcome.refusal.message).not.toContain('DS-1')
    expect(outcome.refusal.clause).toBe('Mahomet plan, Power Supply Agreement B (ruling R-008)')
  })

  test('a class that only one side names, or neither, is reported as unpriced and does not stop the award', () => {
    expect(guardPrice({ 'DS-1': 7290, 'DS-2': 7290, 'DS-4': 7290 }, DEFAULTS, 'award', terms)).toEqual({
      ok: true,
      value: { priced: ['DS-1', 'DS-2'], unpriced: ['DS-3', 'DS-4', 'DS-5'] },
    })
  })

  test('no class in common is refused', () => {
    expect(guardPrice({ 'DS-4': 7290 }, DEFAULTS, 'award', terms)).toMatchObject({
      ok: false,
      refusal: { code: 'NOTHING_PRICED' },
    })
  })

  test('a plan without the promise awards above the default rate', () => {
    const free = { award: { ...terms.award, mustBeBelowDefault: { ...terms.award.mustBeBelowDefault, value: false } } }
    expect(guardPrice({ 'DS-1': 9999 }, DEFAULTS, 'award', free).ok).toBe(true)
  })
})
