/** Settings of the embedded stack: invented addresses, on names that no network resolves. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ProgramSettings } from '../../activities/context.js'
import type { Instant } from '../../domain/instant.js'
import type { PlanTerms } from '../../domain/plan.js'
import type { SimulatedMailCatcher } from '../../simulators/mail-catcher.js'
import { invitedReplies } from '../rehearsal/replies.js'
import type { EmbeddedParties } from './parties.js'

export function embeddedSettings(terms: PlanTerms): ProgramSettings {
  return {
    replies: invitedReplies(terms),
    // made up: the postal service assigns these
    postal: { barcodeId: '00', serviceType: '040', mailerId: '900000000', verified: false },
    letterStyle: process.env['METERHALL_LETTERS'] === 'blank' ? 'blank' : 'letter',
    mailFrom: 'aggregation@village.example',
    utilityMail: 'government-aggregation@utility.example',
    usage: 'T',
  }
}

const LISTS = ['utility-fixed-price.csv', 'retail-supplier.csv', 'utility-hourly.csv'] as const
const answered = new WeakMap<SimulatedMailCatcher, number>()

/** The simulated utility reads its mail: each data request that came since the last look is answered with the example's lists. */
export function answerDataRequests(
  catcher: SimulatedMailCatcher,
  parties: EmbeddedParties,
  folder: string,
  now: Instant,
): void {
  const messages = catcher.messages()
  for (const message of messages.slice(answered.get(catcher) ?? 0)) {
    const pdf = message.attachments[0]?.content ?? null
    parties.utility.answerDataRequest({
      at: now,
      pdf,
      lists: LISTS.map((name) => ({ name, content: readFileSync(join(folder, name)) })),
    })
  }
  answered.set(catcher, messages.length)
}
