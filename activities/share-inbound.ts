/**
 * Takes a file of the utility in: stored verbatim once, and every transaction given to one program.
 *
 * Who gets what is decided here, in the transaction that stores the file, and never again: a run that asked later could find the
 * enrollment ended by the very drop that it looks for, and two runs could each leave a transaction to the other.
 */
import type { UtilityMessage } from '../edi/utility-messages.js'
import { readInterchanges } from '../edi/read-interchanges.js'
import { readUtilityMessages } from '../edi/read-utility-messages.js'
import {
  giveShares,
  type InboundFile,
  isQuarantinedByAll,
  type Shares,
  storeContent,
} from '../persistence/ledger/inbound-files.js'
import type { Trx } from '../persistence/ledger/journal.js'
import {
  type Clues,
  ownersOf,
  programsBySeniority,
  type SupplierProgram,
} from '../persistence/ledger/transaction-owners.js'
import { keyOf, supplierOf } from './inbound-message.js'

/** Nothing is done for bytes that were stored before, unless they were of no use then and are now. */
export async function takeIn(trx: Trx, file: InboundFile): Promise<void> {
  const isNew = await storeContent(trx, file)
  if (!isNew && !(await isQuarantinedByAll(trx, file.sha256))) return
  const programs = await programsBySeniority(trx)
  const shares = await sharesOf(trx, file.content, programs)
  const [first] = programs
  if (shares.size > 0) await giveShares(trx, file, shares)
  // it is quarantined by its run, which tells a person so
  else if (isNew && first !== undefined) await giveShares(trx, file, new Map([[first.programId, null]]))
}

/** Empty when the file cannot be read, or no program has a supplier that it is for. */
async function sharesOf(trx: Trx, content: Uint8Array, programs: readonly SupplierProgram[]): Promise<Shares> {
  const read = readInterchanges(Buffer.from(content).toString('latin1'))
  if (!read.ok) return new Map()
  const receivers = new Set(
    read.value.flatMap(({ receiver, groups }) =>
      groups.flatMap((group) => (group.receiver === receiver ? receiver : [])),
    ),
  )
  const concerned = programs.filter(({ supplierId }) => supplierId !== null && receivers.has(supplierId))
  const [first, ...others] = concerned
  if (first === undefined) return new Map()
  if (others.length === 0) return new Map([[first.programId, null]])
  const messages = readUtilityMessages(read.value)
  const owners = await ownersAmong(trx, concerned, messages)
  const places = new Map<string, number[]>()
  for (const [place, owner] of owners.entries()) {
    const programId = owner ?? first.programId
    const mine = places.get(programId)
    if (mine === undefined) places.set(programId, [place])
    else mine.push(place)
  }
  return places
}

/** Null: for a supplier that none of the programs has. What nobody owns goes to the first program of its supplier. */
async function ownersAmong(
  trx: Trx,
  programs: readonly SupplierProgram[],
  messages: readonly UtilityMessage[],
): Promise<readonly (string | null)[]> {
  const owners: (string | null)[] = messages.map(() => null)
  const formerNumbers = formerNumbersIn(messages)
  for (const supplierId of new Set(programs.map((program) => program.supplierId))) {
    const sharing = programs.filter((program) => program.supplierId === supplierId).map((program) => program.programId)
    const theirs = [...messages.entries()].filter(([, message]) => supplierOf(message) === supplierId)
    const clues = theirs.map(([, message]) => cluesIn(message, formerNumbers))
    const found = sharing.length === 1 ? [] : await ownersOf(trx, sharing, clues)
    for (const [index, [place]] of theirs.entries()) owners[place] = found[index] ?? sharing[0] ?? null
  }
  return owners
}

/** A number that this very file gives to an account may be used further on in it. */
function formerNumbersIn(messages: readonly UtilityMessage[]): ReadonlyMap<string, string> {
  return new Map(
    messages.flatMap((message) =>
      message.kind === 'enrollment-unsolicited' && message.formerAccount !== null
        ? [[message.account, message.formerAccount] as const]
        : [],
    ),
  )
}

const NO_CLUES = { lin01: null, bgn02: null, gs06: null, accounts: [], servicePoint: null }

function cluesIn(message: UtilityMessage, formerNumbers: ReadonlyMap<string, string>): Clues {
  const known = { ...NO_CLUES, key: keyOf(message) }
  if (message.kind === 'unrecognised') return known
  if (message.kind === 'acknowledgment') return { ...known, gs06: Number(message.acknowledgedGroup) }
  const answered = 'bgn' in message ? { lin01: message.id, bgn02: message.bgn } : {}
  const former = formerNumbers.get(message.account)
  const accounts = former === undefined ? [message.account] : [message.account, former]
  return { ...known, ...answered, accounts, servicePoint: message.servicePoint }
}
