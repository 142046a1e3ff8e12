/**
 * What the opt-out letter says: one pure function from plan and facts to the words, with the checklist that proves them.
 *
 * The words are ours and plain; every number, date, name and address comes from the plan or from the facts. A value that
 * the letter needs and nobody knows is a refusal: the proof stops. `**…**` marks words that are set in bold.
 */
import type { RateClass } from './account.js'
import type { CivilDate } from './civil-date.js'
import { NOTICE_ITEMS, noticeItemKey } from './notice-checklist.js'
import type { ChecklistEntry, NoticeItem } from './notice-checklist.js'
import { knownNotice, noticeFault } from './notice-facts.js'
import type { KnownNotice, NoticeFacts } from './notice-facts.js'
import { backSections, frontSections, openingSection, priceNotes, replyWays } from './notice-wording.js'
import type { NoticeSection, ReplyWays } from './notice-wording.js'
import type { PlanTerms } from './plan.js'
import { accepted } from './refusal.js'
import type { Outcome } from './refusal.js'
import { dateInWords } from './wording.js'

export type { NoticeFacts } from './notice-facts.js'

export interface NoticeContent {
  /** @unit BCP 47 tag of the letter's language. */
  readonly language: 'en-US'
  readonly aggregator: {
    readonly name: string
    readonly shortName: string
    readonly addressLines: readonly string[]
    readonly phone: string
  }
  /** Under the aggregator's name on the letterhead. */
  readonly programName: string
  readonly letterDate: string
  readonly title: string
  readonly salutation: string
  /** The four things to know, beside the address. */
  readonly glance: readonly { readonly label: string; readonly value: string }[]
  readonly opening: NoticeSection
  readonly price: {
    readonly heading: string
    readonly columns: readonly [string, string, string]
    readonly rows: readonly (readonly [string, string, string])[]
    readonly notes: readonly string[]
  }
  /** After the price, on the first page. */
  readonly front: readonly NoticeSection[]
  readonly turnOver: string
  readonly replies: ReplyWays
  /** Overleaf, above the card. */
  readonly back: readonly NoticeSection[]
  readonly signature: { readonly name: string; readonly title: string }
  readonly card: {
    readonly heading: string
    readonly due: string
    readonly statement: string
    readonly returnLabel: string
    readonly returnTo: readonly string[]
    readonly scanHint: string
  }
  /** What the QR code holds, up to the letter code that follows it. */
  readonly replyLink: string
  readonly checklist: readonly ChecklistEntry[]
}

/**
 * The letter for accounts with service points of these classes, named in the order of the price table.
 *
 * Refuses with `NOTICE_INCOMPLETE` naming each unknown value, `NOTICE_FEE` for a fee, `NOTICE_PRICE` for a price that is no
 * whole positive number, `NOTICE_DATES` for a deadline earlier than the plan's window or a term that ends before it begins.
 */
export function noticeContent(
  terms: PlanTerms,
  facts: NoticeFacts,
  classes: readonly RateClass[],
): Outcome<NoticeContent> {
  const refusal = noticeFault(terms, facts, classes)
  if (refusal !== null) return { ok: false, refusal }
  return accepted(compose(knownNotice(terms, facts, classes), facts))
}

function compose(known: KnownNotice, facts: NoticeFacts): NoticeContent {
  const { terms, text, deadline } = known
  const { aggregator } = terms
  const opening = openingSection(known)
  const front = frontSections(known)
  const back = backSections(known)
  const notes = priceNotes(known)
  const replies = replyWays(known)
  const markers: Partial<Record<NoticeItem, readonly string[]>> = {
    aggregator: [aggregator.name, aggregator.signatory.name, aggregator.signatory.title],
    price: [...known.rows.flat(), ...notes.markers, text.defaultOn],
    deadline: [...replies.markers, ...replies.methods.map((method) => method.rule)],
    card: [...CARD_FIELDS, cardStatement(known)],
  }
  for (const section of [opening, ...front, ...back]) Object.assign(markers, section.markers)
  return {
    language: 'en-US',
    aggregator: {
      name: aggregator.name,
      shortName: aggregator.shortName,
      addressLines: aggregator.addressLines,
      phone: aggregator.phone,
    },
    programName: 'Electricity Aggregation Program',
    letterDate: dateInWords(facts.plannedMailingDate as CivilDate),
    title: `A group price for electricity in ${aggregator.shortName}`,
    salutation: `Dear ${aggregator.shortName} electric customer,`,
    glance: [
      {
        label: 'Program price',
        value: known.rows.length === 1 ? `${known.rows[0]?.[1]} per kWh` : 'See the table below',
      },
      { label: 'Price agreed', value: `until ${text.termEnd}` },
      { label: 'To take part', value: 'Do nothing' },
      { label: 'To stay out, reply by', value: deadline },
    ],
    opening,
    price: {
      heading: 'The price',
      columns: [
        'Type of service',
        'Program price per kWh',
        `${terms.utility.name} default price per kWh, ${text.defaultOn}`,
      ],
      rows: known.rows,
      notes: notes.paragraphs,
    },
    front,
    turnOver: 'How to opt out, and your other choices: please turn over',
    replies,
    back,
    signature: aggregator.signatory,
    card: {
      heading: 'Opt-out card',
      due: `Postmarked ${deadline} or earlier`,
      statement: cardStatement(known),
      returnLabel: 'Mail to:',
      returnTo: known.mailTo,
      scanHint: 'Or scan to opt out online',
    },
    replyLink: text.optOutUrl,
    checklist: NOTICE_ITEMS.map((id) => {
      const item = terms.noticeFacts[noticeItemKey(id)]
      return { id, label: item?.value ?? id, clause: item?.cite ?? '', markers: markers[id] ?? [] }
    }),
  }
}

/** Labels of the card that its reader fills in or checks. */
export const CARD_FIELDS = [
  'Account holder',
  'Account number',
  'Service address',
  'Signature',
  'Date',
  'Phone',
  'Letter code',
] as const

function cardStatement(known: KnownNotice): string {
  return `I do not want this account in the ${known.terms.aggregator.name} electricity program.`
}
