/** The same 814 transactions for every contestant: what a utility answers, and what a supplier asks for. */
import { civilDate } from '../../../domain/civil-date.js'
import type { EnrollmentRequest, RequestInterchange } from '../../../edi/write-requests.js'
import { type RawTransaction, rawInterchange } from '../../edi/raw-interchange.js'

/** One interchange of a utility that accepts so many enrollments. */
export function acceptances(count: number): string {
  return rawInterchange([Array.from({ length: count }, (_, n) => acceptance(n))], { lineEnd: '\n' })
}

function acceptance(n: number): RawTransaction {
  const account = accountOf(n)
  return [
    '814',
    `BGN*11*U-55${serial(n)}*20270105***B-2027-${serial(n)}`,
    'N1*8S*Utility*9*1234567890001',
    'N1*SJ*Supplier*1*006900001',
    `N1*8R*HOUSEHOLDER ${n}`,
    `LIN*E-2027-${serial(n)}*SH*EL*SH*CE`,
    'ASI*WQ*021',
    `REF*12*${account}`,
    `REF*LU*${account}001`,
    'REF*BLT*LDC',
    'REF*PC*LDC',
    'DTM*150*20270202',
  ]
}

export const INTERCHANGE: RequestInterchange = {
  sender: '006900001',
  receiver: '1234567890001',
  control: 77,
  group: 9,
  usage: 'T',
  date: civilDate('2027-01-04'),
  time: '00:00',
  firstTransaction: 1,
  senderName: 'Supplier',
  receiverName: 'Utility',
}

export function enrollments(count: number): EnrollmentRequest[] {
  return Array.from({ length: count }, (_, n) => ({
    id: `E-2027-${serial(n)}`,
    bgn: `B-2027-${serial(n)}`,
    account: accountOf(n),
    servicePoint: `${accountOf(n)}001`,
    name: `Householder ${n}`,
    rate: 'MAHOMET-DS1',
    start: civilDate('2027-02-02'),
  }))
}

/** The segments between ST and SE of an enrollment request, for writers that take segments. */
export function enrollmentSegments(request: EnrollmentRequest): readonly (readonly [string, ...string[]])[] {
  return [
    ['BGN', '13', request.bgn, '20270104'],
    ['N1', '8S', INTERCHANGE.receiverName, '9', INTERCHANGE.receiver],
    ['N1', 'SJ', INTERCHANGE.senderName, '1', INTERCHANGE.sender],
    ['N1', '8R', request.name],
    ['LIN', request.id, 'SH', 'EL', 'SH', 'CE'],
    ['ASI', '7', '021'],
    ['REF', '12', request.account],
    ['REF', 'LU', request.servicePoint],
    ['REF', 'BLT', 'LDC'],
    ['REF', 'PC', 'LDC'],
    ['REF', 'RB', request.rate],
    ['DTM', '150', '20270202'],
  ]
}

function serial(n: number): string {
  return String(n + 1).padStart(6, '0')
}

function accountOf(n: number): string {
  return String(7_000_000 + n * 37).padStart(10, '0')
}
