// The Chromium that the page tests drive. CHROMIUM_PATH names another one.
import { ensureProgram } from './ensure-program.mjs';

const advice = [
  'The page tests need Chromium, and none was found. Run one of these, then try again:',
  '  sudo apt-get update && sudo apt-get install -y --no-install-recommends chromium   (Debian)',
  '  export CHROMIUM_PATH=/path/to/chromium                                (any other system)',
].join('\n');

export const ensureChromium = () =>
  ensureProgram({
    names: ['chromium', 'chromium-browser', 'google-chrome'],
    variable: 'CHROMIUM_PATH',
    debianPackage: 'chromium',
    advice,
  });
