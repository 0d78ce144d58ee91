/** What people paste: a bare secret, an invitation link, or a sturdy ref. */
import harden from '@endo/harden';

const bare = /^[A-Za-z0-9_-]{32,128}$/;

/**
 * Finds the swiss number in what was pasted.
 * Undefined where there is none, so that garbage costs no session.
 *
 * @example
 * readInvitation('http://node.local:8080/#Zk3…') === 'Zk3…'
 * readInvitation('ocapn://b7….ws/s/Zk3…?host=node.local') === 'Zk3…'
 */
export const readInvitation = (pasted: string): string | undefined => {
  const text = pasted.trim();
  const afterHash = text.slice(text.lastIndexOf('#') + 1);
  const inUri = /^ocapn:\/\/[^/]+\/s\/([^/?#]+)/.exec(text)?.[1];
  const secret = inUri ?? afterHash;
  return bare.test(secret) ? secret : undefined;
};
harden(readInvitation);

/**
 * The link that opens `secret` in a browser, or undefined where it is not for this node.
 * The secret stands after the `#`, so a browser never sends it in an address.
 *
 * @param origin - where this node's pages are, such as `http://node.local:8080`
 * @param designator - the node's own, as it stands in its sturdy refs
 */
export const invitationLink = (
  secret: string,
  origin: string,
  designator: string | undefined,
): string | undefined => {
  if (bare.test(secret)) return `${origin}/#${secret}`;
  const [, host, swiss] = /^ocapn:\/\/([^/.]+)[^/]*\/s\/([^/?#]+)/.exec(secret) ?? [];
  if (swiss === undefined || host !== designator || !bare.test(swiss)) return undefined;
  return `${origin}/#${swiss}`;
};
harden(invitationLink);
