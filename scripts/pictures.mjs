// Makes docs/pictures/ from a finished demo: node scripts/pictures.mjs [out/mahomet]
// Needs pdftoppm (poppler-utils) and a headless Chromium on PATH, or CHROMIUM=<path>; with ImageMagick the files are smaller.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import { ensureBuilt } from './build.mjs'

const demo = process.argv[2] ?? 'out/mahomet'
const pictures = fileURLToPath(new URL('../docs/pictures', import.meta.url))
mkdirSync(pictures, { recursive: true })

page('initial-notice-1-1.pdf', 1, 'letter-front')
page('initial-notice-1-1.pdf', 2, 'letter-back')
page('initial-undo-0-1.pdf', 1, 'letter-undo')
await terminal(await linesOfDemo(), 'timeline')

function page(file, number, name) {
  const pages = ['-f', number, '-l', number, '-singlefile'].map(String)
  execFileSync('pdftoppm', ['-png', '-r', '84', ...pages, join(demo, 'letters', file), join(pictures, name)])
  made(name)
}

/** The timeline and the table as the demo printed them, with marks around what the terminal shows bold ⟪ ⟫ and dim ⟨ ⟩. */
async function linesOfDemo() {
  await ensureBuilt()
  const { createTimeline } = await import('../dist/domain/timeline.js')
  const { recallPlan } = await import('../dist/persistence/plan-cache.js')
  const { PEOPLE } = await import('../dist/cli/rehearsal/stand-ins.js')
  const { conservationInWords, timelineInWords } = await import('../dist/cli/rehearsal/sentences.js')
  const terms = await recallPlan('mahomet')
  const timeline = createTimeline(terms.zone)
  for (const line of readFileSync(join(demo, 'journal.jsonl'), 'utf8').trim().split('\n')) {
    const { seq, kind, cohort, recorded_at: recordedAt, clause, data } = JSON.parse(line)
    timeline.add({ seq, kind, cohort, recordedAt, clause, data: { ...data, person: PEOPLE.get(data.person) } })
  }
  const { lines, digest } = timeline.build()
  const ink = { strong: (text) => `⟪${text}⟫`, quiet: (text) => `⟨${text}⟩` }
  const refused = readFileSync(join(demo, 'problems.csv'), 'utf8').trim().split('\n').length - 1
  const { conservation } = JSON.parse(readFileSync(join(demo, 'summary.json'), 'utf8'))
  const told = timelineInWords(digest, [lines[0].date, lines.at(-1).date], terms, ink)
  return [
    ...told.slice(0, 10),
    ...['Wed Jan 20', 'Jan 25-31', 'Feb 1-7', 'Wed Feb 17'].flatMap((day) => [
      `${' '.repeat(13)}⋮`,
      ...entriesOf(told, day),
    ]),
    `${' '.repeat(13)}⋮`,
    '',
    ...conservationInWords(conservation, refused, ink),
  ]
}

/** All lines under one label. */
function entriesOf(told, label) {
  const start = told.findIndex((line) => line.includes(label.padEnd(13)))
  const length = told.slice(start + 1).findIndex((line) => line === '' || /^⟪\S/.test(line))
  return told.slice(start, start + 1 + length)
}

async function terminal(lines, name) {
  const html = lines
    .join('\n')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replace(/[⟪⟫⟨⟩]/g, (mark) => ({ '⟪': '<b>', '⟫': '</b>', '⟨': '<i>', '⟩': '</i>' })[mark])
  const browser = await chromium.launch({ executablePath: browserPath(), args: ['--no-sandbox'] })
  const tab = await browser.newPage({ deviceScaleFactor: 1.5 })
  await tab.setContent(`<style>
    pre { margin: 0; padding: 18px 22px; font: 13px/1.36 'DejaVu Sans Mono', monospace; background: #fbfaf7; color: #1d2b26; width: 80ch }
    b { color: #0f4d3a }  i { font-style: normal; color: #7d8782 }
  </style><pre>${html}</pre>`)
  await tab.locator('pre').screenshot({ path: join(pictures, `${name}.png`) })
  await browser.close()
  made(name)
}

function made(name) {
  const file = join(pictures, `${name}.png`)
  const imageMagick = onPath(['magick', 'convert'])
  if (imageMagick !== undefined)
    execFileSync(imageMagick, [file, '-strip', '-dither', 'None', '-colors', '48', `PNG8:${file}`])
  process.stderr.write(`docs/pictures/${name}.png\n`)
}

function browserPath() {
  const path =
    process.env.CHROMIUM ?? onPath(['chromium-headless-shell', 'chromium', 'chromium-browser', 'google-chrome'])
  if (path === undefined) throw new Error('No Chromium on PATH; install one or name it with CHROMIUM=<path>.')
  return path
}

function onPath(names) {
  for (const name of names) {
    try {
      return execFileSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).trim()
    } catch {
      // the next name
    }
  }
  return undefined
}
