// Writes docs/events.md from the event catalogue: node scripts/event-catalogue.mjs
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ensureBuilt } from './build.mjs'

const page = fileURLToPath(new URL('../docs/events.md', import.meta.url))

/** The page as it should be, for the catalogue as it is. */
export async function eventPage() {
  await ensureBuilt()
  const { EVENT_CATALOGUE, sentenceForMany } = await import('../dist/domain/events.js')
  const { WORK_ITEM_KINDS } = await import('../dist/domain/work-item-kinds.js')
  const entries = Object.entries(EVENT_CATALOGUE)
  const rows = (about) =>
    entries
      .filter(([, entry]) => entry.about === about)
      .map(([kind, entry]) => `| \`${kind}\` | ${said(entry.one)} | ${several(kind, entry, sentenceForMany)} |`)
  return [
    '# Everything the journal can say',
    '',
    'Made from [`domain/events.ts`](../domain/events.ts) by `node scripts/event-catalogue.mjs`; edit the catalogue, not this page.',
    'A word in braces is filled from the entry; how numbers, days and lists are written is in [`domain/event-sentence.ts`](../domain/event-sentence.ts).',
    'Every entry also carries the instant it was recorded, the day or instant it took effect, who did it, and the clause where one decides.',
    '',
    '## About the program',
    '',
    '| kind | one entry | several, in a timeline |',
    '|---|---|---|',
    ...rows('program'),
    '',
    '## About one account',
    '',
    '| kind | one entry, on the page of its account | several, in a timeline |',
    '|---|---|---|',
    ...rows('account'),
    '',
    '## What can wait for a person',
    '',
    '| kind of work item | what is to be done |',
    '|---|---|',
    ...Object.entries(WORK_ITEM_KINDS).map(([kind, words]) => `| \`${kind}\` | ${said(words.todo)} |`),
    '',
  ].join('\n')
}

/** `{n reply/replies}` is shown as `{n} replies`; marks that only say how to write a value are left out. */
function said(sentence) {
  return sentence
    .replace(/\{(\w+)[,#~]?(?: [^{}/]+\/([^{}]+))?\}/g, (_, name, many) =>
      many === undefined ? `{${name}}` : `{${name}} ${many}`,
    )
    .replaceAll('|', '\\|')
}

function several(kind, entry, sentenceForMany) {
  if (kind === 'work-item-opened') return 'To do: what the table below says'
  if (kind === 'work-item-closed') return 'Done: {n} of the same'
  const sentence = sentenceForMany(kind, {})
  const note = { 'by-week': ' (by the week)', 'left-out': 'not in the digest' }[entry.digest] ?? ''
  if (sentence !== undefined) return said(sentence) + note
  return note || (entry.about === 'program' ? 'one by one' : 'not in a timeline')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(page, await eventPage())
  process.stderr.write('wrote docs/events.md\n')
}
