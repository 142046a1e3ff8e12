/** The same letters for every contestant, and their words without our layout. */
import type { NoticeLetter } from '../../../activities/documents/notice-job.js'
import type { NoticeContent } from '../../../domain/notice-content.js'
import { aContent, aLetter } from '../../activities/documents/notice-fixture.js'

export function sampleLetters(count: number): NoticeLetter[] {
  return Array.from({ length: count }, (_, n) => aLetter(n + 1))
}

export interface Block {
  readonly kind: 'title' | 'heading' | 'text' | 'row'
  readonly text: string
}

export interface PlainLetter {
  readonly head: readonly string[]
  readonly front: readonly Block[]
  readonly back: readonly Block[]
  readonly card: readonly string[]
  /** What the QR code holds before the letter code. */
  readonly link: string
}

/** Every word of the notice as a list of blocks; bold words are set plain. */
export function plainLetter(content: NoticeContent = aContent()): PlainLetter {
  const { aggregator, price, replies, card, signature } = content
  const sections = (list: NoticeContent['front']): Block[] =>
    list.flatMap((section) => [
      ...heading(section.heading),
      ...section.paragraphs.map(text),
      ...(section.translated === undefined ? [] : [text(section.translated.text)]),
    ])
  return {
    head: [aggregator.name, ...aggregator.addressLines, aggregator.phone, content.programName],
    front: [
      text(content.letterDate),
      ...content.glance.map(({ label, value }) => row(`${label}: ${value}`)),
      { kind: 'title', text: content.title },
      text(content.salutation),
      ...sections([content.opening]),
      ...heading(price.heading),
      ...[price.columns, ...price.rows].map((cells) => row(cells.join('   '))),
      ...price.notes.map(text),
      ...sections(content.front),
      text(content.turnOver),
    ],
    back: [
      ...heading(replies.heading),
      text(replies.intro),
      ...replies.methods.map(({ how, where, rule }) => row(`${how}   ${where}   ${rule}`)),
      text(replies.after),
      ...sections(content.back),
      text(`${signature.name}, ${signature.title}`),
    ],
    card: [card.heading, card.due, card.statement, card.returnLabel, ...card.returnTo, card.scanHint],
    link: content.replyLink,
  }
}

/** What of the letter is the household's own, on either page. */
export function ownLines({ name, mailAddress, serviceAddress, accountNumber, code }: NoticeLetter) {
  const { street, unit, city, state, zip, zip4 } = mailAddress
  return {
    address: [name, `${street} ${unit}`, `${city}, ${state} ${zip}-${zip4}`],
    card: [`Account ${accountNumber}`, `${serviceAddress.street} ${serviceAddress.unit}`, code],
  }
}

function heading(words: string): Block[] {
  return words === '' ? [] : [{ kind: 'heading', text: words }]
}

function text(words: string): Block {
  return { kind: 'text', text: words.replaceAll('**', '') }
}

function row(words: string): Block {
  return { kind: 'row', text: words.replaceAll('**', '') }
}
