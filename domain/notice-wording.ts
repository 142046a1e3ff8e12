/**
 * The sentences of the opt-out letter, section by section, with the words by which each checklist item is found again.
 *
 * Plain English for every reader: short sentences, the word "you", no promise of savings.
 */
import type { Channel } from './receipt.js'
import type { NoticeItem } from './notice-checklist.js'
import type { KnownNotice } from './notice-facts.js'
import { centsInWords, wholeNumber } from './wording.js'

export interface NoticeSection {
  readonly heading: string
  readonly paragraphs: readonly string[]
  /** A last paragraph in another language. @unit language: BCP 47 */
  readonly translated?: { readonly text: string; readonly language: string }
  /** Which items of the checklist this section carries, each with words of its own that must be on the page. */
  readonly markers: Readonly<Partial<Record<NoticeItem, readonly string[]>>>
}

export interface ReplyMethod {
  readonly how: string
  readonly where: string
  /** When it is in time. */
  readonly rule: string
}

export interface ReplyWays {
  readonly heading: string
  readonly intro: string
  readonly methods: readonly ReplyMethod[]
  /** What silence means. */
  readonly after: string
  readonly markers: readonly string[]
}

export function openingSection(known: KnownNotice): NoticeSection {
  const { terms, text, deadline } = known
  const { aggregator } = terms
  return {
    heading: '',
    paragraphs: [
      `On ${text.referendumOn}, voters in ${aggregator.shortName} approved a referendum that lets the ${capitalized(aggregator.kind)} arrange the electricity supply of its homes and small businesses as one group. The board adopted the plan for this program on ${text.adoptedOn}. We asked licensed suppliers for sealed bids and chose **${text.legalName}**, known as ${text.marketingName}.`,
      `Under the plan your account joins the group **automatically, unless you opt out by ${deadline}**. To take part, do nothing. To stay out, use one of the ways on the back. There is no fee for either.`,
    ],
    markers: {
      authority: [
        text.referendumOn,
        text.adoptedOn,
        'approved a referendum',
        'joins the group automatically, unless you opt out',
      ],
    },
  }
}

export function priceNotes(known: KnownNotice): {
  readonly paragraphs: readonly string[]
  readonly markers: readonly string[]
} {
  const { terms, text } = known
  return {
    paragraphs: [
      `The program price is fixed from the meter read with which you join (${text.termStart} or later) to your ${text.termEnd} meter read. It covers ${known.fact('priceIncludes')}. Delivery charges and taxes are separate; delivery costs the same whether or not you take part. Energy mix: ${text.energyMix}.`,
      `The default price is what ${terms.utility.name} charges for supply on the day named. It can go up or down, so we cannot promise that you will always pay less. ${known.fact('earlyEnd')}`,
    ],
    markers: [
      text.termStart,
      text.termEnd,
      known.fact('priceIncludes'),
      known.fact('earlyEnd'),
      text.energyMix,
      'fixed from the meter read',
    ],
  }
}

/** What follows the price on the first page. */
export function frontSections(known: KnownNotice): NoticeSection[] {
  return [fees(known), delivery(known)]
}

/** The sections overleaf, in reading order. */
export function backSections(known: KnownNotice): NoticeSection[] {
  return [nextSteps(known), choices(known), assistance(known), questions(known)]
}

function fees(known: KnownNotice): NoticeSection {
  const { aggregator } = known.terms
  const costs = `${known.fact('programCosts')} ${paymentsInWords(known)}`
  return {
    heading: 'No fees',
    paragraphs: [
      `You pay **no fee** to join, to switch, to opt out, to move within ${aggregator.shortName}, or to leave the program later, at any time and for any reason. ${costs}`,
    ],
    markers: { fees: ['You pay no fee to join', 'to leave the program later', costs] },
  }
}

function paymentsInWords(known: KnownNotice): string {
  const { toAggregatorDollars, toConsultantMilliCents } = known.fees
  const place = capitalized(known.terms.aggregator.kind)
  if (toAggregatorDollars === 0 && toConsultantMilliCents === 0)
    return `No payment to the ${place} or to a consultant is part of the price.`
  const named = known.terms.noticeFacts['consultantName']?.value
  const consultant = named === undefined ? 'to a consultant' : `to the consultant ${named.replace(/\.$/, '')}`
  const toVillage = `It pays the ${place} $${wholeNumber(toAggregatorDollars)}`
  const toConsultant =
    toConsultantMilliCents === 0
      ? 'nothing of the price goes'
      : `${centsInWords(toConsultantMilliCents)}¢ per kWh of the price goes`
  return `${toVillage}, and ${toConsultant} ${consultant}.`
}

/** The ways to reply, in the plan's order of channels, each with its own rule of time. */
export function replyWays(known: KnownNotice): ReplyWays {
  const { terms, text, deadline } = known
  const postmark = `Postmarked by ${deadline}`
  const receipt = `Received by ${deadline}`
  const ways: Record<Channel, ReplyMethod> = {
    // cut off, it is lower than the smallest piece the post office takes, bears no postage and shows an account number
    card: { how: 'By mail', where: 'Sign the card below and mail it in a stamped envelope', rule: postmark },
    phone: { how: 'By phone', where: text.optOutPhone, rule: receipt },
    web: { how: 'Online', where: `${shortLink(text.optOutUrl)}, or scan the square code on the card`, rule: receipt },
    email: { how: 'By e-mail', where: text.optOutEmail, rule: receipt },
    fax: { how: 'By fax', where: text.optOutFax, rule: receipt },
    counter: { how: 'In person', where: terms.aggregator.addressLines.join(', '), rule: receipt },
  }
  const after = `If you do not opt out in one of these ways, your account joins the program. If you opt out, your supply stays as it is.`
  return {
    heading: 'How to opt out',
    intro: `You have until **${deadline}**, the whole day included. Any one of these ways is enough; have the letter code from the card at hand.`,
    methods: terms.channels.value.map((channel) => ways[channel]),
    after,
    markers: [deadline, 'the whole day included', after],
  }
}

function nextSteps(known: KnownNotice): NoticeSection {
  const { terms, text } = known
  const utility = terms.utility.name
  const transition = `The change then comes with one of your next meter reads, within about ${known.fact('transitionDays')} days.`
  const rolled =
    terms.rescissionRoll.value === 'nextBusinessDay'
      ? ' (or to the next business day, if the last one is not a business day)'
      : ''
  const rescission = `For ${terms.rescissionDays.value} calendar days after ${utility} processes the enrollment${rolled} you may cancel it with ${utility}, free of charge.`
  return {
    heading: 'What happens if you take part',
    paragraphs: [
      `After the deadline ${text.marketingName} asks ${utility} to switch your supply. ${transition} ${known.fact('utilityLetter')} That gives you a second chance to say no. ${rescission} ${known.fact('rejoin')}`,
    ],
    markers: { transition: [transition], rescission: [known.fact('utilityLetter'), rescission] },
  }
}

function delivery(known: KnownNotice): NoticeSection {
  return {
    heading: 'What stays the same',
    paragraphs: [
      `${known.fact('delivery')} ${known.fact('oneBill')} The utility's number for outages is on your bill.`,
    ],
    markers: { delivery: [known.fact('delivery'), known.fact('oneBill')] },
  }
}

/** The choice of another supplier stands without any price beside it; the utility's own price is the table's. */
function choices(known: KnownNotice): NoticeSection {
  const said = [known.fact('supplierChoice'), known.fact('ipaList'), known.fact('utilityService')]
  const listed = `Offers of suppliers are listed at **${known.fact('comparisonSite')}**.`
  return {
    heading: 'Your other choices',
    paragraphs: [
      `${said[0]} ${listed} ${said[1]} ${said[2]} To keep it, opt out; to go back to it later, call ${known.terms.utility.name}. Its price is in the table on the first page.`,
    ],
    markers: { choice: [...said, known.fact('comparisonSite'), 'Its price is in the table on the first page'] },
  }
}

function assistance(known: KnownNotice): NoticeSection {
  const said = [known.fact('pippConsequence'), known.fact('billPrograms')]
  return {
    heading: 'Bill assistance and other programs',
    paragraphs: [said.join(' ')],
    markers: { assistance: said },
  }
}

function questions(known: KnownNotice): NoticeSection {
  const { text } = known
  const address = known.supplierAddress.join(', ')
  const spanish = `${known.fact('languageHelpSpanish')} Llame al ${text.phone}.`
  const complaints = `Complaints go to the ${known.fact('commissionName')}, ${known.fact('iccPhone')}.`
  return {
    heading: 'Questions',
    paragraphs: [
      `Call ${text.marketingName} at **${text.phone}** (${text.phoneHours}), visit ${shortLink(text.url)}, or write to ${text.legalName}, ${address}. ${known.fact('languageHelp')} ${known.fact('hearingImpaired')} ${complaints}`,
    ],
    translated: { text: spanish, language: 'es' },
    markers: {
      supplier: [text.legalName, text.marketingName, text.phone, text.phoneHours, shortLink(text.url), address],
      complaints: [complaints, known.fact('languageHelp'), spanish, known.fact('hearingImpaired')],
    },
  }
}

/** A link as people type it. */
function shortLink(url: string): string {
  return url.replace(/^https?:\/\//, '').replace(/\/$/, '')
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}
