/**
 * Fencing at the sink: a frame that an older owner of a partition wrote after a newer one had begun is dropped. Order
 * is that of the stream, not of arrival: an older owner's frame that is only delivered late is as good as any.
 */

export interface OwnedFrame {
  readonly subject: string;
  readonly epoch: number;
  readonly sequence: number;
}

export interface NewestOwner {
  /** Whether a newer owner of the partition had begun before the frame was written. */
  isStale(frame: OwnedFrame): boolean;
}

export function newestOwner(): NewestOwner {
  /** By partition: owner epoch -> stream sequence of its first frame seen. */
  const begun = new Map<string, Map<number, number>>();

  return {
    isStale({ subject, epoch, sequence }) {
      const partition = subject.split('.')[1] ?? '';
      const owners = begun.get(partition) ?? new Map<number, number>();
      begun.set(partition, owners);
      owners.set(epoch, Math.min(owners.get(epoch) ?? sequence, sequence));
      // Of owners long gone nothing comes any more.
      if (owners.size > ownersRemembered) owners.delete(Math.min(...owners.keys()));
      for (const [other, first] of owners) if (other > epoch && first < sequence) return true;
      return false;
    },
  };
}

const ownersRemembered = 16;
