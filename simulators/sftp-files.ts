/** The files of a simulated SFTP server: kept in memory, and in a folder as well when there is one. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join, posix } from 'node:path'

/** A file or directory as a client may see it. */
export interface FileEntry {
  readonly directory: boolean
  readonly size: number
  /** Counts changes; there is no clock that could give a time. */
  readonly changed: number
  /** Written to, but not closed by its writer since. */
  readonly partial: boolean
  /** At least one writer holds it open at this moment. */
  readonly open: boolean
}

/** Why an operation was refused; the session turns it into an SFTP status. */
export class FileRefusal extends Error {
  override readonly name = 'FileRefusal'
  readonly kind: 'missing' | 'exists' | 'not-empty' | 'wrong-kind'
  constructor(kind: FileRefusal['kind']) {
    super(kind)
    this.kind = kind
  }
}

interface Node {
  readonly directory: boolean
  bytes: Buffer
  size: number
  changed: number
  partial: boolean
  writers: number
}

/** All paths are absolute within the tree, `/` the root; `inside` makes them from what a client asked for. */
export interface FileTree {
  find(path: string): FileEntry | null
  /** Names directly below a directory, sorted. */
  names(path: string): readonly string[]
  makeDirectory(path: string): void
  removeDirectory(path: string): void
  read(path: string, offset: number, length: number): Buffer
  readAll(path: string): Buffer
  /** Opens for writing; makes the file when it is missing. */
  openForWriting(path: string, how: { readonly truncate: boolean; readonly exclusive: boolean }): void
  write(path: string, offset: number, data: Buffer): void
  /** `finished` false: the connection ended before the writer closed the file. */
  closeWriter(path: string, finished: boolean): void
  remove(path: string): void
  /** Never overwrites. */
  rename(from: string, to: string): void
  /** The file appears whole, at once; replaces what was there. */
  put(path: string, content: Buffer): void
}

/** The path that `asked` names below `root`; `..` cannot climb out of it. */
export function inside(root: string, asked: string): string {
  if (asked.includes('\0')) throw new FileRefusal('missing')
  const below = posix.normalize(`/${asked}`)
  return posix.join('/', root, below).replace(/(.)\/+$/, '$1')
}

export function createFileTree(folder?: string): FileTree {
  const nodes = new Map<string, Node>([['/', directoryNode(0)]])
  let changes = 0
  const onDisk = (path: string): string => join(folder as string, path)
  if (folder !== undefined) load('/')

  function load(path: string): void {
    mkdirSync(onDisk(path), { recursive: true })
    for (const entry of readdirSync(onDisk(path), { withFileTypes: true })) {
      const child = posix.join(path, entry.name)
      if (entry.isDirectory()) {
        nodes.set(child, directoryNode(++changes))
        load(child)
      } else {
        nodes.set(child, fileNode(readFileSync(onDisk(child)), ++changes))
      }
    }
  }

  function get(path: string, kind: 'file' | 'directory'): Node {
    const node = nodes.get(path)
    if (node === undefined) throw new FileRefusal('missing')
    if (node.directory !== (kind === 'directory')) throw new FileRefusal('wrong-kind')
    return node
  }

  /** A whole file replaces the old one by a rename, so that a killed process leaves no half file. */
  function save(path: string): void {
    if (folder === undefined) return
    const node = get(path, 'file')
    const temporary = join(folder, '..', '.being-written')
    writeFileSync(temporary, node.bytes.subarray(0, node.size))
    renameSync(temporary, onDisk(path))
  }

  function childrenOf(path: string): string[] {
    const prefix = path === '/' ? '/' : `${path}/`
    return [...nodes.keys()].filter(
      (other) => other !== '/' && other.startsWith(prefix) && !other.slice(prefix.length).includes('/'),
    )
  }

  return {
    find(path) {
      const node = nodes.get(path)
      if (node === undefined) return null
      const { directory, size, changed, partial } = node
      return { directory, size, changed, partial, open: node.writers > 0 }
    },
    names(path) {
      get(path, 'directory')
      return childrenOf(path)
        .map((child) => posix.basename(child))
        .sort()
    },
    makeDirectory(path) {
      get(posix.dirname(path), 'directory')
      if (nodes.has(path)) throw new FileRefusal('exists')
      nodes.set(path, directoryNode(++changes))
      if (folder !== undefined) mkdirSync(onDisk(path), { recursive: true })
    },
    removeDirectory(path) {
      get(path, 'directory')
      if (childrenOf(path).length > 0) throw new FileRefusal('not-empty')
      nodes.delete(path)
      if (folder !== undefined) rmSync(onDisk(path), { recursive: true, force: true })
    },
    read(path, offset, length) {
      const node = get(path, 'file')
      return node.bytes.subarray(Math.min(offset, node.size), Math.min(offset + length, node.size))
    },
    readAll(path) {
      const node = get(path, 'file')
      return Buffer.from(node.bytes.subarray(0, node.size))
    },
    openForWriting(path, { truncate, exclusive }) {
      get(posix.dirname(path), 'directory')
      if (nodes.has(path)) {
        const node = get(path, 'file')
        if (exclusive) throw new FileRefusal('exists')
        if (truncate) node.size = 0
      } else {
        nodes.set(path, fileNode(Buffer.alloc(0), ++changes))
      }
      const node = get(path, 'file')
      node.partial = true
      node.writers += 1
    },
    write(path, offset, data) {
      const node = get(path, 'file')
      const end = offset + data.length
      if (end > node.bytes.length) {
        const roomier = Buffer.alloc(Math.max(end, node.bytes.length * 2, 4096))
        node.bytes.copy(roomier, 0, 0, node.size)
        node.bytes = roomier
      }
      data.copy(node.bytes, offset)
      node.size = Math.max(node.size, end)
      node.changed = ++changes
    },
    closeWriter(path, finished) {
      const node = nodes.get(path)
      if (node === undefined) return
      node.writers -= 1
      if (finished && node.writers === 0) node.partial = false
      save(path)
    },
    remove(path) {
      get(path, 'file')
      nodes.delete(path)
      if (folder !== undefined) rmSync(onDisk(path), { force: true })
    },
    rename(from, to) {
      const node = nodes.get(from)
      if (node === undefined || from === '/') throw new FileRefusal('missing')
      get(posix.dirname(to), 'directory')
      if (nodes.has(to)) throw new FileRefusal('exists')
      if (node.directory && `${to}/`.startsWith(`${from}/`)) throw new FileRefusal('wrong-kind')
      for (const path of [...nodes.keys()]) {
        if (path !== from && !path.startsWith(`${from}/`)) continue
        nodes.set(to + path.slice(from.length), nodes.get(path) as Node)
        nodes.delete(path)
      }
      node.changed = ++changes
      if (folder !== undefined && existsSync(onDisk(from))) renameSync(onDisk(from), onDisk(to))
    },
    put(path, content) {
      get(posix.dirname(path), 'directory')
      if (nodes.get(path)?.directory) throw new FileRefusal('wrong-kind')
      nodes.set(path, fileNode(Buffer.from(content), ++changes))
      save(path)
    },
  }
}

function directoryNode(changed: number): Node {
  return { directory: true, bytes: Buffer.alloc(0), size: 0, changed, partial: false, writers: 0 }
}

function fileNode(bytes: Buffer, changed: number): Node {
  return { directory: false, bytes, size: bytes.length, changed, partial: false, writers: 0 }
}
