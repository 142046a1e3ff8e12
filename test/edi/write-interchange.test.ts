import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { civilDate } from '../../domain/civil-date.js'
import { readInterchanges } from '../../edi/read-interchanges.js'
import type { Segment } from '../../edi/separators.js'
import { type OutgoingInterchange, writeInterchange } from '../../edi/write-interchange.js'
import { secondReading } from './second-reader.js'

const HEADER: OutgoingInterchange = {
  sender: '006900001',
  receiver: '1234567890001',
  control: 77,
  group: 9,
  usage: 'T',
  date: civilDate('2027-01-04'),
  time: '09:05',
  firstTransaction: 1,
}
const KIND = { group: 'GE', set: '814' } as const

/** Any letter the X12 extended set has, without our separators. */
const value = fc.stringMatching(/^[ -)+-=?-\]_a-}]{0,12}$/)
const segment = fc
  .tuple(
    fc.constantFrom('BGN', 'N1', 'REF', 'DTM', 'QTY', 'LIN'),
    value.map((text) => `1${text}`),
    fc.array(value, { maxLength: 5 }),
  )
  .map(([name, first, values]) => [name, first, ...values])
const transactions = fc.array(fc.array(segment, { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 })

function written(given: readonly (readonly Segment[])[], header = HEADER): string {
  const outcome = writeInterchange(header, KIND, given)
  if (!outcome.ok) throw new Error(outcome.refusal.message)
  return outcome.value
}

function transactionsIn(file: string) {
  const read = readInterchanges(file)
  if (!read.ok) throw new Error(read.refusal.message)
  return read.value[0]?.groups[0]?.transactions.map(({ set, control, segments }) => ({
    set,
    control,
    segments: segments(),
  }))
}

/** X12 leaves out empty elements at the end of a segment. */
function trimmed(segments: readonly Segment[]): Segment[] {
  return segments.map((one) => one.slice(0, one.findLastIndex((text, i) => i === 0 || text !== '') + 1))
}

describe('What is written can be read again', () => {
  test('any values of the character set come back as they were', () => {
    fc.assert(
      fc.property(transactions, (given) => {
        const expected = given.map((segments, i) => ({
          set: '814',
          control: `000${i + 1}`,
          segments: trimmed(segments),
        }))
        expect(transactionsIn(written(given))).toEqual(expected)
      }),
      { numRuns: 500 },
    )
  })

  test('the second reader agrees on all of it', () => {
    fc.assert(
      fc.property(transactions, (given) => {
        const file = written(given)
        expect(secondReading(file).transactions).toEqual(transactionsIn(file))
      }),
      { numRuns: 300 },
    )
  })

  test('no value whatever can change the number of segments or elements', () => {
    const anything = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[*>~＊～\n\ra-c]{0,6}$/))
    fc.assert(
      fc.property(anything, (text) => {
        const outcome = writeInterchange(HEADER, KIND, [
          [
            ['N1', '8R', text, '1', 'x'],
            ['REF', '12', 'y'],
          ],
        ])
        if (outcome.ok) {
          const segments = transactionsIn(outcome.value)?.[0]?.segments
          expect(segments?.map(({ length }) => length)).toEqual([5, 3])
        } else expect(outcome.refusal.code).toBe('EDI_UNWRITABLE_VALUE')
      }),
      { numRuns: 1000 },
    )
  })

  test('every proper prefix of what is written is refused', () => {
    fc.assert(
      fc.property(transactions, fc.nat(), (given, at) => {
        const file = written(given)
        expect(readInterchanges(file.slice(0, at % file.length)).ok).toBe(false)
      }),
      { numRuns: 500 },
    )
  })
})

describe('A value that could make a segment is refused', () => {
  test.each(['a*b', 'a>b', 'a~b', '＊', 'a～', '﹥', 'a\nb', 'a\rb', '\t', '\0', 'a\x7f', 'a\x85', 'a\u2028b'])(
    '%j',
    (text) => {
      const outcome = writeInterchange(HEADER, KIND, [[['REF', '12', 'y']], [['N1', '8R', text]]])
      expect(outcome).toMatchObject({ ok: false, refusal: { code: 'EDI_UNWRITABLE_VALUE' } })
      if (!outcome.ok) expect(outcome.refusal.message).toMatch(/^Transaction 0002, N102: the value holds/)
    },
  )

  test('with other separators, those are what no value may hold', () => {
    const separators = { element: '|', component: ':', terminator: '!' }
    const write = (text: string) => writeInterchange(HEADER, KIND, [[['N1', '8R', text]]], separators)
    expect(['a*b', 'a>b', 'a~b'].map((text) => write(text).ok)).toEqual([true, true, true])
    expect(['a|b', 'a:b', 'a!b'].map((text) => write(text).ok)).toEqual([false, false, false])
  })
})

describe('The envelope', () => {
  test('ISA, GS, ST, SE, GE and IEA of version 004010, without line breaks', () => {
    expect(written([[['BGN', '13', 'B', '', '']], [['BGN', '13', 'é']]])).toBe(
      'ISA*00*          *00*          *01*006900001      *14*1234567890001  *270104*0905*U*00401*000000077*0*T*>~' +
        'GS*GE*006900001*1234567890001*20270104*0905*9*X*004010~' +
        'ST*814*0001~BGN*13*B~SE*3*0001~ST*814*0002~BGN*13*e~SE*3*0002~GE*2*9~IEA*1*000000077~',
    )
  })

  test('ST02 begins where the caller says, and has at least four digits', () => {
    const segments = [[['BGN', '13']], [['BGN', '13']]]
    const controls = (firstTransaction: number) =>
      transactionsIn(written(segments, { ...HEADER, firstTransaction }))?.map(({ control }) => control)
    expect(controls(99)).toEqual(['0099', '0100'])
    expect(controls(9999)).toEqual(['9999', '10000'])
    expect(controls(999_999_998)).toEqual(['999999998', '999999999'])
  })

  test.each<[string, Partial<OutgoingInterchange>]>([
    ['sender', { sender: '00690000' }],
    ['receiver', { receiver: '12345678900012' }],
    ['receiver', { receiver: '12345678*' }],
    ['control', { control: 0 }],
    ['control', { control: 1_000_000_000 }],
    ['control', { control: 1.5 }],
    ['group', { group: 0 }],
    ['group', { group: 1_000_000_000 }],
    ['firstTransaction', { firstTransaction: 0 }],
    ['firstTransaction', { firstTransaction: 1_000_000_000 }],
    ['time', { time: '24:00' }],
    ['time', { time: '9:00' }],
  ])('a wrong %s is named: %j', (field, change) => {
    const outcome = writeInterchange({ ...HEADER, ...change }, KIND, [[['BGN', '13']]])
    expect(outcome.ok ? '' : outcome.refusal.message).toContain(field)
  })

  test('control numbers 1 and 999999999 are written, and counting past the end is refused', () => {
    expect(written([[['BGN', '13']]], { ...HEADER, control: 999_999_999, group: 999_999_999 })).toContain(
      'IEA*1*999999999~',
    )
    expect(written([[['BGN', '13']]], { ...HEADER, control: 1, group: 1 })).toContain('GE*1*1~IEA*1*000000001~')
    expect(writeInterchange({ ...HEADER, firstTransaction: 999_999_999 }, KIND, [[['BGN']], [['BGN']]]).ok).toBe(false)
  })

  test('an interchange without a transaction is refused', () => {
    expect(writeInterchange(HEADER, KIND, [])).toMatchObject({ ok: false, refusal: { code: 'EDI_BAD_ENVELOPE' } })
  })
})
