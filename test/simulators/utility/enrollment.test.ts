import { describe, expect, test } from 'vitest'
import { aUtility, answersOf, drop, enrollment, segmentsOf, supplierFile, valuesOf, verdicts } from './supplier-file.js'

describe('utility: acknowledgment and answer in their own time', () => {
  test('a good file is acknowledged after 20 minutes and answered at 06:00 of the day after processing', () => {
    const utility = aUtility()
    const promised = utility.receive({ ...supplierFile([enrollment()]), at: '2027-01-25T14:00:00Z' })
    expect(promised.map(({ at }) => at)).toEqual(['2027-01-25T14:20:00Z', '2027-01-26T12:00:00Z'])
    expect(utility.nextAt()).toBe('2027-01-25T14:20:00Z')
    expect(utility.due('2027-01-25T14:19:59Z')).toEqual([])
    const [acknowledgment] = utility.due('2027-01-25T14:20:00Z')
    expect(acknowledgment?.directory).toBe('inbox')
    expect(segmentsOf(acknowledgment as never).slice(2, -2)).toEqual([
      ['ST', '997', '0001'],
      ['AK1', 'GE', '9'],
      ['AK2', '814', '0001'],
      ['AK5', 'A'],
      ['AK9', 'A', '1', '1', '1'],
      ['SE', '6', '0001'],
    ])
    expect(utility.nextAt()).toBe('2027-01-26T12:00:00Z')
  })

  test('an accept echoes LIN01 and BGN02, and gives the day of processing and the placeholder start', () => {
    const utility = aUtility()
    utility.receive({ ...supplierFile([enrollment({ lin: 'E-x', bgn: 'B-x' })]), at: '2027-01-25T14:00:00Z' })
    const [response] = answersOf(utility, '814', '2027-01-26T12:00:00Z')
    expect(segmentsOf(response as never).slice(3, -3)).toEqual([
      ['BGN', '11', 'U-00000001', '20270125', '', '', 'B-x'],
      ['N1', '8S', 'UTILITY', '9', '1234567890001'],
      ['N1', 'SJ', 'SUPPLIER', '1', '006900001'],
      ['N1', '8R', 'Zoe Ramirez'],
      ['LIN', 'E-x', 'SH', 'EL', 'SH', 'CE'],
      ['ASI', 'WQ', '021'],
      ['REF', '12', '0000000001'],
      ['REF', 'LU', '0000000001001'],
      ['DTM', '150', '20270202'],
    ])
  })

  test.each([
    ['Monday at the closing minute', '2027-01-25T23:45:00Z', '20270125', '2027-01-26T12:00:00Z'],
    ['Monday a millisecond later', '2027-01-25T23:45:00.001Z', '20270126', '2027-01-27T12:00:00Z'],
    ['Friday evening', '2027-01-23T02:00:00Z', '20270125', '2027-01-26T12:00:00Z'],
    ['Friday morning: answered on Saturday', '2027-01-22T14:00:00Z', '20270122', '2027-01-23T12:00:00Z'],
    ['a day on which it processes no EDI', '2027-01-18T14:00:00Z', '20270119', '2027-01-20T12:00:00Z'],
    ['the evening before such a day', '2027-01-16T01:00:00Z', '20270119', '2027-01-20T12:00:00Z'],
  ])('%s', (_case, at, processed, answeredAt) => {
    const utility = aUtility()
    utility.receive({ ...supplierFile([enrollment()]), at })
    const [response] = answersOf(utility, '814', answeredAt)
    expect(response?.at).toBe(answeredAt)
    expect(segmentsOf(response as never).find(([name]) => name === 'BGN')?.[3]).toBe(processed)
  })

  test.each([
    ['in winter', '2027-03-11T23:45:00Z', '2027-03-12T12:00:00Z'],
    ['over the change to daylight time', '2027-03-13T00:00:00Z', '2027-03-16T11:00:00Z'],
    ['in summer, at the closing minute', '2027-03-15T22:45:00Z', '2027-03-16T11:00:00Z'],
    ['in summer, a minute later', '2027-03-15T22:46:00Z', '2027-03-17T11:00:00Z'],
    ['over the change back', '2027-11-06T00:00:00Z', '2027-11-09T12:00:00Z'],
    ['over the end of the year', '2027-12-31T23:46:00Z', '2028-01-04T12:00:00Z'],
  ])('the hours are Central ones %s', (_case, at, answeredAt) => {
    const promised = aUtility().receive({ ...supplierFile([enrollment()]), at })
    expect(promised[1]?.at).toBe(answeredAt)
  })

  test('one file of answers for one file of requests, each request by itself', () => {
    const utility = aUtility()
    const requests = [
      enrollment(),
      enrollment({ account: '0000000099' }),
      enrollment({ servicePoint: '0000000001002' }),
    ]
    expect(verdicts(utility, requests)).toEqual(['WQ', 'A76', 'WQ'])
  })
})

describe('utility: what it rejects by its own checks', () => {
  test.each([
    ['A76', 'an account it does not know', { account: '0000000099' }],
    ['A13', 'a service point of another account', { servicePoint: '0000000002001' }],
    ['UND', 'a supplier it does not know', { supplier: '006900002' }],
    ['FRB', 'another bill type', { billing: 'DUAL' }],
    ['A13', 'a start on which it reads nothing', { start: '2027-02-03' }],
    ['A13', 'a start that is no day', { start: '2027-02-30' }],
    ['A13', 'a start in the past', { start: '2027-01-20' }],
    ['API', 'no account number', { without: 'REF*12' }],
    ['API', 'no service point', { without: 'REF*LU' }],
    ['API', 'no request id', { without: 'BGN' }],
    ['API', 'no LIN', { without: 'LIN' }],
    ['API', 'no action', { without: 'ASI' }],
    ['API', 'no supplier', { without: 'N1*SJ' }],
    ['API', 'no customer', { without: 'N1*8R' }],
    ['API', 'no bill type', { without: 'REF*BLT' }],
    ['API', 'no bill calculator', { without: 'REF*PC' }],
    ['API', 'no rate code', { without: 'REF*RB' }],
    ['API', 'no start', { without: 'DTM' }],
  ])('%s: %s', (code, _case, options) => {
    expect(verdicts(aUtility(), [enrollment(options)])).toEqual([code])
  })

  test('008 and NFI come by script, account by account', () => {
    const utility = aUtility({ script: { inactive: ['0000000001'], firstIn: ['0000000002'] } })
    const requests = [
      enrollment(),
      enrollment({ account: '0000000002', start: '2027-02-22' }),
      enrollment({ account: '0000000006' }),
    ]
    expect(verdicts(utility, requests)).toEqual(['008', 'NFI', 'WQ'])
  })

  test('ABN: the same LIN01 or the same BGN02 again, and a service point that is pending already', () => {
    const utility = aUtility()
    expect(verdicts(utility, [enrollment({ lin: 'E-1', bgn: 'B-1' })])).toEqual(['WQ'])
    const again = [
      enrollment({ account: '0000000006', lin: 'E-1' }),
      enrollment({ account: '0000000006', bgn: 'B-1' }),
      enrollment(),
      enrollment({ servicePoint: '0000000001002' }),
    ]
    expect(verdicts(utility, again)).toEqual(['ABN', 'ABN', 'ABN', 'WQ'])
  })

  test('a reject carries a text but never a date', () => {
    const utility = aUtility()
    utility.receive({ ...supplierFile([enrollment({ start: '2027-02-03' })]), at: '2027-01-25T14:00:00Z' })
    const [response] = answersOf(utility, '814')
    expect(segmentsOf(response as never).filter(([name]) => name === 'DTM')).toEqual([])
    expect(valuesOf(response as never, 'REF*7G*A13')).toEqual(['NO READ ON THE DATE ASKED FOR'])
  })

  test.each([
    ['45 days ahead', '2027-02-05T14:00:00Z', 'WQ'],
    ['46 days ahead', '2027-02-04T14:00:00Z', 'DIV'],
    ['received 46 days ahead in the evening and worked on at 45', '2027-02-05T00:00:00Z', 'WQ'],
  ])('DIV: a start %s of the day of processing', (_case, at, verdict) => {
    expect(verdicts(aUtility(), [enrollment({ account: '0000000002', start: '2027-03-22' })], at)).toEqual([verdict])
  })

  test.each([
    ['at the cut-off', '2027-01-26T23:45:00Z', 'WQ'],
    ['a millisecond later', '2027-01-26T23:45:00.001Z', 'A13'],
    ['the minute before', '2027-01-26T23:44:00Z', 'WQ'],
  ])('a request %s of its read', (_case, at, verdict) => {
    expect(verdicts(aUtility(), [enrollment()], at)).toEqual([verdict])
  })

  test.each([
    ['Friday at the rolled cut-off', '2027-02-12T23:45:00Z', 'WQ'],
    ['Friday a minute later', '2027-02-12T23:46:00Z', 'A13'],
    ["Presidents' Day itself", '2027-02-15T15:00:00Z', 'A13'],
  ])('a cut-off on a day without EDI moves back: %s', (_case, at, verdict) => {
    expect(verdicts(aUtility(), [enrollment({ account: '0000000002', start: '2027-02-22' })], at)).toEqual([verdict])
  })
})

describe('utility: calendar-month accounts start by their own anchor', () => {
  const at = '2027-02-10T14:00:00Z'
  test.each([
    ['the last day of the month', '0000000003', '001', '2027-02-28', 'WQ'],
    ['the last day of a month of 31', '0000000003', '001', '2027-03-31', 'DIV'],
    ['the read of its bill group', '0000000003', '001', '2027-02-26', 'A13'],
    ['lighting goes by the read all the same', '0000000003', '002', '2027-02-26', 'WQ'],
    ['lighting on the last day of the month', '0000000003', '002', '2027-02-28', 'A13'],
    ['the first day of the month', '0000000004', '001', '2027-03-01', 'WQ'],
    ['the second', '0000000004', '001', '2027-03-02', 'A13'],
    ['the middle of the month has no stated day', '0000000005', '001', '2027-02-26', 'A13'],
  ])('%s', (_case, account, suffix, start, verdict) => {
    expect(verdicts(aUtility(), [enrollment({ account, servicePoint: account + suffix, start })], at)).toEqual([
      verdict,
    ])
  })
})

describe('utility: scripted rejects', () => {
  test('the first file of the account is rejected with the code, each service point of it; a later one follows the rules', () => {
    const utility = aUtility({ script: { rejects: [{ account: '0000000001', code: 'A13' }] } })
    const both = [enrollment(), enrollment({ servicePoint: '0000000001002' }), enrollment({ account: '0000000006' })]
    expect(verdicts(utility, both)).toEqual(['A13', 'A13', 'WQ'])
    expect(verdicts(utility, [enrollment()], '2027-01-26T14:00:00Z')).toEqual(['WQ'])
  })

  test('the same request again is a duplicate, not a second first', () => {
    const utility = aUtility({ script: { rejects: [{ account: '0000000001', code: 'A76' }] } })
    expect(verdicts(utility, [enrollment({ lin: 'E-s' })])).toEqual(['A76'])
    expect(verdicts(utility, [enrollment({ lin: 'E-s' })])).toEqual(['ABN'])
  })

  test('a scripted ABN is a no on paper, and the service starts', () => {
    const utility = aUtility({ script: { rejects: [{ account: '0000000003', code: 'ABN' }] } })
    const request = enrollment({ account: '0000000003', start: '2027-02-28' })
    expect(verdicts(utility, [request], '2027-02-10T14:00:00Z')).toEqual(['ABN'])
    const [report] = answersOf(utility, '867')
    expect(valuesOf(report as never, 'REF*LU')).toEqual(['0000000003001'])
  })

  test('any other scripted reject starts nothing', () => {
    const utility = aUtility({ script: { rejects: [{ account: '0000000003', code: 'NFI' }] } })
    verdicts(utility, [enrollment({ account: '0000000003', start: '2027-02-28' })], '2027-02-10T14:00:00Z')
    expect(answersOf(utility, '867')).toEqual([])
  })
})

describe('utility: drop requests of the supplier', () => {
  const enrolled = () => {
    const utility = aUtility()
    expect(
      verdicts(utility, [enrollment({ account: '0000000003', start: '2027-02-28' })], '2027-02-10T14:00:00Z'),
    ).toEqual(['WQ'])
    return utility
  }
  const dropped = (utility: ReturnType<typeof aUtility>, at: string, options = {}) => {
    const [, answered] = utility.receive({ ...supplierFile([drop({ account: '0000000003', ...options })]), at })
    const responses = answersOf(utility, '814', answered?.at)
    return segmentsOf(responses.at(-1) as never).filter(
      ([name, kind]) => name === 'ASI' || name === 'DTM' || kind === '7G',
    )
  }

  test('before the cut-off of the start it cancels the enrollment, and nothing starts', () => {
    const utility = enrolled()
    expect(dropped(utility, '2027-02-19T23:45:00Z')).toEqual([
      ['ASI', 'WQ', '024'],
      ['DTM', '151', '20270228'],
    ])
    expect(answersOf(utility, '867')).toEqual([])
  })

  test('after that cut-off the service starts and ends with the next anchor', () => {
    const utility = enrolled()
    expect(dropped(utility, '2027-02-19T23:46:00Z')).toEqual([
      ['ASI', 'WQ', '024'],
      ['DTM', '151', '20270331'],
    ])
    expect(answersOf(utility, '867')).toHaveLength(1)
  })

  test('an active service ends with the next anchor whose cut-off can still be met', () => {
    const utility = enrolled()
    utility.due('2027-03-10T00:00:00Z')
    expect(dropped(utility, '2027-03-25T14:00:00Z')).toEqual([
      ['ASI', 'WQ', '024'],
      ['DTM', '151', '20270430'],
    ])
    expect(dropped(utility, '2027-03-26T14:00:00Z')).toEqual([
      ['ASI', 'U', '024'],
      ['REF', '7G', 'ABN', 'DUPLICATE REQUEST'],
    ])
  })

  test.each([
    ['an unknown account', { account: '0000000099' }, 'A76'],
    ['a service point that is not enrolled', { account: '0000000004' }, 'A13'],
    ['no reason given', { without: 'REF*1P' }, 'API'],
  ])('rejects %s', (_case, options, code) => {
    expect(dropped(enrolled(), '2027-02-15T14:00:00Z', options)[1]?.slice(0, 3)).toEqual(['REF', '7G', code])
  })

  test('a cancelled service point can be enrolled again', () => {
    const utility = enrolled()
    dropped(utility, '2027-02-15T14:00:00Z')
    expect(
      verdicts(utility, [enrollment({ account: '0000000003', start: '2027-03-31' })], '2027-02-20T14:00:00Z'),
    ).toEqual(['WQ'])
  })
})
