/** Pages that are clients: bundled as a program would, served from an address that is no node's. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import type { Page } from 'playwright-core';
import type { Cleanup } from './cleanup.ts';

export type Bundled = {
  readonly script: string;
  /** Bytes of the script by gzip -9. */
  readonly gzipped: number;
  /** The files that are in it. */
  readonly inputs: readonly string[];
  /** What is imported and not in it. */
  readonly left: readonly string[];
};

/** @param source - a module, as text; imports are resolved as from `tests/end-to-end/browser` */
export const bundlePage = async (source: string): Promise<Bundled> => {
  const { outputFiles, metafile } = await build({
    stdin: {
      contents: source,
      resolveDir: fileURLToPath(new URL('../end-to-end/browser', import.meta.url)),
      sourcefile: 'entry.js',
    },
    bundle: true,
    minify: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'browser',
    // The page is locked down, so it has a `harden`, and needs no other.
    conditions: ['hardened'],
    target: 'es2022',
    legalComments: 'none',
  });
  const script = outputFiles[0]!.text;
  const { inputs } = metafile;
  return {
    script,
    gzipped: gzipSync(script, { level: 9 }).length,
    inputs: Object.keys(inputs),
    left: Object.values(inputs).flatMap(({ imports }) =>
      imports.filter(({ external }) => external).map(({ path }) => path),
    ),
  };
};

/** Serves a bundle under a policy that forbids code from text. @returns the page's address */
export const servePage = async (cleanup: Cleanup, { script }: Bundled): Promise<string> => {
  const server = createServer((request, response) => {
    response.setHeader(
      'Content-Security-Policy',
      "default-src 'none'; script-src 'self'; connect-src ws://127.0.0.1:*",
    );
    if (request.url === '/page.js') {
      response.setHeader('Content-Type', 'text/javascript').end(script);
    } else if (request.url === '/') {
      response.setHeader('Content-Type', 'text/html');
      response.end(
        '<!doctype html><title>Client</title><script type="module" src="/page.js"></script>',
      );
    } else response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
};

/** Evaluates in a page by the browser's own tools: Playwright's way needs `eval`, which the page has not. */
export const makeEvaluate = async (
  page: Page,
): Promise<(expression: string) => Promise<unknown>> => {
  const devTools = await page.context().newCDPSession(page);
  return async (expression) => {
    const { result, exceptionDetails } = await devTools.send('Runtime.evaluate', {
      expression,
      awaitPromise: true,
      returnByValue: true,
    });
    if (exceptionDetails !== undefined) {
      throw Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    }
    return result.value;
  };
};
