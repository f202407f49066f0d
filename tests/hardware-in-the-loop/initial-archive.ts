/** One file of an archive; a path that ends in "/" is a folder. */
export interface ArchivedFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

const folderMode = 0o040755;
const programMode = 0o100755;
const trailer = "TRAILER!!!";

/**
 * The cpio archive that a Linux kernel unpacks as its first root, "newc" form: each member is a header of
 * hexadecimal words, its name and its bytes, both padded to four
 * (Documentation/driver-api/early-userspace/buffer-format.rst of the kernel).
 */
export function initialArchive(files: readonly ArchivedFile[]): Uint8Array {
  const members = files.map(({ path, bytes }, index) => {
    const isFolder = path.endsWith("/");
    const name = isFolder ? path.slice(0, -1) : path;
    return member(name, { inode: index + 1, mode: isFolder ? folderMode : programMode, bytes });
  });
  return Buffer.concat([...members, member(trailer, { inode: 0, mode: 0, bytes: new Uint8Array() })]);
}

interface Member {
  readonly inode: number;
  readonly mode: number;
  readonly bytes: Uint8Array;
}

function member(name: string, { inode, mode, bytes }: Member): Uint8Array {
  const nameBytes = Buffer.from(`${name}\0`);
  const [user, group, links, made] = [0, 0, 1, 0];
  const [major, minor, deviceMajor, deviceMinor, checksum] = [0, 0, 0, 0, 0];
  const words = [
    inode,
    mode,
    user,
    group,
    links,
    made,
    bytes.length,
    major,
    minor,
    deviceMajor,
    deviceMinor,
    nameBytes.length,
    checksum,
  ];
  const header = Buffer.from(`070701${words.map((word) => word.toString(16).padStart(8, "0")).join("")}`);
  return Buffer.concat([padded(Buffer.concat([header, nameBytes])), padded(bytes)]);
}

function padded(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([bytes, new Uint8Array((4 - (bytes.length % 4)) % 4)]);
}
