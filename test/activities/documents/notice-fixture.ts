/** Builders for letters with invented people. */
import type { PostalAddress, RateClass } from '../../../domain/account.js'
import { civilDate } from '../../../domain/civil-date.js'
import { instant } from '../../../domain/instant.js'
import { letterCode } from '../../../domain/letter-code.js'
import { noticeContent } from '../../../domain/notice-content.js'
import type { NoticeContent } from '../../../domain/notice-content.js'
import type { NoticeFacts } from '../../../domain/notice-facts.js'
import type { PlanTerms } from '../../../domain/plan.js'
import type { NoticeBatchJob, NoticeLetter } from '../../../activities/documents/notice-job.js'
import { readPlan } from '../../../persistence/plan-files.js'

export const mahomet: PlanTerms = readPlan('mahomet')

export function someFacts(change: Partial<NoticeFacts> = {}): NoticeFacts {
  return {
    supplier: {
      legalName: 'Prairie Wind Energy LLC',
      marketingName: 'Prairie Wind',
      addressLines: ['200 W. Example Street, Suite 1400', 'Springfield, IL 62701'],
      phone: '866-555-0142',
      phoneHours: 'answered 24 hours a day, by a person 8 a.m. to 5 p.m. on business days',
      url: 'https://prairiewind.example/mahomet',
      energyMix: '26% wind and solar, 74% other sources of the regional grid',
    },
    ratesMilliCents: { 'DS-1': 7290, 'DS-2': 7105, 'DS-3': 6900, 'DS-4': 6750 },
    defaultRates: {
      on: civilDate('2027-01-01'),
      milliCents: { 'DS-1': 8613, 'DS-2': 8402, 'DS-3': 7900, 'DS-4': 7400 },
    },
    termStart: '2027-06',
    termEnd: '2029-06',
    fees: { joining: 0, switching: 0, moving: 0, leaving: 0, toAggregatorDollars: 0, toConsultantMilliCents: 0 },
    plannedMailingDate: civilDate('2027-02-25'),
    printedDeadline: civilDate('2027-03-16'),
    optOut: {
      url: 'https://prairiewind.example/r/',
      phone: '866-555-0143',
      email: 'optout@prairiewind.example',
      fax: '217-555-0144',
      mailTo: ['Prairie Wind, Opt-out desk', 'P.O. Box 1044', 'Springfield, IL 62705'],
    },
    ...change,
  }
}

export function aContent(classes: readonly RateClass[] = ['DS-1'], change: Partial<NoticeFacts> = {}): NoticeContent {
  const made = noticeContent(mahomet, someFacts(change), classes)
  if (!made.ok) throw new Error(made.refusal.message)
  return made.value
}

export function anAddress(change: Partial<PostalAddress> = {}): PostalAddress {
  return {
    street: '1124 Marshall St',
    unit: 'Apt 15',
    city: 'Mahomet',
    state: 'IL',
    zip: '61853',
    zip4: '1003',
    ...change,
  }
}

export function aLetter(number: number, change: Partial<NoticeLetter> = {}): NoticeLetter {
  return {
    content: 'home',
    code: letterCode(number * 7_919_573),
    serial: number,
    name: 'Nguyễn Thị Miller',
    mailAddress: anAddress(),
    serviceAddress: anAddress(),
    accountNumber: String(1_000_000_000 + number * 137_731)
      .padStart(10, '0')
      .slice(-10),
    ...change,
  }
}

export function aBatch(
  file: string,
  letters: readonly NoticeLetter[],
  change: Partial<NoticeBatchJob> = {},
): NoticeBatchJob {
  return {
    file,
    batchId: 'drop-1-batch-1',
    drop: '1',
    plannedDate: civilDate('2027-02-25'),
    printedDeadline: civilDate('2027-03-16'),
    createdAt: instant('2027-02-20T14:00:00Z'),
    style: 'letter',
    contents: { home: aContent(), business: aContent(['DS-2']), both: aContent(['DS-1', 'DS-2']) },
    postal: { barcodeId: '00', serviceType: '310', mailerId: '900000123', verified: false },
    letters,
    ...change,
  }
}
