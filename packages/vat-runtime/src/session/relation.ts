/** What stands between a link to another node and the switchboard: whether both remember one history. */
import type { Designator } from '../locator/identity.ts';
import type { Link } from './link.ts';

export type Relation = {
  /** A link to a node is open. @param up - called once both agree: CapTP may begin */
  opened(link: Link, up: () => void): void;
  /** A message for which `isForRelation` holds, or one of any kind before `up`, as it was parsed. */
  receive(link: Link, allegedMessage: unknown): void;
  /** Whether the two have agreed on this link. */
  isUp(link: Link): boolean;
  closed(link: Link): void;
  /** Whether something waits for a node, so that it is to be dialled. */
  wants(node: Designator): boolean;
  /** Why no call can be made to a node now; undefined where one can. */
  refusal(node: Designator): string | undefined;
};
