/** Scripts, style and icon, at paths made from their contents, so that browsers keep them for good. */
import harden from '@endo/harden';
import { earlyScript } from '../client/early.ts';
import { iconImage } from '../client/icon.ts';
import { pageScript } from '../client/page.ts';
import { styleSheet } from '../client/style.ts';
import { base64url } from '../session/code.ts';
import type { AssetPaths } from '../view/layout.tsx';
import type { BridgePowers } from './powers.ts';

type Asset = { readonly type: string; readonly body: Uint8Array<ArrayBuffer> };

export type Assets = {
  readonly paths: AssetPaths;
  /** Answers a request for `/assets/<file>`, compressed where the browser takes gzip. */
  serve(file: string, acceptEncoding: string | undefined): Promise<Response>;
};

const gzip = async (body: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> => {
  const stream = new Blob([body]).stream().pipeThrough(new CompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
};

export const makeAssets = ({ hmacSha256, assets }: BridgePowers): Assets => {
  const encoder = new TextEncoder();
  const served = new Map<string, Asset>();
  const compressed = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  const publish = (extension: string, type: string, text: string): string => {
    const body = encoder.encode(text);
    // A plain hash: nothing here is secret, so the key is a constant.
    const digest = base64url(hmacSha256(encoder.encode('asset'), body).slice(0, 12));
    const file = `${digest}.${extension}`;
    served.set(file, { type, body });
    return `/assets/${file}`;
  };

  const javascript = 'text/javascript; charset=utf-8';
  const paths: AssetPaths = {
    style: publish('css', 'text/css; charset=utf-8', styleSheet),
    early: publish('js', javascript, earlyScript),
    // One file, in this order: htmx starts only after the extensions have registered.
    script: publish('js', javascript, [assets.htmx, assets.sse, pageScript].join('\n;\n')),
    icon: publish('svg', 'image/svg+xml', iconImage),
  };

  return harden({
    paths,
    async serve(file: string, acceptEncoding: string | undefined) {
      const asset = served.get(file);
      if (asset === undefined) return new Response('', { status: 404 });
      const headers = new Headers({
        'Content-Type': asset.type,
        'Cache-Control': 'public, max-age=31536000, immutable',
        Vary: 'Accept-Encoding',
      });
      if (!/\bgzip\b/.test(acceptEncoding ?? '')) return new Response(asset.body, { headers });
      let small = compressed.get(file);
      if (small === undefined) {
        small = gzip(asset.body);
        compressed.set(file, small);
      }
      headers.set('Content-Encoding', 'gzip');
      return new Response(await small, { headers });
    },
  });
};
harden(makeAssets);
