import { createHash } from 'node:crypto';
import { delimiter, dirname } from 'node:path';
import type { Hook } from './hook.ts';

/**
 * PHP's curl follows the variables but takes its roots from php.ini; its own streams (`file_get_contents`, SOAP) follow
 * none. A settings file of ours is read after the system's, and names a script that sets the streams' default.
 */
export const phpHook: Hook = {
  id: 'php',
  variables({ before, address, bundle, files }) {
    const script = files.keep('php-start.php', PHP_HOOK);
    const settings = [
      '; Written by Sallyport for programs under "sallyport run"; goes away with the variable PHP_INI_SCAN_DIR.',
      `openssl.cafile = ${quoted(bundle)}`,
      `curl.cainfo = ${quoted(bundle)}`,
      `auto_prepend_file = ${quoted(script)}`,
      '',
    ].join('\n');
    // A folder for each content: all that lies in it is read.
    const mark = createHash('sha256').update(settings).digest('hex').slice(0, 8);
    const folder = dirname(files.keep(`php-${mark}/sallyport.ini`, settings));
    // An empty entry stands for the folder that this PHP was built with.
    return {
      PHP_INI_SCAN_DIR: `${before['PHP_INI_SCAN_DIR'] ?? ''}${delimiter}${folder}`,
      SALLYPORT_PROXY: address,
    };
  },
};

/** A string of php.ini: between quotes only `${` and `"` mean something, and no path of ours has them. */
function quoted(text: string): string {
  return `"${text.replaceAll('"', '')}"`;
}

const PHP_HOOK = String.raw`<?php
// Written by Sallyport for programs under "sallyport run"; goes away with the variable PHP_INI_SCAN_DIR.
foreach (call_user_func(static function () {
    $address = (string) getenv('SALLYPORT_PROXY');
    $past = getenv('no_proxy') . getenv('NO_PROXY');
    // Streams know no list of hosts to leave out: where there is one, they go as they always did.
    if ($address !== '' && getenv('http_proxy') === $address && $past === '') {
        $parts = parse_url($address);
        $login = rawurldecode($parts['user']) . ':' . rawurldecode($parts['pass']);
        stream_context_set_default(array('http' => array(
            'proxy' => 'tcp://' . $parts['host'] . ':' . $parts['port'],
            'request_fulluri' => true,
            'header' => array('Proxy-Authorization: Basic ' . base64_encode($login)),
        )));
    }
    // The script that would have been here without us.
    $before = '';
    $files = array_map('trim', explode(',', (string) php_ini_scanned_files()));
    array_unshift($files, (string) php_ini_loaded_file());
    foreach ($files as $file) {
        if ($file === '' || basename($file) === 'sallyport.ini') continue;
        $text = @file_get_contents($file);
        if ($text === false || stripos($text, 'auto_prepend_file') === false) continue;
        $read = @parse_ini_file($file, false, INI_SCANNER_RAW);
        if (isset($read['auto_prepend_file'])) $before = trim($read['auto_prepend_file'], " \t\"'");
    }
    return $before === '' || $before === 'none' ? array() : array($before);
}) as $sallyport_before) {
    require $sallyport_before;
}
unset($sallyport_before);
`;
