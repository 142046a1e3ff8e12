/**
 * The text of a list file, in pieces, with `\n` as the only line end.
 *
 * Encoding: a byte order mark wins, then the mapping, then UTF-8 if the whole file is valid UTF-8, else Windows-1252.
 * A byte that the encoding does not know, and a NUL, refuse the file with its line; nothing is replaced silently.
 */
import { isUtf8 } from 'node:buffer'
import iconv from 'iconv-lite'
import { InputFileError } from '../input-file.js'
import type { ListMapping } from '../list-mapping.js'
import { bytesOf, type ListSource } from './list-source.js'

type Encoding = NonNullable<ListMapping['encoding']>

/** Longest line and longest record; a list row has a few hundred characters, so more is damage. */
export const LONGEST_RECORD = 1_000_000

/** @throws InputFileError naming file and line. */
export async function* textOf(source: ListSource, wanted: Encoding | undefined): AsyncGenerator<string> {
  const mark = await byteOrderMark(source)
  const encoding = mark?.encoding ?? wanted ?? ((await isAllUtf8(source)) ? 'utf-8' : 'windows-1252')
  const pieces = encoding.startsWith('utf-16') ? wideText(source, encoding) : narrowText(source, encoding)
  let first = true
  for await (const piece of pieces) {
    yield first && mark ? piece.slice(1) : piece
    first = false
  }
}

const MARKS: readonly { readonly bytes: readonly number[]; readonly encoding: Encoding }[] = [
  { bytes: [0xef, 0xbb, 0xbf], encoding: 'utf-8' },
  { bytes: [0xff, 0xfe], encoding: 'utf-16le' },
  { bytes: [0xfe, 0xff], encoding: 'utf-16be' },
]

async function byteOrderMark(source: ListSource): Promise<(typeof MARKS)[number] | undefined> {
  for await (const chunk of bytesOf(source))
    return MARKS.find((mark) => mark.bytes.every((byte, at) => chunk[at] === byte))
  return undefined
}

interface Block {
  readonly bytes: Buffer
  /** Of its first line. */
  readonly line: number
}

/** Whole lines, many at a time. */
async function* wholeLines(source: ListSource): AsyncGenerator<Block> {
  let rest = Buffer.alloc(0)
  let line = 1
  for await (const chunk of bytesOf(source)) {
    const end = chunk.lastIndexOf(LINE_FEED) + 1
    if (end === 0) {
      rest = Buffer.concat([rest, chunk])
    } else {
      const bytes = Buffer.concat([rest, chunk.subarray(0, end)])
      yield { bytes, line }
      line += countLines(bytes)
      rest = Buffer.from(chunk.subarray(end))
    }
    if (rest.length > LONGEST_RECORD) throw recordTooLong(source, line)
  }
  if (rest.length > 0) yield { bytes: rest, line }
}

const LINE_FEED = 0x0a

function countLines(bytes: Buffer): number {
  let lines = 0
  for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, at + 1)) lines += 1
  return lines
}

async function isAllUtf8(source: ListSource): Promise<boolean> {
  for await (const { bytes } of wholeLines(source)) if (!isUtf8(bytes)) return false
  return true
}

async function* narrowText(source: ListSource, encoding: Encoding): AsyncGenerator<string> {
  for await (const { bytes, line } of wholeLines(source)) {
    const nul = bytes.indexOf(0)
    if (nul !== -1) throw hasNul(source, line + countLines(bytes.subarray(0, nul)))
    const text = iconv.decode(bytes, encoding, { stripBOM: false })
    const damaged = encoding === 'utf-8' ? !isUtf8(bytes) : text.includes(UNKNOWN)
    if (damaged) throw undecodable(source, encoding, line + firstDamagedLine(bytes, encoding))
    yield text.replace(LINE_ENDS, '\n')
  }
}

const UNKNOWN = '\ufffd'
const LINE_ENDS = /\r\n?/g

function firstDamagedLine(bytes: Buffer, encoding: Encoding): number {
  let line = 0
  for (let from = 0; from < bytes.length; line += 1) {
    const end = bytes.indexOf(LINE_FEED, from)
    const one = bytes.subarray(from, end === -1 ? bytes.length : end)
    if (encoding === 'utf-8' ? !isUtf8(one) : iconv.decode(one, encoding).includes(UNKNOWN)) return line
    from = end === -1 ? bytes.length : end + 1
  }
  return line
}

async function* wideText(source: ListSource, encoding: Encoding): AsyncGenerator<string> {
  const decoder = iconv.getDecoder(encoding, { stripBOM: false })
  let line = 1
  let size = 0
  let held = ''
  for await (const chunk of bytesOf(source)) {
    size += chunk.length
    const decoded = held + decoder.write(chunk)
    // the last character may be half of a line end, or half of a pair of surrogates
    held = /[\r\ud800-\udbff]$/.exec(decoded)?.[0] ?? ''
    const text = decoded.slice(0, decoded.length - held.length).replace(LINE_ENDS, '\n')
    const nul = text.indexOf('\0')
    if (nul !== -1) throw hasNul(source, line + lineFeedsIn(text.slice(0, nul)))
    const unknown = text.indexOf(UNKNOWN)
    if (unknown !== -1) throw undecodable(source, encoding, line + lineFeedsIn(text.slice(0, unknown)))
    line += lineFeedsIn(text)
    yield text
  }
  if (size % 2 === 1) throw undecodable(source, encoding, line)
  yield held.replace(LINE_ENDS, '\n')
}

function lineFeedsIn(text: string): number {
  return text.split('\n').length - 1
}

function hasNul({ name }: ListSource, line: number): InputFileError {
  return new InputFileError(
    `The list file ${name} holds a NUL on line ${line}, so it is not plain text; save it as CSV in UTF-8, or name its encoding in a mapping file.`,
  )
}

function undecodable({ name }: ListSource, encoding: Encoding, line: number): InputFileError {
  return new InputFileError(
    `The list file ${name} has a character on line ${line} that does not exist in ${encoding}; name the encoding it was saved in in a mapping file, or save it in UTF-8.`,
  )
}

export function recordTooLong({ name }: ListSource, line: number): InputFileError {
  return new InputFileError(
    `The list file ${name} has a row from line ${line} on that is longer than ${LONGEST_RECORD} characters; a quote or a line end is probably missing, so ask for the file again.`,
  )
}
