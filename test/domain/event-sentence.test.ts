import { describe, expect, test } from 'vitest'
import { sayEvent, slotsOf } from '../../domain/event-sentence.js'
import { EVENT_CATALOGUE, type EventKindEntry, sentenceForMany } from '../../domain/events.js'
import { WORK_ITEM_KINDS } from '../../domain/work-item-kinds.js'

describe('a catalogue sentence is said to people', () => {
  test.each([
    [0, '0 replies recorded'],
    [1, '1 reply recorded'],
    [2, '2 replies recorded'],
    [1946, '1,946 replies recorded'],
  ])('a count of %i has the right noun and a comma in thousands', (n, said) => {
    expect(sayEvent('{n reply/replies} recorded', { n })).toBe(said)
  })

  test('days are written in words, except inside a name', () => {
    const data = { why: 'postmarked 2027-01-30, not after 2027-02-08', batch: 'follow-up-2027-02-01-notice-1-1' }
    expect(sayEvent('{why}: {batch}', data)).toBe(
      'postmarked January 30, 2027, not after February 8, 2027: follow-up-2027-02-01-notice-1-1',
    )
  })

  test('what looks like a day and is none stands as it is', () => {
    expect(sayEvent('{on}', { on: '2027-02-30' })).toBe('2027-02-30')
  })

  test('a control number keeps its zeros', () => {
    expect(sayEvent('file {control}', { control: '000000917' })).toBe('file 000000917')
  })

  test('several texts are listed, or counted with the most frequent first and the marks of the ledger said in words', () => {
    const channel = new Map([
      ['email', 1],
      ['card', 30],
      ['counter', 2],
    ])
    expect(sayEvent('{channel,}', { channel })).toBe('email, card and counter')
    expect(sayEvent('{channel#}', { channel })).toBe('30 card, 2 in person, 1 e-mail')
  })

  test.each([
    [['2027-02-24'], 'February 24, 2027'],
    [['2027-03-23', '2027-02-24'], 'February 24 to March 23, 2027'],
    [['2026-12-31', '2027-01-04'], 'December 31, 2026 to January 4, 2027'],
  ])('the days %j are said from the first to the last', (days, said) => {
    expect(sayEvent('{on~}', { on: new Map(days.map((day) => [day, 1])) })).toBe(said)
  })

  test('a slot without a value stays visible', () => {
    expect(sayEvent('due {due}', { due: null })).toBe('due …')
  })
})

describe('the event catalogue', () => {
  const entries = Object.entries(EVENT_CATALOGUE) as [keyof typeof EVENT_CATALOGUE, EventKindEntry][]

  test('what is said of several counts them or adds up their numbers', () => {
    const silent = entries
      .map(([kind]) => [kind, sentenceForMany(kind, {})] as const)
      .filter(([, sentence]) => sentence !== undefined)
      .filter(([, sentence]) => !slotsOf(sentence ?? '').some((slot) => slot.form === 'count' || slot.name === 'n'))
    expect(silent.map(([kind]) => kind)).toEqual([])
  })

  test('no sentence leaves a brace behind when its slots are filled', () => {
    for (const [kind, entry] of entries) {
      for (const sentence of [entry.one, sentenceForMany(kind, {}) ?? '']) {
        const data = Object.fromEntries(slotsOf(sentence).map((slot) => [slot.name, slot.form === 'count' ? 2 : 'x']))
        expect(sayEvent(sentence, data), kind).not.toMatch(/[{}…]/)
      }
    }
  })

  test('every kind of work item says what is to be done and to what', () => {
    for (const [kind, words] of Object.entries(WORK_ITEM_KINDS)) {
      expect(words.todo, kind).toMatch(/^[a-z]/)
      expect(sayEvent(`{n ${words.noun}}`, { n: 1 }), kind).toMatch(/^1 \w/)
    }
  })
})
