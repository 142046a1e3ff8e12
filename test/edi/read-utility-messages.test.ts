import { describe, expect, test } from 'vitest'
import { dropReasonOf } from '../../edi/drop-reasons.js'
import { readInterchanges } from '../../edi/read-interchanges.js'
import { readUtilityMessages } from '../../edi/read-utility-messages.js'
import { decidingReason } from '../../domain/reject-reasons.js'
import type { UtilityMessage } from '../../edi/utility-messages.js'
import { exampleIn } from './documented-example.js'
import { ACCEPT, type RawTransaction, rawInterchange } from './raw-interchange.js'

function messagesIn(file: string): UtilityMessage[] {
  const read = readInterchanges(file)
  if (!read.ok) throw new Error(read.refusal.message)
  return readUtilityMessages(read.value)
}

/** The one message of a transaction without its place. */
function statementOf(transaction: RawTransaction) {
  const [message] = messagesIn(rawInterchange([[transaction]]))
  const { source: _, ...statement } = message as UtilityMessage
  return statement
}

/** The accept with some segments changed: the key is how the segment begins, '' leaves it out. */
function acceptWith(changes: Readonly<Record<string, string>>, ...more: string[]): RawTransaction {
  const [set, ...segments] = ACCEPT
  const changed = segments.flatMap((segment) => {
    const key = Object.keys(changes).find((begin) => segment.startsWith(begin))
    const text = key === undefined ? segment : changes[key]
    return text === undefined || text === '' ? [] : [text]
  })
  return [set, ...changed, ...more]
}

const SOURCE = { sender: '1234567890001', receiver: '006900001', groupReceiver: '006900001', usage: 'T' }

describe('docs/edi.md: what the utility says', () => {
  test('accept, reject with two reasons, and an enrollment nobody asked for', () => {
    expect(messagesIn(exampleIn('Accept, reject, unsolicited enrollment'))).toEqual([
      {
        source: { ...SOURCE, interchange: '000000917', group: '412', transaction: '0001', set: '814', index: 0 },
        kind: 'enrollment-accepted',
        reference: 'U-550001',
        id: 'E-2027-000001',
        bgn: 'B-2027-000001',
        account: '0123456789',
        servicePoint: '0123456789001',
        processedOn: '2027-01-05',
        startsOn: '2027-02-02',
        statuses: ['HUU'],
      },
      {
        source: { ...SOURCE, interchange: '000000917', group: '412', transaction: '0002', set: '814', index: 1 },
        kind: 'enrollment-rejected',
        reference: 'U-550002',
        id: 'E-2027-000002',
        bgn: 'B-2027-000002',
        account: '0123456780',
        servicePoint: '0123456780001',
        processedOn: '2027-01-05',
        reasons: ['A76', 'A13'],
      },
      {
        source: { ...SOURCE, interchange: '000000917', group: '412', transaction: '0003', set: '814', index: 2 },
        kind: 'enrollment-unsolicited',
        reference: 'U-550003',
        account: '0123456777',
        servicePoint: '0123456777001',
        processedOn: '2027-01-05',
        startsOn: '2027-02-02',
        formerAccount: '0123456788',
        statuses: ['BNK'],
      },
    ])
  })

  test('a drop because the customer rescinded', () => {
    expect(messagesIn(exampleIn('Drop by the utility: the customer rescinded'))).toMatchObject([
      {
        kind: 'drop-by-utility',
        reason: 'rescinded',
        codes: ['EB3'],
        account: '0123456789',
        processedOn: '2027-01-12',
        endsOn: '2027-02-02',
      },
    ])
  })

  test('the answer to our drop', () => {
    expect(messagesIn(exampleIn('Drop by us, and the answer to it', 1))).toMatchObject([
      {
        kind: 'drop-accepted',
        id: 'D-2027-000001',
        bgn: 'B-2027-000900',
        processedOn: '2027-01-14',
        endsOn: '2027-03-02',
      },
    ])
  })

  test('monthly usage gives the service period', () => {
    expect(messagesIn(exampleIn('Monthly usage: the first one gives the actual start'))).toMatchObject([
      {
        kind: 'monthly-usage',
        reference: 'U-867-1',
        purpose: 'original',
        account: '0123456789',
        servicePoint: '0123456789001',
        from: '2027-02-03',
        to: '2027-03-03',
      },
    ])
  })

  test('a functional acknowledgment names our group and the sets it could not read', () => {
    expect(messagesIn(exampleIn('Functional acknowledgment'))).toMatchObject([
      {
        kind: 'acknowledgment',
        functionalIdentifier: 'GE',
        acknowledgedGroup: '9',
        verdict: 'partly-accepted',
        included: 2,
        received: 2,
        accepted: 1,
        transactions: [
          { set: '814', control: '0001', verdict: 'accepted', codes: [] },
          { set: '814', control: '0002', verdict: 'rejected', codes: ['5'] },
        ],
      },
    ])
  })
})

describe('What may be left out, and what several codes mean', () => {
  test('a response without BGN06 is matched by its LIN01 alone, and REF*LU may be missing', () => {
    expect(statementOf(acceptWith({ BGN: 'BGN*11*U-1*20270105', 'REF*LU': '' }))).toMatchObject({
      kind: 'enrollment-accepted',
      id: 'E-2027-000001',
      bgn: null,
      servicePoint: null,
      statuses: [],
    })
  })

  test('a refused drop and a drop without an end', () => {
    expect(statementOf(acceptWith({ ASI: 'ASI*U*024', DTM: '' }, 'REF*7G*A76'))).toMatchObject({
      kind: 'drop-rejected',
      reasons: ['A76'],
    })
    expect(statementOf(acceptWith({ ASI: 'ASI*WQ*024', DTM: '' }))).toMatchObject({
      kind: 'drop-accepted',
      endsOn: null,
    })
    expect(
      statementOf(acceptWith({ BGN: 'BGN*13*U-1*20270105', ASI: 'ASI*7*024', DTM: '' }, 'REF*1P*CHA')),
    ).toMatchObject({
      kind: 'drop-by-utility',
      reason: 'changed-supplier',
      endsOn: null,
    })
  })

  test.each([
    [['EB3'], 'rescinded'],
    [['020', 'EB3'], 'rescinded'],
    [['A13', '020'], 'moved-or-closed'],
    [['B38'], 'dropped-by-supplier'],
    [['ZZZ', 'CHA'], 'changed-supplier'],
    [['ZZZ'], 'other'],
    [['A13'], 'other'],
  ] as const)('drop codes %j mean %s', (codes, reason) => {
    expect(dropReasonOf(codes)).toBe(reason)
  })

  const row = (handling: 'terminal' | 'person' | 'already-submitted' | 'reschedule' | 'our-error' | 'stop-batch') => ({
    text: '',
    handling,
    cite: '',
  })
  const TABLE = {
    '008': row('terminal'),
    A13: row('person'),
    ABN: row('already-submitted'),
    API: row('our-error'),
    DIV: row('reschedule'),
    UND: row('stop-batch'),
  }

  test.each([
    [['ABN'], 'ABN', 'already-submitted'],
    [['ABN', 'DIV'], 'DIV', 'reschedule'],
    [['DIV', '008'], '008', 'terminal'],
    [['008', 'A13'], 'A13', 'person'],
    [['A13', 'API'], 'API', 'our-error'],
    [['API', 'UND', 'A13'], 'UND', 'stop-batch'],
    [['XYZ'], 'XYZ', 'person'],
    [['008', 'XYZ'], 'XYZ', 'person'],
    [['toString'], 'toString', 'person'],
  ])('of the reject reasons %j, %s decides: %s', (codes, code, handling) => {
    expect(decidingReason(codes, TABLE)).toEqual({ code, handling })
  })

  test.each([
    ['A', 'accepted'],
    ['E', 'accepted-with-errors'],
    ['P', 'partly-accepted'],
    ['R', 'rejected'],
    ['X', 'rejected'],
  ])('a 997 without AK2 speaks for the whole group: AK9*%s', (code, verdict) => {
    expect(statementOf(['997', 'AK1*GE*9', `AK9*${code}*3*3*3`])).toMatchObject({
      kind: 'acknowledgment',
      verdict,
      transactions: [],
    })
  })

  test.each([
    ['00', 'original'],
    ['01', 'cancellation'],
    ['05', 'replacement'],
  ])('BPT01 %s is %s usage', (code, purpose) => {
    const usage = statementOf(['867', `BPT*${code}*U*20270304`, 'REF*12*1', 'DTM*150*20270203', 'DTM*151*20270303'])
    expect(usage).toMatchObject({ kind: 'monthly-usage', purpose, servicePoint: null })
  })
})

describe('What does not fit is a work item with its reason, never lost', () => {
  test.each<[string, RawTransaction]>([
    ['no BGN', acceptWith({ BGN: '' })],
    ['more than one LIN', acceptWith({}, 'LIN*2*SH*EL*SH*CE')],
    ['no ASI', acceptWith({ ASI: '' })],
    ['not for electric generation', acceptWith({ LIN: 'LIN*1*SH*GAS*SH*CE' })],
    ['not for electric generation', acceptWith({ LIN: 'LIN*1*SH*EL*SH*HU' })],
    ['LIN01', acceptWith({ LIN: 'LIN**SH*EL*SH*CE' })],
    ['BGN02', acceptWith({ BGN: 'BGN*11**20270105' })],
    ['BGN03 is not a day', acceptWith({ BGN: 'BGN*11*U-1*20270229' })],
    ['BGN03 is not a day', acceptWith({ BGN: 'BGN*11*U-1*270105' })],
    ['BGN03 is not a day', acceptWith({ BGN: 'BGN*11*U-1' })],
    ['no DTM*150', acceptWith({ DTM: '' })],
    ['DTM02 is not a day', acceptWith({ DTM: 'DTM*150*2027-02-02' })],
    ['no REF*12', acceptWith({ 'REF*12': '' })],
    ['more than one REF*12', acceptWith({}, 'REF*12*0123456780')],
    ['no REF*7G', acceptWith({ ASI: 'ASI*U*021' })],
    ['no REF*1P', acceptWith({ BGN: 'BGN*13*U-1*20270105', ASI: 'ASI*F*024' })],
    ['BGN01 and ASI', acceptWith({ ASI: 'ASI*WQ*001' })],
    ['BGN01 and ASI', acceptWith({ BGN: 'BGN*13*U-1*20270105' })],
    ['BGN01 and ASI', acceptWith({ BGN: 'BGN*13*U-1*20270105', ASI: 'ASI*7*021' })],
    ['not one we expect', ['810', 'BIG*20270105*1']],
    ['no BPT', ['867', 'REF*12*1', 'DTM*150*20270203', 'DTM*151*20270303']],
    ['BPT01', ['867', 'BPT*52*U*20270304', 'REF*12*1', 'DTM*150*20270203', 'DTM*151*20270303']],
    ['no DTM*151', ['867', 'BPT*00*U*20270304', 'REF*12*1', 'DTM*150*20270203']],
    ['ends before it begins', ['867', 'BPT*00*U*20270304', 'REF*12*1', 'DTM*150*20270303', 'DTM*151*20270302']],
    ['no AK9', ['997', 'AK1*GE*9']],
    ['AK902', ['997', 'AK1*GE*9', 'AK9*A']],
    ['AK901 is no verdict', ['997', 'AK1*GE*9', 'AK9*Q*1*1*1']],
    ['AK501 is no verdict', ['997', 'AK1*GE*9', 'AK2*814*0001', 'AK5**5', 'AK9*A*1*1*1']],
    ['not every AK2', ['997', 'AK1*GE*9', 'AK2*814*0001', 'AK9*A*1*1*1']],
    ['AK102', ['997', 'AK1*GE', 'AK9*A*1*1*1']],
  ])('%s', (why, transaction) => {
    const statement = statementOf(transaction)
    expect(statement).toMatchObject({ kind: 'unrecognised', why: expect.stringContaining(why) })
    expect(JSON.stringify(statement)).not.toContain('0123456789')
  })

  test('as many messages as transactions, numbered through the file, over groups and interchanges', () => {
    const odd: RawTransaction = ['810', 'BIG*20270105*1']
    const file = rawInterchange([[ACCEPT, odd], [odd]]) + rawInterchange([[ACCEPT]], { control: '000000918' })
    const places = messagesIn(file).map(({ source, kind }) => [
      source.interchange,
      source.group,
      source.transaction,
      source.index,
      kind,
    ])
    expect(places).toEqual([
      ['000000917', '1', '0001', 0, 'enrollment-accepted'],
      ['000000917', '1', '0002', 1, 'unrecognised'],
      ['000000917', '2', '0001', 2, 'unrecognised'],
      ['000000918', '1', '0001', 3, 'enrollment-accepted'],
    ])
  })

  test('what we write ourselves is no message of the utility', () => {
    expect(messagesIn(exampleIn('Enrollment request (ours)'))).toMatchObject([{ kind: 'unrecognised' }])
  })
})
