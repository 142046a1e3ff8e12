import { describe, expect, test } from 'vitest'
import { filingDue } from '../../domain/filing-clock.js'
import { readPlan } from '../../persistence/plan-files.js'
import { CALENDAR_A, day } from './test-calendars.js'

const terms = { ...readPlan('mahomet'), calendar: CALENDAR_A }

describe('83 Ill. Adm. Code 470.200(b): three business days after final and public, or after the disclosures if earlier', () => {
  test.each([
    ['disclosures in an ordinary week', null, '2026-03-02', '2026-03-05'],
    ['disclosures the day before Thanksgiving', null, '2026-11-25', '2026-12-02'],
    ['terms public before the disclosures', '2026-02-24', '2026-03-02', '2026-02-27'],
    ['terms public on the day of the disclosures', '2026-03-02', '2026-03-02', '2026-03-05'],
    ['terms public after the disclosures', '2026-03-04', '2026-03-02', '2026-03-05'],
    ['terms public, nothing sent yet', '2026-12-22', null, '2026-12-29'],
  ])('%s', (_name, publicOn, sent, due) => {
    const facts = {
      finalAndPublic: publicOn === null ? null : day(publicOn),
      disclosuresSent: sent === null ? null : day(sent),
    }
    expect(filingDue(facts, terms)).toBe(due)
  })

  test('no clock runs before either has happened', () => {
    expect(filingDue({ finalAndPublic: null, disclosuresSent: null }, terms)).toBeNull()
  })
})
