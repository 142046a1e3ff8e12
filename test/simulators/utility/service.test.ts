import { describe, expect, test } from 'vitest'
import { billingWindowDays } from '../../../simulators/utility/calendar.js'
import {
  duplicated,
  heldUntil,
  lost,
  miscounted,
  onSet,
  reordered,
  truncated,
} from '../../../simulators/utility/tamper.js'
import type { UtilityOptions } from '../../../simulators/utility/utility.js'
import {
  aUtility,
  answersOf,
  CALENDAR,
  drop,
  enrollment,
  segmentsOf,
  SUPPLIER,
  supplierFile,
  valuesOf,
  verdicts,
} from './supplier-file.js'

/** The two service points of account 1 and the one of account 6, for the read of 2 February, worked on 25 January. */
function enrolled(overrides: Partial<UtilityOptions> = {}, at = '2027-01-25T14:00:00Z') {
  const utility = aUtility(overrides)
  const requests = [enrollment(), enrollment({ servicePoint: '0000000001002' }), enrollment({ account: '0000000006' })]
  utility.receive({ ...supplierFile(requests), at })
  return utility
}

describe('utility: rescission, 10 calendar days from processing, the last day moved on to a business day', () => {
  // Processed Monday 25 January: the tenth day is Thursday 4 February.
  test.each([
    ['the day of processing', '2027-01-25', 2],
    ['the day before it', '2027-01-24', 0],
    ['the last day', '2027-02-04', 2],
    ['the day after the last', '2027-02-05', 0],
  ])('%s', (_case, on, dropped) => {
    const utility = enrolled({ script: { rescissions: [{ account: '0000000001', on }] } })
    const drops = answersOf(utility, '814').filter((answer) => valuesOf(answer, 'BGN*13').length > 0)
    expect(drops.flatMap((answer) => valuesOf(answer, 'REF*LU'))).toHaveLength(dropped)
    expect(utility.refusals()).toHaveLength(dropped === 0 ? 1 : 0)
    if (dropped > 0) expect(drops[0]?.at).toBe(`${on}T16:00:00Z`)
  })

  test.each([
    ['Monday after a tenth day on a Saturday', '2027-02-08', 1],
    ['Tuesday after it', '2027-02-09', 0],
  ])('%s', (_case, on, dropped) => {
    const utility = aUtility({ script: { rescissions: [{ account: '0000000002', on }] } })
    utility.receive({
      ...supplierFile([enrollment({ account: '0000000002', start: '2027-02-22' })]),
      at: '2027-01-27T14:00:00Z',
    })
    expect(answersOf(utility, '814').flatMap((answer) => valuesOf(answer, 'REF*1P*EB3'))).toHaveLength(dropped)
  })

  test('it is an 814 request for each service point with the reason, and cancels what was pending', () => {
    const utility = enrolled({ script: { rescissions: [{ account: '0000000001', on: '2027-01-28' }] } })
    const file = answersOf(utility, '814', '2027-01-28T16:00:00Z').at(-1) as never
    expect(valuesOf(file, 'ASI*F')).toEqual(['024', '024'])
    expect(valuesOf(file, 'REF*1P')).toEqual(['EB3', 'EB3'])
    expect(valuesOf(file, 'REF*LU')).toEqual(['0000000001001', '0000000001002'])
    expect(new Set(valuesOf(file, 'LIN')).size).toBe(2)
    expect(answersOf(utility, '867').flatMap((answer) => valuesOf(answer, 'REF*12'))).toEqual(['0000000006'])
  })

  test('a rescission after service began, within the window, is sent too', () => {
    const script = {
      rescissions: [{ account: '0000000001', on: '2027-02-04' }],
      actualStarts: [{ account: '0000000001', on: '2027-02-01' }],
    }
    const utility = enrolled({ script })
    expect(answersOf(utility, '867', '2027-02-02T13:00:00Z')).toHaveLength(1)
    expect(answersOf(utility, '814').flatMap((answer) => valuesOf(answer, 'REF*1P'))).toEqual(['EB3', 'EB3'])
  })

  test('an enrollment that arrives after the morning run of its own day is rescinded in the evening', () => {
    const utility = aUtility({ script: { rescissions: [{ account: '0000000006', on: '2027-01-25' }] } })
    expect(utility.due('2027-01-25T20:00:00Z')).toEqual([])
    utility.receive({ ...supplierFile([enrollment({ account: '0000000006' })]), at: '2027-01-25T20:00:00Z' })
    expect(answersOf(utility, '814', '2027-01-26T02:00:00Z').map(({ at }) => at)).toEqual(['2027-01-26T02:00:00Z'])
  })

  test.each([
    ['an account that was never enrolled', '0000000002', '2027-01-28', 'no enrollment was accepted for the account'],
    ['one that was rejected', '0000000003', '2027-01-28', 'no enrollment was accepted for the account'],
    ['one rescinded before', '0000000006', '2027-01-29', 'the enrollment is cancelled already'],
    ['one dropped by the supplier', '0000000001', '2027-01-28', 'the enrollment is cancelled already'],
  ])('refused and recorded without the account number: %s', (_case, account, on, why) => {
    const utility = enrolled({
      script: {
        rescissions: [
          { account: '0000000006', on: '2027-01-27' },
          { account, on },
        ],
      },
    })
    verdicts(utility, [enrollment({ account: '0000000003', start: '2027-02-03' })])
    const drops = [drop(), drop({ servicePoint: '0000000001002' })]
    utility.receive({ ...supplierFile(drops), at: '2027-01-26T15:00:00Z' })
    utility.due('2027-03-01T00:00:00Z')
    expect(utility.refusals()).toEqual([
      { at: `${on.slice(0, 8)}${Number(on.slice(8)) + 1}T02:00:00Z`, what: `rescission on ${on}`, why },
    ])
    expect(JSON.stringify(utility.refusals())).not.toContain(account)
  })

  test('a request received in the evening is not processed yet on that day', () => {
    const script = { rescissions: [{ account: '0000000006', on: '2027-01-25' }] }
    const utility = enrolled({ script }, '2027-01-26T00:00:00Z')
    utility.due('2027-01-26T02:00:00Z')
    expect(utility.refusals()[0]?.why).toBe('the enrollment is not processed yet')
  })
})

describe('utility: the actual start is reported by an 867 on the morning after', () => {
  test('one file a day for all service points, with the day of the start', () => {
    const script = { actualStarts: ['0000000001', '0000000006'].map((account) => ({ account, on: '2027-02-02' })) }
    const utility = enrolled({ script })
    const reports = answersOf(utility, '867')
    expect(reports.map(({ at }) => at)).toEqual(['2027-02-03T13:00:00Z'])
    expect(valuesOf(reports[0] as never, 'REF*LU')).toEqual(['0000000001001', '0000000001002', '0000000006001'])
    expect(segmentsOf(reports[0] as never).slice(1, 12)).toEqual([
      ['GS', 'PT', '1234567890001', SUPPLIER, '20270203', '0700', '3', 'X', '004010'],
      ['ST', '867', '0001'],
      ['BPT', '00', 'UM-00000004', '20270203', 'C1'],
      ['N1', '8S', 'UTILITY', '9', '1234567890001'],
      ['N1', 'SJ', 'SUPPLIER', '1', '006900001'],
      ['N1', '8R', 'Zoe Ramirez'],
      ['REF', '12', '0000000001'],
      ['REF', 'LU', '0000000001001'],
      ['PTD', 'SU'],
      ['DTM', '150', '20270202'],
      ['DTM', '151', '20270202'],
    ])
  })

  test('of many service points all start in their billing window, most on the scheduled read, and always on the same day', () => {
    const points = Array.from({ length: 400 }, (_, index) => ({
      accountNumber: String(5_000_000_000 + index),
      servicePoint: `${5_000_000_000 + index}001`,
      rateClass: 'DS-1',
      billGroup: '1',
      billingType: '',
    }))
    const starts = () => {
      const utility = aUtility({ servicePoints: points })
      const requests = points.map(({ accountNumber }) => enrollment({ account: accountNumber }))
      utility.receive({ ...supplierFile(requests), at: '2027-01-25T14:00:00Z' })
      return answersOf(utility, '867').flatMap((answer) => valuesOf(answer, 'DTM*150'))
    }
    const seen = starts()
    const window = billingWindowDays('2027-02-02', CALENDAR).map((day) => day.replaceAll('-', ''))
    expect(window).toEqual(['20270129', '20270130', '20270131', '20270201', '20270202', '20270203'])
    expect(new Set(seen)).toEqual(new Set(window))
    expect(seen.filter((day) => day === '20270202').length).toBeGreaterThan(300)
    expect(starts()).toEqual(seen)
  })

  test('a calendar-month account starts on its anchor', () => {
    const utility = aUtility()
    utility.receive({
      ...supplierFile([enrollment({ account: '0000000003', start: '2027-02-28' })]),
      at: '2027-02-10T14:00:00Z',
    })
    expect(answersOf(utility, '867').flatMap((answer) => valuesOf(answer, 'DTM*150'))).toEqual(['20270228'])
  })

  test.each([
    ['long after the window', '2027-02-20', '2027-02-21T13:00:00Z'],
    ['before the answer to the request', '2027-01-10', '2027-01-26T13:00:00Z'],
  ])('a scripted start may lie outside the window: %s', (_case, on, at) => {
    const utility = enrolled({ script: { actualStarts: [{ account: '0000000006', on }] } })
    const report = answersOf(utility, '867').find((answer) => valuesOf(answer, 'REF*12').includes('0000000006'))
    expect(report?.at).toBe(at)
    expect(valuesOf(report as never, 'DTM*150')).toEqual([on.replaceAll('-', '')])
  })
})

describe('utility: what it sends unasked', () => {
  const entry = {
    at: '2027-02-10T15:00:00Z',
    account: '0000000077',
    servicePoint: '0000000077001',
    formerAccount: '0000000001',
    code: 'BNK',
    supplier: SUPPLIER,
    start: '2027-02-09',
  } as const

  test('an enrollment under a new number says MANUAL, the former number and why', () => {
    const utility = enrolled()
    utility.due('2027-02-09T00:00:00Z')
    expect(utility.sendManualEnrollment(entry)).toHaveLength(1)
    const [sent] = answersOf(utility, '814', entry.at)
    expect(
      segmentsOf(sent as never)
        .find(([name]) => name === 'BGN')
        ?.slice(1),
    ).toEqual(['11', 'U-00000007', '20270210', '', '', 'MANUAL'])
    expect(valuesOf(sent as never, 'REF*45')).toEqual(['0000000001'])
    expect(valuesOf(sent as never, 'REF*1P')).toEqual(['BNK'])
    expect(verdicts(utility, [drop({ account: '0000000077' })], '2027-02-10T15:00:00Z')).toEqual(['WQ'])
  })

  test.each([
    ['an unknown former account', { formerAccount: '0000000099' }],
    ['a start that is no day', { start: '2027-02-30' }],
  ])('%s is refused', (_case, change) => {
    const utility = aUtility()
    expect(utility.sendManualEnrollment({ ...entry, ...change })).toEqual([])
    expect(utility.refusals()).toHaveLength(1)
  })
})

describe('utility: data request', () => {
  const lists = ['utility-fixed-price.csv', 'retail-supplier.csv', 'utility-hourly.csv'].map((name) => ({
    name,
    content: Buffer.from(`${name}\n`),
  }))
  const pdf = Buffer.from('%PDF-1.7 signed')
  const at = '2027-01-15T14:00:00Z'

  test.each([
    ['at once', 0, at],
    ['on the next business day', 1, '2027-01-18T15:00:00Z'],
    ['five business days later', 5, '2027-01-22T15:00:00Z'],
  ])('a signed form is answered with the three lists %s', (_case, businessDays, when) => {
    const utility = aUtility()
    expect(utility.answerDataRequest({ at, pdf, lists, businessDays }).map((promised) => promised.at)).toEqual([
      when,
      when,
      when,
    ])
    const answers = utility.due(when)
    expect(answers.map(({ directory, name }) => `${directory}/${name}`)).toEqual(
      lists.map(({ name }) => `lists/${name}`),
    )
    expect(answers.map(({ content }) => content)).toEqual(lists.map(({ content }) => content))
  })

  test.each([
    ['no attachment', null],
    ['something that is no PDF', Buffer.from('<html>')],
  ])('%s is not answered', (_case, attachment) => {
    const utility = aUtility()
    expect(utility.answerDataRequest({ at, pdf: attachment, lists })).toEqual([])
    expect(utility.refusals()).toEqual([{ at, what: 'data request', why: 'no signed form came with it' }])
    expect(utility.nextAt()).toBeNull()
  })
})

describe('utility: spoiled on purpose', () => {
  const sent = (tamper: UtilityOptions['tamper'], until = '2027-01-27T00:00:00Z') =>
    enrolled(tamper === undefined ? {} : { tamper }).due(until)
  const names = (answers: readonly { readonly name: string }[]) => answers.map(({ name }) => name)

  test('files can come twice, in the other order, cut, miscounted, or never', () => {
    const [acknowledgment, response] = sent(undefined)
    expect(names(sent(duplicated))).toEqual([
      '997-000000001.x12',
      '997-000000001-again.x12',
      '814-000000002.x12',
      '814-000000002-again.x12',
    ])
    expect(sent(duplicated)[1]?.content).toEqual(acknowledgment?.content)
    expect(names(sent(reordered))).toEqual(['814-000000002.x12', '997-000000001.x12'])
    expect(sent(onSet('814', truncated(200))).map(({ content }) => content.length)).toEqual([
      acknowledgment?.content.length,
      200,
    ])
    expect(sent(onSet('814', miscounted))[1]?.content.length).toBe(response?.content.length)
    expect(sent(onSet('814', miscounted))[1]?.content).not.toEqual(response?.content)
    expect(names(sent(onSet('997', lost)))).toEqual(['814-000000002.x12'])
  })

  test('a file can be held back: it is then the next thing that comes', () => {
    const utility = enrolled({ tamper: onSet('997', heldUntil('2027-01-30T00:00:00Z')) })
    expect(names(utility.due('2027-01-27T00:00:00Z'))).toEqual(['814-000000002.x12'])
    expect(utility.nextAt()).toBe('2027-01-30T00:00:00Z')
    expect(names(utility.due('2027-01-30T00:00:00Z'))).toEqual(['997-000000001.x12'])
  })
})

describe('utility: a snapshot carries it over a restart', () => {
  test.each(['2027-01-25T14:00:00Z', '2027-01-25T14:20:00Z', '2027-01-27T00:00:00Z', '2027-02-03T12:59:59Z'])(
    'stopped at %s it sends what it would have sent, with the same numbers',
    (stop) => {
      const script = { rescissions: [{ account: '0000000001', on: '2027-01-28' }] }
      const undisturbed = enrolled({ script })
      undisturbed.due(stop)
      const stopped = enrolled({ script })
      stopped.due(stop)
      const resumed = aUtility({ script, snapshot: stopped.snapshot() })
      expect(resumed.nextAt()).toBe(undisturbed.nextAt())
      expect(
        verdicts(resumed, [enrollment({ account: '0000000006', lin: 'E-again' })], '2027-03-01T00:00:00Z'),
      ).toEqual(verdicts(undisturbed, [enrollment({ account: '0000000006', lin: 'E-again' })], '2027-03-01T00:00:00Z'))
      const seen = { files: resumed.due('2028-01-01T00:00:00Z'), refusals: resumed.refusals() }
      expect(seen).toEqual({ files: undisturbed.due('2028-01-01T00:00:00Z'), refusals: undisturbed.refusals() })
    },
  )
})
