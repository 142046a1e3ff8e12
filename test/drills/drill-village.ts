/** Sixty households in two bill groups, with one of everything that moves a household after the roster is frozen. */
import { civilDate } from '../../domain/civil-date.js'
import { instant } from '../../domain/instant.js'
import { accountNumber, type LargeVillage, largeVillage } from '../support/large-village.js'

const ACCOUNTS = 60
const BILL_GROUP_COLUMN = 15

/** Of the auto-enrolled: what each of these does is fixed here, so that a drill can ask for it. */
export const WHO = {
  optsOutInTime: accountNumber(20),
  optsOutInTimeToo: accountNumber(40),
  /** A card that was mailed in time and comes when the enrollment is accepted. */
  cardAfterTheFreeze: accountNumber(10),
  rejectedForGood: accountNumber(5),
  rescinds: accountNumber(11),
} as const

export const DAYS = { lateCard: '2027-02-25T10:30:00-06:00', rescission: civilDate('2027-02-26') } as const

/** Where the sixty stand when all is over: row states, counted. Whoever is not auto-enrolled stays `listed`. */
export const ENDS_AS = { 'in-service': 52, listed: 3, 'opted-out': 3, rejected: 1, rescinded: 1 } as const
/** Three print batches, each with its manifest, and three interchanges. */
export const FILES_AT_PARTIES = 9

export function drillVillage(accounts = ACCOUNTS): LargeVillage {
  const village = largeVillage(accounts)
  const inTwoGroups = (content: Buffer): Buffer => {
    const [header = '', ...rows] = content.toString().trimEnd().split('\n')
    const regrouped = rows.map((row) => {
      const fields = row.split(',')
      fields[BILL_GROUP_COLUMN] = String(1 + (Number(fields[BILL_GROUP_COLUMN]) % 2))
      return fields.join(',')
    })
    return Buffer.from(`${[header, ...regrouped].join('\n')}\n`)
  }
  const byPhone = (account: string, received: string) => ({
    account,
    channel: 'phone' as const,
    received: instant(received),
  })
  return {
    ...village,
    lists: village.lists.map((list) => ({ ...list, content: inTwoGroups(list.content) })),
    script: {
      ...village.script,
      receipts: [
        byPhone(WHO.optsOutInTime, '2027-01-26T10:30:00-06:00'),
        byPhone(WHO.optsOutInTimeToo, '2027-02-02T15:30:00-06:00'),
        {
          account: WHO.cardAfterTheFreeze,
          channel: 'card',
          postmark: civilDate('2027-02-08'),
          received: instant(DAYS.lateCard),
        },
      ],
      utility: {
        rejects: [{ account: WHO.rejectedForGood, code: 'NFI' }],
        rescissions: [{ account: WHO.rescinds, on: DAYS.rescission }],
        actualStarts: [],
      },
    },
  }
}
