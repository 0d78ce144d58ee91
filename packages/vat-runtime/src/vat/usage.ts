/**
 * What a vat has of the things that its quotas count, told from its rows. The journal and the head
 * count for nothing: how many entries there are, and how long each is, is bounded anyway.
 */
export type Usage = {
  /** Bytes of the rows, keys and values. */
  bytes: number;
  /** Rows `o/…`: objects. */
  objects: number;
  /** Rows `a/…`: sends that wait for their answer. */
  sends: number;
  /** Rows `t/…`. */
  timers: number;
};

const counted: Readonly<Record<string, Exclude<keyof Usage, 'bytes'>>> = Object.freeze({
  'o/': 'objects',
  'a/': 'sends',
  't/': 'timers',
});

export const noUsage: Readonly<Usage> = Object.freeze({
  bytes: 0,
  objects: 0,
  sends: 0,
  timers: 0,
});

/** Adds a row of this many bytes to `usage`, or takes it away. */
export const countRow = (usage: Usage, key: string, byteLength: number, by: 1 | -1): void => {
  usage.bytes += by * byteLength;
  const kind = counted[key.slice(0, 2)];
  if (kind !== undefined) usage[kind] += by;
};

export const isSameUsage = (a: Readonly<Usage>, b: Readonly<Usage>): boolean =>
  a.bytes === b.bytes && a.objects === b.objects && a.sends === b.sends && a.timers === b.timers;
