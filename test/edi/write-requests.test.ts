import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { civilDate } from '../../domain/civil-date.js'
import { nameInFile } from '../../edi/plain-text.js'
import { readInterchanges } from '../../edi/read-interchanges.js'
import {
  type DropRequest,
  type EnrollmentRequest,
  type RequestInterchange,
  writeDropRequests,
  writeEnrollmentRequests,
} from '../../edi/write-requests.js'
import { exampleIn } from './documented-example.js'
import { secondReading } from './second-reader.js'

const INTERCHANGE: RequestInterchange = {
  sender: '006900001',
  receiver: '1234567890001',
  control: 77,
  group: 9,
  usage: 'T',
  date: civilDate('2027-01-04'),
  time: '00:00',
  firstTransaction: 1,
  senderName: '',
  receiverName: '',
}

function anEnrollment(change: Partial<EnrollmentRequest> = {}): EnrollmentRequest {
  return {
    id: 'E-2027-000001',
    bgn: 'B-2027-000001',
    account: '0123456789',
    servicePoint: '0123456789001',
    name: 'Zoë Ramirez',
    rate: 'MAHOMET-DS1',
    start: civilDate('2027-02-02'),
    ...change,
  }
}

function aDrop(change: Partial<DropRequest> = {}): DropRequest {
  const { rate: _rate, start: _start, ...request } = anEnrollment({ id: 'D-2027-000001', bgn: 'B-2027-000900' })
  return { ...request, reason: 'dropped-by-supplier', end: civilDate('2027-03-02'), ...change }
}

function enrollmentFile(requests: readonly EnrollmentRequest[], interchange = INTERCHANGE): string {
  const outcome = writeEnrollmentRequests(interchange, requests)
  if (!outcome.ok) throw new Error(outcome.refusal.message)
  return outcome.value
}

describe('Illinois 814 enrollment request: ASI*7*021', () => {
  test('a fixed request gives the bytes of docs/edi.md, twice', () => {
    expect(enrollmentFile([anEnrollment()])).toBe(exampleIn('Enrollment request (ours)'))
    expect(enrollmentFile([anEnrollment()])).toBe(enrollmentFile([anEnrollment()]))
  })

  test('names of the parties stand in N102 when they are given, and N103 follows the length of the number', () => {
    const file = enrollmentFile([anEnrollment()], {
      ...INTERCHANGE,
      sender: '0069000010001',
      receiver: '123456789',
      senderName: 'Præirie Wind',
      receiverName: 'Utility',
    })
    expect(file).toContain('*14*0069000010001  *01*123456789      *')
    expect(file).toContain('N1*8S*Utility*1*123456789~N1*SJ*Praeirie Wind*9*0069000010001~')
  })

  test('a name of 60 letters is whole, one of 61 is cut, and letters are counted after they were made plain', () => {
    const nameIn = (name: string): string => /N1\*8R\*([^~]*)/.exec(enrollmentFile([anEnrollment({ name })]))?.[1] ?? ''
    expect(nameIn('n'.repeat(60))).toBe('n'.repeat(60))
    expect(nameIn('n'.repeat(61))).toBe('n'.repeat(60))
    expect(nameIn(`${'ß'.repeat(29)}abc`)).toBe(`${'ss'.repeat(29)}ab`)
    expect(nameIn(` ${'n'.repeat(59)} x`)).toBe('n'.repeat(59))
  })

  test('the second reader finds every request, in order, with its own LIN01', () => {
    const text = fc.string({ minLength: 1, maxLength: 80, unit: 'binary' })
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 5 }), (names) => {
        const requests = names.map((name, i) =>
          anEnrollment({ id: `E-${i}`, bgn: `B-${i}`, name: `x${name.replace(/[\p{C}\p{Z}]/gu, '')}` }),
        )
        const outcome = writeEnrollmentRequests(INTERCHANGE, requests)
        if (outcome.ok) {
          const { transactions } = secondReading(outcome.value)
          expect(transactions.map(({ segments }) => segments.find(([tag]) => tag === 'LIN')?.[1])).toEqual(
            requests.map(({ id }) => id),
          )
        } else expect(outcome.refusal.message).toMatch(/field name: the value holds/)
      }),
      { numRuns: 150 },
    )
  })

  test.each(['bgn', 'account', 'servicePoint', 'name', 'rate'] as const)(
    'a separator in %s is refused, naming request and field and not the value',
    (field) => {
      for (const value of ['Secret*1', 'Secret>1', 'Secret~1', 'Secret＊1', 'Secret\n1']) {
        const outcome = writeEnrollmentRequests(INTERCHANGE, [
          anEnrollment(),
          anEnrollment({ id: 'E-2', bgn: 'B-2', [field]: value }),
        ])
        const message = outcome.ok ? '' : outcome.refusal.message
        expect(message).toMatch(new RegExp(`^Request 2 \\(id "E-2"\\), field ${field}: the value holds a separator`))
        expect(message).not.toContain('Secret')
      }
    },
  )

  test('a separator in the id is refused by the number of the request alone', () => {
    const outcome = writeEnrollmentRequests(INTERCHANGE, [anEnrollment({ id: 'Secret*1' })])
    expect(outcome.ok ? '' : outcome.refusal.message).toMatch(/^Request 1, field id: the value holds a separator/)
  })

  test.each([
    ['id', 20],
    ['bgn', 30],
    ['account', 30],
    ['servicePoint', 30],
    ['rate', 30],
  ] as const)('%s may have %i characters and not one more', (field, longest) => {
    expect(writeEnrollmentRequests(INTERCHANGE, [anEnrollment({ [field]: 'x'.repeat(longest) })]).ok).toBe(true)
    const outcome = writeEnrollmentRequests(INTERCHANGE, [anEnrollment({ [field]: 'x'.repeat(longest + 1) })])
    expect(outcome.ok ? '' : outcome.refusal.message).toContain(
      `field ${field}: the value is longer than the ${longest} characters`,
    )
  })

  test.each(['id', 'bgn', 'account', 'servicePoint', 'name', 'rate'] as const)(
    'an empty %s is refused, blanks and invisible marks count as empty',
    (field) => {
      for (const value of ['', '  ', '\u200b']) {
        const outcome = writeEnrollmentRequests(INTERCHANGE, [anEnrollment({ [field]: value })])
        expect(outcome.ok ? '' : outcome.refusal.message).toContain(`field ${field}: the value is empty`)
      }
    },
  )

  test.each(['id', 'bgn'] as const)(
    'the same %s twice is refused, also when it is the same only in plain letters',
    (field) => {
      const requests = [anEnrollment({ id: 'a', bgn: 'a' }), anEnrollment({ id: 'b', bgn: 'b', [field]: 'á' })]
      const outcome = writeEnrollmentRequests(INTERCHANGE, requests)
      expect(outcome.ok ? '' : outcome.refusal.message).toMatch(
        new RegExp(`^Request 2.*, field ${field}: an earlier request has the same value`),
      )
    },
  )

  test('5,000 requests make one interchange whose counts hold', () => {
    const requests = Array.from({ length: 5000 }, (_, i) => anEnrollment({ id: `E-${i}`, bgn: `B-${i}` }))
    const read = readInterchanges(enrollmentFile(requests))
    expect(read.ok && read.value[0]?.groups[0]?.transactions.at(-1)?.control).toBe('5000')
  })
})

describe('any name that was made to fit', () => {
  test('is written and read again, unless nothing of it is left', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const name = nameInFile(text)
        const written = writeEnrollmentRequests(INTERCHANGE, [anEnrollment({ name })])
        expect(written.ok).toBe(name !== '')
        if (written.ok) expect(readInterchanges(written.value).ok).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })
})

describe('814 drop request: ASI*F*024, the action as the caller says', () => {
  const HEADER = { ...INTERCHANGE, control: 78, group: 10, date: civilDate('2027-01-13') }

  test('a fixed request gives the bytes of docs/edi.md', () => {
    expect(writeDropRequests(HEADER, [aDrop()], 'F')).toEqual({
      ok: true,
      value: exampleIn('Drop by us, and the answer to it'),
    })
  })

  test('another action, another reason and no end', () => {
    const outcome = writeDropRequests(HEADER, [aDrop({ reason: 'rescinded', end: null })], '7')
    const file = outcome.ok ? outcome.value : ''
    expect(file).toContain('ASI*7*024~REF*1P*EB3~')
    expect(file).not.toContain('DTM')
    expect(secondReading(file).transactions).toHaveLength(1)
  })

  test('a separator in the name is refused, naming request and field', () => {
    const outcome = writeDropRequests(HEADER, [aDrop({ name: 'A*B~C' })], 'F')
    expect(outcome.ok ? '' : outcome.refusal.message).toContain('Request 1 (id "D-2027-000001"), field name')
  })
})
