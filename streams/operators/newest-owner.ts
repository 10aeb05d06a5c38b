/**
 * Fencing at the sink: a frame that an older owner of a partition wrote after a newer one had begun is dropped. Order
 * is that of the stream, not of arrival: an older owner's frame that is only delivered late is as good as any.
 */
import { limits } from '../../config/limits.ts';

export interface OwnedFrame {
  readonly subject: string;
  readonly epoch: number;
  readonly sequence: number;
}

export interface NewestOwner {
  /** Whether a newer owner of the partition had begun before the frame was written. */
  isStale(frame: OwnedFrame): boolean;
}

interface Owner {
  readonly epoch: number;
  /** Stream sequence of its first frame seen. */
  first: number;
}

export function newestOwner(): NewestOwner {
  /**
   * By partition, by epoch, and so that each began behind the one before it: of two owners that began in the other order
   * the newer one says all that the older one would.
   */
  const begun = new Map<string, Owner[]>();

  return {
    isStale({ subject, epoch, sequence }) {
      const partition = subject.split('.')[1] ?? '';
      const owners = begun.get(partition) ?? [];
      begun.set(partition, owners);
      // Nearly every frame is of the newest owner.
      let newer = owners.length;
      while (newer > 0 && (owners[newer - 1]?.epoch ?? 0) > epoch) newer--;
      const isStale = (owners[newer]?.first ?? Infinity) < sequence;
      if (!isStale) note(owners, newer, { epoch, first: sequence });
      return isStale;
    },
  };
}

/** @param newer place of the first owner with a higher epoch */
function note(owners: Owner[], newer: number, owner: Owner): void {
  const own = owners[newer - 1];
  if (own?.epoch === owner.epoch) {
    if (own.first <= owner.first) return;
    newer--;
    owners.splice(newer, 1);
  }
  if ((owners[newer]?.first ?? Infinity) <= owner.first) return;
  let from = newer;
  while (from > 0 && (owners[from - 1]?.first ?? 0) >= owner.first) from--;
  owners.splice(from, newer - from, owner);
  // Of owners so long gone nothing is in the stream any more.
  if (owners.length > limits.ownersRememberedMax) owners.shift();
}
