/** Where the three list files come from: a folder, or bytes that are already at hand. */
import { createReadStream } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { LIST_KINDS, type ListKind } from '../../domain/account.js'
import { InputFileError } from '../input-file.js'
import { LIST_FILE_NAMES, type ListMapping } from '../list-mapping.js'

/** One list file. `name` is the name it came with; messages and problems show it. */
export interface ListSource {
  readonly kind: ListKind
  readonly name: string
  readonly content: Uint8Array | { readonly path: string }
}

/** Names under which a list of this kind is looked for, most wanted first. */
function listFileNames(kind: ListKind, mapping: ListMapping): readonly string[] {
  const named = mapping.files?.[kind]
  return named === undefined ? [`${LIST_FILE_NAMES[kind]}.csv`, `${LIST_FILE_NAMES[kind]}.xlsx`] : [named]
}

/** Which list a file of that name is; null for any other file, which is left alone. */
export function listKindOf(name: string, mapping: ListMapping): ListKind | null {
  return LIST_KINDS.find((kind) => listFileNames(kind, mapping).includes(name)) ?? null
}

/**
 * The three list files of a folder, in the order fixed, supplier, hourly. Other files are left alone.
 * @throws InputFileError when one is missing or there twice. A list without customers is a file with a header only.
 */
export async function listSourcesIn(folder: string, mapping: ListMapping): Promise<ListSource[]> {
  let names: string[]
  try {
    names = await readdir(folder)
  } catch {
    throw new InputFileError(`The list folder ${folder} cannot be read; name a folder that holds the three list files.`)
  }
  return LIST_KINDS.map((kind) => {
    const wanted = listFileNames(kind, mapping)
    const found = wanted.filter((name) => names.includes(name))
    if (found.length > 1) {
      throw new InputFileError(
        `The list folder ${folder} holds ${found.join(' and ')}; say in a mapping file ("files") which of them is the ${kind} list.`,
      )
    }
    const name = found[0]
    if (name === undefined) {
      throw new InputFileError(
        `The list folder ${folder} has no ${wanted.join(' or ')}; add it (a list without customers is a file with only the header line), or name it in a mapping file ("files").`,
      )
    }
    return { kind, name, content: { path: join(folder, name) } }
  })
}

const CHUNK_BYTES = 64 * 1024

/** The bytes in pieces. @throws InputFileError when the file cannot be read. */
export async function* bytesOf(source: ListSource): AsyncGenerator<Buffer> {
  const { content } = source
  if (content instanceof Uint8Array) {
    const all = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
    for (let at = 0; at < all.length; at += CHUNK_BYTES) yield all.subarray(at, at + CHUNK_BYTES)
    return
  }
  try {
    for await (const chunk of createReadStream(content.path, { highWaterMark: CHUNK_BYTES })) yield chunk as Buffer
  } catch (error) {
    throw new InputFileError(
      `The list file ${source.name} cannot be read (${(error as NodeJS.ErrnoException).code}); check that it is a file and may be read.`,
    )
  }
}

/** True when the content is a zip archive, as every Excel workbook is, whatever the file is called. */
export async function isWorkbook(source: ListSource): Promise<boolean> {
  for await (const chunk of bytesOf(source)) return chunk.subarray(0, 4).equals(ZIP_MARK)
  return false
}

const ZIP_MARK = Buffer.from('PK\x03\x04', 'latin1')
