/** Both sides wrote their X12 code apart from each other; here they meet. */
import { describe, expect, test } from 'vitest'
import { civilDate } from '../../../domain/civil-date.js'
import type { Outcome } from '../../../domain/refusal.js'
import { readInterchanges } from '../../../edi/read-interchanges.js'
import { readUtilityMessages } from '../../../edi/read-utility-messages.js'
import type { UtilityMessage } from '../../../edi/utility-messages.js'
import { writeDropRequests, writeEnrollmentRequests } from '../../../edi/write-requests.js'
import type { Answer } from '../../../simulators/answer.js'
import { aUtility, SUPPLIER, UTILITY } from './supplier-file.js'

const interchange = (control: number) =>
  ({
    sender: SUPPLIER,
    receiver: UTILITY,
    control,
    group: control,
    firstTransaction: 1,
    usage: 'T',
    date: civilDate('2027-01-25'),
    time: '08:00',
    senderName: '',
    receiverName: '',
  }) as const

const request = (account: string, servicePoint: string, start: string) => ({
  id: `E-${servicePoint}`,
  bgn: `B-${servicePoint}`,
  account,
  servicePoint,
  name: 'Zoé Ramírez',
  rate: 'MAHOMET-DS1',
  start: civilDate(start),
})

function contentOf(written: Outcome<string>): Buffer {
  if (!written.ok) throw new Error(written.refusal.message)
  return Buffer.from(written.value)
}

function messagesOf(answers: readonly Answer[]): UtilityMessage[] {
  return answers.flatMap(({ content }) => {
    const read = readInterchanges(content.toString('latin1'))
    if (!read.ok) throw new Error(read.refusal.message)
    return readUtilityMessages(read.value)
  })
}

describe('our files at the simulated utility, and its answers in our reader', () => {
  test('a cycle of accept, reject, rescission, drop, unsolicited enrollment and start is read without a rest', () => {
    const utility = aUtility({ script: { rescissions: [{ account: '0000000001', on: '2027-01-27' }] } })
    const requests = [
      request('0000000001', '0000000001001', '2027-02-02'),
      request('0000000006', '0000000006001', '2027-02-02'),
      request('0000000099', '0000000099001', '2027-02-02'),
      request('0000000003', '0000000003001', '2027-02-28'),
    ]
    const enrollments = contentOf(writeEnrollmentRequests(interchange(1), requests))
    utility.receive({ name: 'a.x12', content: enrollments, at: '2027-01-25T14:00:00Z' })
    const dropRequest = {
      ...request('0000000006', '0000000006001', '2027-02-02'),
      id: 'D-1',
      bgn: 'BD-1',
      reason: 'dropped-by-supplier',
      end: null,
    } as const
    const drops = contentOf(writeDropRequests(interchange(2), [dropRequest], 'F'))
    utility.receive({ name: 'b.x12', content: drops, at: '2027-01-25T15:00:00Z' })
    utility.sendManualEnrollment({
      at: '2027-01-30T15:00:00Z',
      account: '0000000077',
      servicePoint: '0000000077001',
      formerAccount: '0000000003',
      code: 'UIE',
      supplier: SUPPLIER,
      start: '2027-03-01',
    })

    const messages = messagesOf(utility.due('2028-01-01T00:00:00Z'))
    expect(messages.map(({ kind }) => kind)).toEqual([
      'acknowledgment',
      'acknowledgment',
      'enrollment-accepted',
      'enrollment-accepted',
      'enrollment-rejected',
      'enrollment-accepted',
      'drop-accepted',
      'drop-by-utility',
      'enrollment-unsolicited',
      'monthly-usage',
      'monthly-usage',
    ])
    expect(messages[0]).toMatchObject({ verdict: 'accepted', included: 4, accepted: 4 })
    expect(messages[2]).toMatchObject({
      id: 'E-0000000001001',
      bgn: 'B-0000000001001',
      processedOn: '2027-01-25',
      startsOn: '2027-02-02',
    })
    expect(messages[4]).toMatchObject({ id: 'E-0000000099001', reasons: ['A76'] })
    expect(messages[6]).toMatchObject({ id: 'D-1', bgn: 'BD-1', endsOn: '2027-02-02' })
    expect(messages[7]).toMatchObject({ account: '0000000001', codes: ['EB3'], processedOn: '2027-01-27' })
    expect(messages[8]).toMatchObject({ formerAccount: '0000000003', statuses: ['UIE'] })
    expect(messages[9]).toMatchObject({ servicePoint: '0000000003001', from: '2027-02-28', to: '2027-02-28' })
  })

  test('an interchange number used twice comes back as a rejected acknowledgment', () => {
    const utility = aUtility()
    const first = contentOf(
      writeEnrollmentRequests(interchange(1), [request('0000000001', '0000000001001', '2027-02-02')]),
    )
    const second = contentOf(
      writeEnrollmentRequests(interchange(1), [request('0000000006', '0000000006001', '2027-02-02')]),
    )
    utility.receive({ name: 'a.x12', content: first, at: '2027-01-25T14:00:00Z' })
    utility.receive({ name: 'b.x12', content: second, at: '2027-01-25T14:00:00Z' })
    expect(messagesOf(utility.due('2027-01-25T15:00:00Z'))).toMatchObject([
      { verdict: 'accepted' },
      { verdict: 'rejected' },
    ])
  })
})
