/** `edi read` and `edi write`: X12 interchanges by hand. What is written and what is refused is told in docs/edi.md. */
import { z } from 'zod'
import { type CivilDate, isCivilDate } from '../domain/civil-date.js'
import { type Interchange, readInterchanges } from '../edi/read-interchanges.js'
import { readUtilityMessages } from '../edi/read-utility-messages.js'
import { writeEnrollmentRequests } from '../edi/write-requests.js'
import { firstFault, InputFileError, readInputBytes, readJson } from '../persistence/input-file.js'
import type { EdiOptions } from './command-options.js'
import { printResult } from './output.js'

/** Shows a whole file; one that has any fault is refused with the place of the first. */
export async function ediRead(file: string, options: EdiOptions): Promise<void> {
  const read = readInterchanges(readInputBytes(file, 'interchange').toString('latin1'))
  if (!read.ok) throw new InputFileError(`${file}: ${read.refusal.message}`)
  const interchanges = read.value
  printResult(options, options.json ? { interchanges: interchanges.map(documentOf) } : null, sentences(interchanges))
}

/** Writes the requests of a JSON file as one interchange, and nothing else, to stdout. */
export async function ediWrite(file: string, _options: EdiOptions): Promise<void> {
  const document = readJson(file, 'request file')
  const parsed = REQUEST_FILE.safeParse(document)
  if (!parsed.success)
    throw new InputFileError(`${file}: ${placedFault(parsed.error, document)}; correct it and try again.`)
  const { requests, ...interchange } = parsed.data
  const written = writeEnrollmentRequests(interchange, requests)
  if (!written.ok) throw new InputFileError(`${file}: ${written.refusal.message}`)
  process.stdout.write(written.value)
}

const DAY = z.custom<CivilDate>(
  (value) => typeof value === 'string' && isCivilDate(value),
  'expected a day written YYYY-MM-DD',
)

const REQUEST_FILE = z.strictObject({
  sender: z.string(),
  receiver: z.string(),
  control: z.int(),
  group: z.int(),
  usage: z.enum(['T', 'P']),
  date: DAY,
  requests: z.array(
    z.strictObject({
      id: z.string(),
      bgn: z.string(),
      account: z.string(),
      servicePoint: z.string(),
      name: z.string(),
      // a code of digits is often typed without quotes
      rate: z.union([z.string(), z.number()], 'expected text').transform(String),
      start: DAY,
    }),
  ),
  time: z.string().default('00:00'),
  firstTransaction: z.int().default(1),
  senderName: z.string().default(''),
  receiverName: z.string().default(''),
})

/** `Request 2 (id "R-2"), field name: expected string`: an index alone is hard to find in a long file. */
function placedFault(error: z.ZodError, document: unknown): string {
  const [top, index, ...rest] = error.issues[0]?.path ?? []
  if (top !== 'requests' || typeof index !== 'number') return `the field ${firstFault(error)}`
  const id = z.object({ requests: z.array(z.unknown()) }).safeParse(document).data?.requests[index]
  const named = z.object({ id: z.string() }).safeParse(id).data
  const fault = firstFault(error).replace(/^[^:]*: /, '')
  return `Request ${index + 1}${named === undefined ? '' : ` (id ${JSON.stringify(named.id)})`}, ${rest.length === 0 ? '' : `field ${rest.join('.')}: `}${fault}`
}

function documentOf({ control, sender, receiver, groups }: Interchange): object {
  return {
    control,
    sender,
    receiver,
    groups: groups.map((group) => ({
      control: group.control,
      transactions: group.transactions.map((transaction) => ({
        control: transaction.control,
        set: transaction.set,
        segments: transaction.segments(),
      })),
    })),
  }
}

/**
 * What a person wants to know of a file: who wrote to whom, and what it says, counted. Never an account.
 * A drop request reads the same from either side; who asks is in the line above it.
 */
function sentences(interchanges: readonly Interchange[]): string[] {
  return interchanges.flatMap((interchange) => {
    const { control, sender, receiver, usage, groups } = interchange
    const counts = new Map<string, number>()
    for (const { kind, source } of readUtilityMessages([interchange])) {
      const said = kind === 'unrecognised' ? '' : kind === 'drop-by-utility' ? ' drop-requested' : ` ${kind}`
      const line = `  group ${source.group}, ${source.set}${said}`
      counts.set(line, (counts.get(line) ?? 0) + 1)
    }
    return [
      `Interchange ${control}${usage === 'T' ? ' (test)' : ''} from ${sender} to ${receiver}, ${groups.length} functional group${groups.length === 1 ? '' : 's'}:`,
      ...[...counts].map(([line, count]) => `${line}: ${count}`),
    ]
  })
}
